"""Text from outside that PostgreSQL refuses: refused once or taken with the byte replaced.

Never a 5xx, and never a refusal after which the other side repeats it without end.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio
import smpp34
from structlog.testing import capture_logs

from deploy.local.stack import Stack
from services.notify.channels.sms import Reply
from services.notify.delivery.store import receipts
from shared.errors import Unstorable
from tests.integration.test_sms_bad_peers import facing, next_frame, pdu, stay
from tests.support.apps import APIS
from tests.support.eventually import eventually
from tests.support.notify import House, one_on_duty
from tests.support.sms import PHONE, QUICK, Inbox, scripted
from tests.support.tokens import EVERY_ROLE, bearer

ADDRESS = (
    "%00", "a%00b", "%ED%A0%80", "%FF%FE", "%C0%80", "%F4%90%80%80", "%2500", "%0A", "%7F",
    "\u202e", "a" * 5000, "9" * 400, "-1", "9223372036854775808", "1e400", "NaN", "''",
    "%27%3B--", "%F0%9F%9A%91",
)  # fmt: skip
HEADERS = (b"\xff\xfe", b"a\xed\xa0\x80", b"k" * 5000, b"\x85", b"\xa0", b"a\x7f", b"a,b", b"'")

AT_ONCE = 16
"""Requests: fewer than a service lets in."""


@pytest_asyncio.fixture
async def here(stack: Stack) -> AsyncIterator[House]:
    """A crisis centre with one person on duty."""
    async with one_on_duty(stack) as one:
        yield one


@pytest.mark.parametrize(
    ("text", "option"),
    [
        (b"id:a\0b stat:DELIVRD", b""),
        (b"stat:DELIVRD", b"a\0b\0"),
        (b"stat:DELIVRD", random.Random(7).randbytes(6000).hex().encode()),
        (b"stat:DELIVRD", bytes(range(1, 256))),
    ],
    ids=["nul-in-text", "nul-in-option", "longer-than-an-index", "every-octet"],
)
async def test_a_receipt_that_postgresql_would_refuse_is_told_once(
    here: House, text: bytes, option: bytes
) -> None:
    """The provider hears that we have it, and rests."""
    answered: list[int] = []
    tlvs = [smpp34.Tlv(0x001E, option)] if option else []
    receipt = smpp34.DeliverSm(
        "996000000101", "1000", text, esm_class=4, source_addr_ton=1, tlvs=tlvs
    ).encode()[16:]

    async def provider(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, _, sequence, _ = await next_frame(reader)
        writer.write(pdu(0x80000009, 0, sequence, b"centre\0"))
        writer.write(pdu(0x05, 0, 77, receipt))
        while frame := await next_frame(reader):
            if frame[0] == 0x80000005:
                answered.append(frame[1])

    async with scripted(provider) as port, here.sending(port, timing=QUICK):
        await eventually(lambda: len(answered) >= 2)  # each lane has a bind of its own
    assert set(answered) == {0}


async def test_a_delivery_that_cannot_be_stored_is_refused_for_good_and_others_come_again() -> None:
    """The provider repeats without end what is not taken: so it hears which of the two it is."""
    failing = [Unstorable(), ConnectionError("the database is away")]
    kept: list[Reply] = []
    answers: list[int] = []

    class Failing(Inbox):
        async def on_reply(self, reply: Reply) -> None:
            if failing:
                raise failing.pop(0)
            kept.append(reply)

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = smpp34.DeliverSm("996000000101", "1000", b"Yes", source_addr_ton=1).encode()[16:]
        for sequence in (1, 2, 3):
            writer.write(pdu(0x05, 0, sequence, body))
            answers.append((await next_frame(reader))[1])
        await stay(reader, writer)

    async with facing(play, Failing()):
        await eventually(lambda: len(answers) == 3)
    assert answers == [0x65, 0x64, 0]
    assert kept == [Reply(PHONE, "Yes")]


async def test_a_value_that_postgresql_refuses_has_one_name_in_every_statement(here: House) -> None:
    """The last defence: it is refused, and never taken for a lost database or a bug."""
    with capture_logs():  # a traceback of each planned failure takes seconds
        for strange in ("a\0b", "a\ud800", random.Random(7).randbytes(6000).hex()):
            with pytest.raises(Unstorable):
                async with here.db.transaction() as tx:
                    await receipts.receipt(tx, strange, "delivered")
        for query, value in (
            ("SELECT $1::int", 2**40),
            ("SELECT $1::int", "seven"),
            ("SELECT ($1::text)::uuid", "no id"),
            ("SELECT ($1::text)::timestamptz", "99999999-01-01"),
        ):
            with pytest.raises(Unstorable):
                async with here.db.transaction() as tx:
                    await tx.fetchval(query, value)


Asked = tuple[str, str, dict[str, bytes]]
"""Method, target and headers."""


def requests_of(api: dict[str, Any]) -> Iterator[Asked]:
    """Each parameter of each operation with each strange value.

    What no operation names, all read alike: one of them has it for all.
    """
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            named = operation.get("parameters", [])
            inside = [each["name"] for each in named if each["in"] == "path"]
            for each in named:
                yield from strange(method, path, inside, each)
    some = next(path for path, each in api["paths"].items() if "get" in each and "{" not in path)
    for value in ADDRESS:
        unknown = quote(value, safe="%")
        yield from (("get", f"{some}?{query}", {}) for query in (f"any={unknown}", f"{unknown}=x"))
    for name in ("X-Request-Id", "User-Agent"):
        yield from (("get", some, {name: raw}) for raw in HEADERS)


def strange(method: str, path: str, inside: list[str], named: dict[str, Any]) -> Iterator[Asked]:
    """One parameter with each strange value, the others of the path plain."""
    name, usual = named["name"], dict.fromkeys(inside, "x")
    if named["in"] == "header":
        yield from ((method, path.format_map(usual), {name: raw}) for raw in HEADERS)
        return
    for value in ADDRESS:
        quoted = quote(value, safe="%")
        if named["in"] == "path":
            yield method, path.format_map(usual | {name: quoted or "x"}), {}
        else:
            yield method, f"{path.format_map(usual)}?{name}={quoted}", {}


@pytest.mark.parametrize("service", APIS)
async def test_no_address_and_no_header_is_more_than_refused(stack: Stack, service: str) -> None:
    """Every parameter of every operation × every strange value: a 4xx, or an answer."""
    await stack.ensure(f"{service}.serve")
    async with httpx.AsyncClient(base_url=stack.url(service), timeout=30) as client:
        api = (await client.get("/openapi.json")).json()
        body = json.dumps({"reason": "x"}).encode()

        async def asked(method: str, target: str, headers: dict[str, bytes]) -> None:
            token = bearer(stack, EVERY_ROLE)  # it lives five minutes
            content = None if method == "get" else body
            sent: dict[Any, Any] = {**token, "Content-Type": "application/json", **headers}
            answer = await client.request(method, target, content=content, headers=sent)
            assert answer.status_code < 500, (method, target[:200], headers)

        asking = list(requests_of(api))
        assert len(asking) > 10 * len(ADDRESS)
        for first in range(0, len(asking), AT_ONCE):
            await asyncio.gather(*(asked(*each) for each in asking[first : first + AT_ONCE]))
