"""Connections have an end: half a request is dropped in time, memory is bounded, others are served.

Everything is asked of a real process over a real socket; its times are cut to a second.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from tests.stack import scratch
from tests.support.intake import report, staff
from tests.support.serving import Raw, Serving, flood, serving
from tests.support.tokens import bearer, token

pytestmark = pytest.mark.timed
QUICK = {"http_header_time": 1, "http_body_time": 1, "http_idle_time": 1, "http_answer_time": 1}
MIB = 1024 * 1024
BODY = 250 * 1024
"""Just under the limit of a body."""


@pytest_asyncio.fixture(scope="module")
async def base() -> AsyncIterator[Stack]:
    """A migrated database; the process is each test's own."""
    async with scratch("intake.migrate") as own:
        yield own


@pytest_asyncio.fixture(scope="module")
async def quick(base: Stack) -> AsyncIterator[Serving]:
    """A process that waits a second for anything."""
    async with serving(base, "intake", **QUICK) as one:
        yield one


def head(base: Stack, length: str = f"Content-Length: {BODY}") -> bytes:
    """The head of a report, by somebody who may report."""
    return (
        "POST /incidents HTTP/1.1\r\nHost: intake\r\nIdempotency-Key: half\r\n"
        f"Authorization: Bearer {token(base, staff())}\r\n"
        f"Content-Type: application/json\r\n{length}\r\n\r\n"
    ).encode()


CHUNKED = "Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    ("octets", "answer"),
    [
        (b"", b""),
        (b"\r\n", b""),
        (b"G", b"408"),
        (b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-A: ", b"408"),
    ],
)
async def test_half_a_head_ends_in_time(quick: Serving, octets: bytes, answer: bytes) -> None:
    """408 where a request has begun; where nothing was asked, the end comes without a word."""
    raw = await Raw.to(quick.port)
    raw.writer.write(octets)
    said = await raw.ended()
    assert said.startswith(b"HTTP/1.1 " + answer if answer else b"")
    assert (b"application/problem+json" in said) is bool(answer)


@pytest.mark.parametrize("piece", [b"\r\n", b"X-Slow: a\r\n", b"a"])
async def test_a_head_that_drips_ends_in_the_same_time(quick: Serving, piece: bytes) -> None:
    """Its time is counted from its beginning: to send a little now and then wins nothing."""
    raw = await Raw.to(quick.port)
    if piece != b"\r\n":
        raw.writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n")
    sent = await asyncio.wait_for(raw.keep_sending(piece, pause=0.1), 10)
    assert sent < 60
    await raw.ended()


async def test_a_connection_that_has_asked_and_asks_no_more_ends(quick: Serving) -> None:
    """Also if it sends empty lines between two requests."""
    raw = await Raw.to(quick.port)
    raw.writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    sent = await asyncio.wait_for(raw.keep_sending(b"\r\n", pause=0.1), 10)
    assert sent < 60
    assert (await raw.ended()).startswith(b"HTTP/1.1 200")


async def test_half_a_body_ends_in_time(base: Stack, quick: Serving) -> None:
    """408 as a problem, and the connection ends."""
    raw = await Raw.to(quick.port)
    raw.writer.write(head(base) + b'{"reporter":')
    said = await raw.ended()
    assert said.startswith(b"HTTP/1.1 408")
    assert b"application/problem+json" in said
    assert b"connection: close" in said.lower()


@pytest.mark.parametrize("piece", [b"1\r\n \r\n", b"4000\r\n" + b" " * 0x4000 + b"\r\n"])
async def test_an_endless_body_is_not_read_for_ever(
    base: Stack, quick: Serving, piece: bytes
) -> None:
    """413 or 408, whichever comes first, and then the connection ends."""
    raw = await Raw.to(quick.port)
    raw.writer.write(head(base, CHUNKED))
    await asyncio.wait_for(raw.keep_sending(piece), 10)
    assert (await raw.ended())[:12] in {b"HTTP/1.1 413", b"HTTP/1.1 408"}


@pytest.mark.parametrize(
    ("path", "length"),
    [
        ("/incidents", CHUNKED),
        ("/nowhere", "Content-Length: 1000000000"),
        ("/incidents/none/entered", f"Content-Length: {BODY}"),
    ],
)
async def test_without_a_token_no_body_is_read(quick: Serving, path: str, length: str) -> None:
    """401 before the body has come, in chunks or announced, and the rest is let go by."""
    raw = await Raw.to(quick.port)
    raw.writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\n{length}\r\n\r\n".encode())
    answer = await raw.begun()
    assert answer.startswith(b"HTTP/1.1 401")
    assert b"application/problem+json" in answer
    await asyncio.wait_for(raw.keep_sending(b"4000\r\n" + b" " * 0x4000 + b"\r\n"), 10)
    await raw.ended()


