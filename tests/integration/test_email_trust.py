"""E-mail over TLS: whose certificate is trusted, what is never said in the clear, what is shown."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from structlog.testing import capture_logs

from deploy.simulators.ledger import Ledger
from deploy.simulators.mail import Mailbox
from services.notify.channels import Content
from services.notify.channels.email import EmailChannel, MailRelay, MailUnavailable
from shared.settings import SettingsError
from tests.support.certificates import Authority
from tests.support.sms import listener

TO, FROM = "duty@centre.example", "alerts@tirek.example"
CONTENT = Content("ООБА K7M2Q9X", subject="Тирек")
PASSWORD = "canary-password"


def authenticate(_server: Any, _session: Any, _envelope: Any, _way: str, login: Any) -> AuthResult:
    """Lets one password in."""
    return AuthResult(success=login.password == PASSWORD.encode(), handled=False)


@asynccontextmanager
async def mail_server(
    *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[Mailbox, int]]:
    """A mail server with TLS from the first octet, by STARTTLS, or without; its mails and its port.

    Without TLS it takes logins in the clear, as careless servers do.
    """
    mailbox, loop = Mailbox(Ledger()), asyncio.get_running_loop()
    with listener() as bound:
        server = await loop.create_server(
            lambda: SMTP(
                mailbox,
                hostname="mail.invalid",
                tls_context=starttls,
                authenticator=authenticate,
                auth_require_tls=False,
                loop=loop,
            ),
            sock=bound,
            ssl=tls,
        )
        try:
            yield mailbox, bound.getsockname()[1]
        finally:
            server.close()


def channel(
    port: int, *, scheme: str = "smtp", host: str = "127.0.0.1", login: str = "", ca: str | None
) -> EmailChannel:
    """By a URL, as it is set."""
    return EmailChannel(MailRelay.from_url(f"{scheme}://{login}{host}:{port}", FROM, ca), within=10)


LOGIN = f"tirek:{PASSWORD}@"


@pytest.mark.parametrize("login", ["", LOGIN])
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_an_authority_of_ones_own_is_trusted(tmp_path: Path, scheme: str, login: str) -> None:
    """By STARTTLS and from the first octet, with a login and without; as text or file."""
    authority = Authority()
    context = authority.serving(tmp_path)
    file = tmp_path / "ca.pem"
    file.write_text(authority.pem)
    kind: dict[str, Any] = {"tls" if scheme == "smtps" else "starttls": context}
    async with mail_server(**kind) as (mailbox, port):
        for ca in (authority.pem, str(file)):
            mail = channel(port, scheme=scheme, login=login, ca=ca)
            await mail.send(TO, CONTENT, "m-1")
            assert mail.trouble is None
        assert len(mailbox.since(0)) == 2


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize(
    ("name", "days", "known", "cause"),
    [
        ("127.0.0.1", 0, False, "certificate not trusted"),
        ("127.0.0.1", -500, True, "certificate expired"),
        ("127.0.0.1", 9, True, "certificate not valid yet"),
        ("127.0.0.2", 0, True, "certificate of another address"),
        ("localhost", 0, True, "certificate of another address"),
    ],
)
async def test_a_certificate_that_is_refused_says_why(
    tmp_path: Path, scheme: str, name: str, days: int, known: bool, cause: str
) -> None:
    """In the record, in health and once in the log; no mail leaves."""
    authority = Authority()
    context = authority.serving(tmp_path, name, days=days)
    kind: dict[str, Any] = {"tls" if scheme == "smtps" else "starttls": context}
    ca = (authority if known else Authority()).pem
    async with mail_server(**kind) as (mailbox, port):
        mail = channel(port, scheme=scheme, ca=ca)
        with capture_logs() as logs:
            for _ in range(2):
                with pytest.raises(MailUnavailable, match=cause) as refusal:
                    await mail.send(TO, CONTENT, "m-1")
        assert refusal.value.reason == mail.trouble == cause
        assert [each["reason"] for each in logs] == [cause]
        assert mailbox.since(0) == []


async def test_another_name_is_another_name(tmp_path: Path) -> None:
    """By name, not by address."""
    authority = Authority()
    context = authority.serving(tmp_path, "mail.example")
    async with mail_server(tls=context) as (_, port):
        mail = channel(port, scheme="smtps", host="localhost", ca=authority.pem)
        with pytest.raises(MailUnavailable, match="certificate of another name"):
            await mail.send(TO, CONTENT, "m-1")


@pytest.mark.parametrize("authority", [None, Authority().pem], ids=["the machine's", "one's own"])
async def test_without_an_authority_the_machines_decide(
    tmp_path: Path, authority: str | None
) -> None:
    """A certificate that nobody vouches for never means that TLS is left out."""
    async with mail_server(starttls=Authority().serving(tmp_path)) as (mailbox, port):
        with pytest.raises(MailUnavailable, match="certificate not trusted"):
            await channel(port, ca=authority).send(TO, CONTENT, "m-1")
        assert mailbox.since(0) == []


@pytest.mark.parametrize(("login", "ca"), [(LOGIN, None), ("", Authority().pem)])
async def test_nothing_is_said_in_the_clear_where_tls_was_meant(login: str, ca: str | None) -> None:
    """A server that offers no STARTTLS, or somebody between who takes it out, hears no password."""
    async with mail_server() as (mailbox, port):
        mail = channel(port, login=login, ca=ca)
        with pytest.raises(MailUnavailable, match="no STARTTLS offered"):
            await mail.send(TO, CONTENT, "m-1")
        assert mail.trouble == "no STARTTLS offered"
        assert mailbox.since(0) == []
        await channel(port, ca=None).send(TO, CONTENT, "m-1")
        assert len(mailbox.since(0)) == 1


async def test_other_causes_have_their_names_too(tmp_path: Path) -> None:
    """A wrong password, TLS where there is none, a name that nobody has."""
    authority = Authority()
    async with mail_server(starttls=authority.serving(tmp_path)) as (_, port):
        wrong = channel(port, login="tirek:wrong@", ca=authority.pem)
        with pytest.raises(MailUnavailable, match="login refused") as refusal:
            await wrong.send(TO, CONTENT, "m-1")
        assert refusal.value.code == 535
    async with mail_server() as (_, port):
        with pytest.raises(MailUnavailable, match="no TLS there"):
            await channel(port, scheme="smtps", ca=None).send(TO, CONTENT, "m-1")
    with pytest.raises(MailUnavailable, match="host not found"):
        await channel(port, host="nowhere.invalid", ca=None).send(TO, CONTENT, "m-1")


async def test_a_knock_shows_trouble_and_its_end(tmp_path: Path) -> None:
    """Before anybody needs an e-mail, and without one."""
    authority, told = Authority(), list[str | None]()
    context = authority.serving(tmp_path)
    async with mail_server(starttls=context) as (mailbox, port):
        stranger = channel(port, ca=Authority().pem)
        stranger._on_trouble = told.append
        await stranger.knock()
        stranger._trust.load_verify_locations(cadata=authority.pem)
        await stranger.knock()
        assert told == ["certificate not trusted", None]
        assert mailbox.since(0) == []


@pytest.mark.parametrize("ca", ["nowhere.pem", "-----BEGIN CERTIFICATE-----\nx\n", "-----BEGIN"])
def test_what_is_no_certificate_is_said_at_the_start(ca: str) -> None:
    """Not when the first e-mail is due."""
    with pytest.raises(SettingsError, match="authorities of SMTP"):
        MailRelay.from_url("smtps://mail.example", FROM, ca)
