"""Who waits for a work ends when told to, whatever the work does with that."""

import asyncio

import pytest

from shared import tasks
from shared.tasks import Tasks, apart


async def deaf() -> None:
    """Swallows what cancels it, as a library's close does; then goes on for ever."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.Event().wait()


async def test_its_result_and_its_failure_are_the_works() -> None:
    """As if it were awaited."""

    async def answers() -> int:
        return 4

    async def fails() -> None:
        raise LookupError("nobody")

    assert await apart(answers()) == 4
    with pytest.raises(LookupError, match="nobody"):
        await apart(fails())


async def test_a_work_that_swallows_its_end_does_not_keep_who_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker's loop round it would otherwise go on, and its consumer stay in the group."""
    monkeypatch.setattr(tasks, "HASTE", 0.0)
    waiter = asyncio.create_task(apart(deaf()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.wait([waiter], timeout=5)
    assert waiter.cancelled()


async def test_a_work_that_is_given_up_may_tidy_up() -> None:
    """Before its waiter goes on."""
    tidied = asyncio.Event()

    async def tidy() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.set()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await apart(tidy())
    assert tidied.is_set()


async def test_an_end_that_comes_with_the_result_is_an_end() -> None:
    """Both in one turn of the loop: the waiter is told to end, and has its result."""
    result = asyncio.Event()
    waiter = asyncio.create_task(apart(result.wait()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    result.set()
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.wait([waiter], timeout=5)
    assert waiter.cancelled()


async def test_what_runs_in_the_background_can_be_ended() -> None:
    """All of it."""
    ended = asyncio.Event()

    async def goes_on() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    background = Tasks()
    background.start(goes_on())
    await asyncio.sleep(0)
    background.cancel()
    await asyncio.wait_for(ended.wait(), 5)
