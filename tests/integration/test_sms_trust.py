"""Texts over TLS: whose certificate is trusted, and nothing, no password either, in the clear."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from deploy.simulators.ledger import Ledger
from deploy.simulators.phones import Phones
from deploy.simulators.smsc import Smsc
from services.notify.channels.sms import Provider, SmppSession
from shared.settings import SettingsError
from tests.support.certificates import Authority
from tests.support.eventually import eventually
from tests.support.sms import PHONE, QUICK, Inbox, listener, running

PASSWORD = "canary"


@asynccontextmanager
async def centre(tls: ssl.SSLContext) -> AsyncIterator[tuple[Smsc, int]]:
    """An SMSC that speaks TLS, and its port."""
    with listener() as bound:
        smsc = Smsc(Phones(Ledger()), password=PASSWORD)
        async with smsc.serving(bound, tls):
            yield smsc, bound.getsockname()[1]


def session(port: int, *, scheme: str = "smpps", ca: str | None) -> SmppSession:
    """By a URL, as it is set."""
    url = f"{scheme}://tirek:{PASSWORD}@127.0.0.1:{port}"
    inbox = Inbox()
    provider = Provider.from_url(url, "1000", ca)
    return SmppSession(provider, inbox.on_reply, inbox.on_receipt, timing=QUICK)


async def test_an_authority_of_ones_own_is_trusted(tmp_path: Path) -> None:
    """A text goes out and is taken; the authority comes as text or as a file."""
    authority = Authority()
    file = tmp_path / "ca.pem"
    file.write_text(authority.pem)
    async with centre(authority.serving(tmp_path)) as (smsc, port):
        for ca in (authority.pem, str(file)):
            async with running(session(port, ca=ca)) as one:
                await one.submit(PHONE, "K7M2Q9X", reference="m-1")
                assert one.trouble is None
        assert len(smsc.phones.of(PHONE)) == 2


@pytest.mark.parametrize(
    ("name", "days", "known", "cause"),
    [
        ("127.0.0.1", 0, False, "certificate not trusted"),
        ("127.0.0.1", -500, True, "certificate expired"),
        ("127.0.0.2", 0, True, "certificate of another address"),
    ],
)
async def test_a_certificate_that_is_refused_says_why(
    tmp_path: Path, name: str, days: int, known: bool, cause: str
) -> None:
    """In health and in the log; nobody is bound, and no text leaves."""
    authority = Authority()
    ca = (authority if known else Authority()).pem
    async with centre(authority.serving(tmp_path, name, days=days)) as (smsc, port):
        with capture_logs() as logs:
            async with running(session(port, ca=ca), bound=False) as one:
                await eventually(lambda: one.trouble)
                assert (one.trouble, one.bound) == (cause, False)
        assert {each["reason"] for each in logs if "reason" in each} == {cause}
        assert smsc.binds == []


async def test_a_peer_without_tls_hears_no_password() -> None:
    """Neither a gateway at the wrong port, nor somebody who answers in its place."""
    heard = bytearray()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.read(512))
        writer.write(b"\x00" * 16)
        writer.close()

    with listener() as bound:
        server = await asyncio.start_server(listen, sock=bound)
        async with (
            server,
            running(session(bound.getsockname()[1], ca=Authority().pem), bound=False) as one,
        ):
            await eventually(lambda: one.trouble)
            assert one.trouble == "no TLS there"
    assert heard
    assert PASSWORD.encode() not in heard


def test_authorities_that_are_none_are_refused_at_the_start(tmp_path: Path) -> None:
    """In one line, before anybody needs a text."""
    for ca, line in (
        ("-----BEGIN NOTHING", "the authorities of SMPP are no certificates in PEM"),
        (str(tmp_path / "none"), "the file of authorities of SMPP cannot be read"),
    ):
        with pytest.raises(SettingsError, match=line):
            Provider.from_url("smpps://u:p@host", "1000", ca)
    assert Provider.from_url("smpps://u:p@host", "1000").port == 3550
