"""What no route should see."""

import asyncio
import json
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from shared.http.limits import Limits, Media

LIMIT = 100


async def send(*messages: Message) -> tuple[list[bytes], list[Message]]:
    """The bodies that reached the application, and what was answered."""
    reached: list[bytes] = []
    answered: list[Message] = []
    waiting = list(messages)

    async def application(_scope: Scope, receive: Receive, _send: Send) -> None:
        reached.append((await receive())["body"])

    async def receive() -> Message:
        return waiting.pop(0)

    async def answer(message: Message) -> None:
        answered.append(message)

    headers = [(b"content-type", b"application/json")]
    await Limits(application, LIMIT, at_once=1)(scope_of("/x", headers), receive, answer)
    return reached, answered


def scope_of(path: str, headers: list[tuple[bytes, bytes]]) -> Scope:
    """A request to this address."""
    return {
        "type": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
    }


def part(body: bytes, *, more: bool = False) -> Message:
    """Some of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


def problem(answered: list[Message]) -> dict[str, Any]:
    """The problem that was answered."""
    content: dict[str, Any] = json.loads(answered[1]["body"])
    return content


async def test_a_body_is_passed_on_whole() -> None:
    """However many pieces it came in."""
    reached, answered = await send(part(b'{"a"', more=True), part(b": 1}"))
    assert (reached, answered) == ([b'{"a": 1}'], [])


async def test_half_a_request_is_none() -> None:
    """A caller who left in the middle of a body has asked for nothing: not to withdraw a consent
    without the time they were about to name, either."""
    reached, answered = await send(
        part(b'{"claimed_at": "2026', more=True), {"type": "http.disconnect"}
    )
    assert (reached, answered) == ([], [])


async def test_half_a_body_is_waited_for_no_longer_than_its_time() -> None:
    """408, as a problem, and the connection is to end."""
    answered: list[Message] = []
    waits = asyncio.Event()

    async def receive() -> Message:
        await waits.wait()
        return part(b"")

    async def answer(message: Message) -> None:
        answered.append(message)
        waits.set()

    async def application(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise AssertionError("half a body has come through")

    headers = [(b"content-type", b"application/json"), (b"content-length", b"50")]
    limits = Limits(application, LIMIT, at_once=1, body_time=0.01)
    await limits(scope_of("/x", headers), receive, answer)
    assert problem(answered)["status"] == 408
    assert (b"connection", b"close") in answered[0]["headers"]


async def test_a_body_over_the_limit_is_refused_and_not_kept() -> None:
    """413, whatever it holds."""
    pieces = [part(b"[" * 60, more=True), part(b"[" * 60, more=True), part(b"")]
    reached, answered = await send(*pieces)
    assert reached == []
    assert problem(answered)["status"] == 413


async def test_a_file_is_taken_at_its_own_address_alone_and_up_to_its_own_limit() -> None:
    """Elsewhere a form of parts is none, and nothing may be longer than elsewhere."""
    statuses = []

    async def application(_scope: Scope, _receive: Receive, _send: Send) -> None:
        statuses.append(200)

    async def answer(message: Message) -> None:
        if "status" in message:
            statuses.append(message["status"])

    limits = Limits(application, LIMIT, at_once=1, media=Media(files={"/file": 2 * LIMIT}))
    headers = [(b"content-type", b"multipart/form-data; boundary=b")]
    for path, size in (
        ("/file", 2 * LIMIT),
        ("/file", 2 * LIMIT + 1),
        ("/x", 2),
        ("/x", LIMIT + 1),
    ):
        waiting = [part(b"a" * size)]

        async def receive(waiting: list[Message] = waiting) -> Message:
            return waiting.pop(0)

        await limits(scope_of(path, headers), receive, answer)
    assert statuses == [200, 413, 415, 413]


async def test_a_body_at_the_limit_is_taken() -> None:
    """The limit is the last size that is good."""
    body = b'"' + b"a" * (LIMIT - 2) + b'"'
    assert (await send(part(body)))[0] == [body]


async def test_more_than_can_be_answered_are_told_to_come_again_at_once() -> None:
    """Who is inside is served, whoever watches gets an answer, and then there is room again."""
    inside, enough = asyncio.Event(), asyncio.Event()
    reached: list[str] = []

    async def application(scope: Scope, _receive: Receive, _send: Send) -> None:
        reached.append(scope["path"])
        if len(reached) == 1:
            inside.set()
            await enough.wait()

    async def ask(path: str) -> list[Message]:
        answered: list[Message] = []

        async def receive() -> Message:
            return part(b"")

        async def answer(message: Message) -> None:
            answered.append(message)

        await limits(scope_of(path, []), receive, answer)
        return answered

    limits = Limits(application, LIMIT, at_once=1)
    first = asyncio.create_task(ask("/first"))
    await inside.wait()
    refused = await ask("/second")
    assert problem(refused)["status"] == refused[0]["status"] == 503
    assert (b"retry-after", b"2") in refused[0]["headers"]
    await ask("/health/ready")
    enough.set()
    await first
    await ask("/third")
    assert reached == ["/first", "/health/ready", "/third"]
