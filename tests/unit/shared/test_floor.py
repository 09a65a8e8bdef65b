"""How long "not found" or a list takes says nothing: it leaves at a multiple of the floor."""

from collections.abc import Callable

import pytest
from starlette.types import Message, Receive, Scope, Send

from shared.http import floor
from shared.http.floor import FLOOR, Floor, left

HTTP: Scope = {"type": "http", "method": "GET", "path": "/offers/x", "headers": []}
KNOWN = {"state": {"caller": "whoever the token says"}}


class Time:
    """A clock of the test's own: work and pauses move it, and nothing else does."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.log: list[str] = []

    async def pause(self, seconds: float) -> None:
        """As `shared.clock.pause`."""
        self.log.append("pause")
        self.now += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """The floor's clock."""
    made = Time()
    monkeypatch.setattr(floor, "monotonic", lambda: made.now)
    monkeypatch.setattr(floor, "pause", made.pause)
    return made


def answering(time: Time, status: int, work: float) -> Callable[..., object]:
    """An application that reads the request, works and answers."""

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        time.now += work
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": False})
        time.log.append("left")

    return app


async def asked(
    time: Time, status: int, work: float, uploading: float = 0.0, scope: Scope = HTTP
) -> float:
    """Asks through the floor; seconds from the request's end to the first word of the answer."""
    ended = heard = 0.0
    pieces = [uploading / 2, uploading / 2]

    async def receive() -> Message:
        nonlocal ended
        time.now += pieces.pop()
        ended = time.now
        return {"type": "http.request", "body": b"", "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        nonlocal heard
        if message["type"] == "http.response.start":
            heard = time.now
        time.log.append(message["type"])

    await Floor(answering(time, status, work))(scope, receive, send)  # type: ignore[arg-type]
    return heard - ended


@pytest.mark.parametrize("work", [0.0, 0.0024, 0.0039, 0.0047, 0.02, 0.0399])
async def test_what_is_not_there_and_what_may_not_be_seen_take_as_long(
    time: Time, work: float
) -> None:
    """Unknown 2.4 ms, foreign 3.9, excluded 4.7: all of them the floor."""
    assert await asked(time, 404, work) == pytest.approx(FLOOR)


async def test_slower_than_the_floor_is_still_no_measure(time: Time) -> None:
    """A loaded machine shows one of two times, and not which work was done."""
    assert await asked(time, 404, 0.05) == pytest.approx(2 * FLOOR)
    assert await asked(time, 404, 0.079) == pytest.approx(2 * FLOOR)


@pytest.mark.parametrize("uploading", [0.0, 0.0365, 0.039, 1.0])
async def test_who_asks_does_not_choose_where_the_edge_lies(time: Time, uploading: float) -> None:
    """A body that comes slowly would bring 2.4 ms before an edge and 4.7 ms behind it."""
    for work in (0.0024, 0.0047):
        assert await asked(time, 404, work, uploading) == pytest.approx(FLOOR)


@pytest.mark.parametrize("work", [0.0, 0.0105, 0.0148, 0.0399])
@pytest.mark.parametrize("path", ["/queue", "/service-requests", "/incidents"])
async def test_a_list_takes_as_long_with_something_hidden_in_it(
    time: Time, path: str, work: float
) -> None:
    """Four hidden offers doubled the time of an empty queue."""
    scope = dict(HTTP) | {"path": path} | KNOWN
    assert await asked(time, 200, work, scope=scope) == pytest.approx(FLOOR)


@pytest.mark.parametrize(
    "change",
    [{"path": "/health"}, {"path": "/metrics"}, KNOWN, KNOWN | {"method": "POST", "path": "/x"}],
)
async def test_what_is_no_list_of_cases_goes_at_once(time: Time, change: Scope) -> None:
    """Whoever watches, asks for one thing by its name, or reports."""
    assert await asked(time, 200, 0.003, scope=dict(HTTP) | dict(change)) == pytest.approx(0.003)


@pytest.mark.parametrize("status", [200, 401, 403, 409, 422, 500])
async def test_everything_else_goes_at_once(time: Time, status: int) -> None:
    """Nobody waits who was told something."""
    assert await asked(time, status, 0.003) == pytest.approx(0.003)
    assert "pause" not in time.log


async def test_nothing_is_held_meanwhile(time: Time) -> None:
    """The pause begins when all inside is over: its place, its transaction and its connection."""
    await asked(time, 404, 0.003)
    assert time.log == ["left", "pause", "http.response.start", "http.response.body"]


def test_the_rest_of_a_floor_is_never_negative() -> None:
    """Nor more than one floor."""
    for passed in (0.0, 1e-9, 0.01, 0.04, 0.0400001, 0.12, 3.0):
        assert 0 <= left(passed) <= FLOOR
