"""A turn of what goes on for ever has an end in time, whatever hangs in it."""

import asyncio

import pytest

from shared.errors import Halt
from shared.runtime.stalls import turn


async def test_a_turn_that_hangs_stops_the_process() -> None:
    """A relay, a pass and a redrive have no other end than this."""
    with pytest.raises(Halt, match=r"^clock has not come to the end of its turn for 0\.01 s$"):
        async with turn("clock", within=0.01):
            await asyncio.Event().wait()


async def test_what_fails_within_a_turn_fails_as_itself() -> None:
    """A timeout of somebody else's too."""
    with pytest.raises(TimeoutError):
        async with turn("clock"):
            raise TimeoutError