@pytest.mark.parametrize(
    ("octets", "answer"),
    [
        (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\n" + b"A: a\r\n" * 20_000 + b"\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 1_000_000, b"431"),
        (b"\x16\x03\x01\x02\x00\x01\x00", b"400"),
        (b"POST /health/live HTTP/1.1\r\nContent-Length: 9\r\n\r\n", b"413"),
    ],
)
async def test_what_is_no_head_of_ours_is_refused(
    quick: Serving, octets: bytes, answer: bytes
) -> None:
    """As a problem, without waiting for its end."""
    raw = await Raw.to(quick.port)
    raw.writer.write(octets)
    said = await raw.ended()
    assert said.startswith(b"HTTP/1.1 " + answer), said[:40]
    assert b"application/problem+json" in said


async def test_headers_behind_a_body_are_not_kept(base: Stack, quick: Serving) -> None:
    """Trailers without end, many or one, end the connection."""
    for piece in (b"A: a\r\n" * 1000, b"a" * 10_000):
        raw = await Raw.to(quick.port)
        raw.writer.write(head(base, CHUNKED) + b"2\r\n{}\r\n0\r\nA: ")
        await asyncio.wait_for(raw.keep_sending(piece), 10)
        assert (await raw.ended()).startswith(b"HTTP/1.1 4")


async def test_what_is_sent_ahead_of_an_answer_is_not_kept(quick: Serving) -> None:
    """The first request is answered and the connection ends: ten thousand more are not taken."""
    before = quick.memory()
    asked = b"GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n"
    raws = [await Raw.to(quick.port) for _ in range(20)]
    for raw in raws:
        raw.writer.write(asked * 10_000)
    await quick.others_are_answered(3)
    for raw in raws:
        said = await raw.ended()
        assert said.count(b"HTTP/1.1 ") == 1
        assert said.startswith(b"HTTP/1.1 200")
    assert quick.memory() - before < 48 * MIB


SILENT: dict[str, Callable[[Stack], bytes]] = {
    "nothing": lambda _base: b"",
    "half a head": lambda _base: b"GET / HTTP/1.1\r\nA: ",
    "half a body": lambda base: head(base) + b"{",
}


@pytest.mark.parametrize(
    ("said", "files"), [*((said, 256) for said in SILENT), ("half a body", 1024)]
)
async def test_many_connections_keep_nobody_out(base: Stack, said: str, files: int) -> None:
    """More than there are files for, all held open: whoever comes now is answered, with a body too.

    Their times are long: it is the number that is bounded here.
    """
    async with serving(base, "intake", files, http_header_time=60, http_body_time=60) as one:
        held = await asyncio.to_thread(flood, one.port, files + 200, SILENT[said](base))
        await one.others_are_answered()
        async with httpx.AsyncClient(base_url=one.url) as caller:
            headers = bearer(base, staff()) | {"Idempotency-Key": f"through-{len(said)}-{files}"}
            answer = await caller.post("/incidents", json=report(), headers=headers)
        assert answer.status_code == 201, answer.text
        for each in held:
            each.close()


async def test_half_bodies_hold_no_more_than_there_is_for_them(base: Stack) -> None:
    """A thousand halves are 250 MB; the process grows by far less, and others are served.

    The oldest gave way to newer ones, and hear so: 503, to come again.
    """
    long = {"http_body_time": 60, "http_bodies_limit": 8 * MIB, "http_connections": 2000}
    async with serving(base, "intake", 4096, **long) as one:
        await one.others_are_answered(1)
        before = one.memory()
        raws = [await Raw.to(one.port) for _ in range(1000)]
        half = head(base) + b" " * (BODY - 1)
        for raw in raws:
            raw.writer.write(half)
            await raw.writer.drain()
        said = await raws[0].ended()
        assert said.startswith(b"HTTP/1.1 503")
        assert b"retry-after: 2" in said.lower()
        async with httpx.AsyncClient(base_url=one.url) as caller:
            headers = bearer(base, staff()) | {"Idempotency-Key": "through-halves"}
            answer = await caller.post("/incidents", json=report(), headers=headers)
        assert answer.status_code == 201, answer.text
        assert one.memory() - before < 96 * MIB
        for raw in raws:
            raw.writer.close()
