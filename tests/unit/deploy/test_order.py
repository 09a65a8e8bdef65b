"""Parts start as soon as what they need is there, and stop the other way round."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.errors import StackError
from deploy.local.order import in_order, reverse, with_needs

SAMPLE = {"database": (), "broker": (), "migrate": ("database",), "work": ("migrate", "broker")}


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Needs without a circle: each part may need earlier ones."""
    names = [f"part{number}" for number in range(draw(st.integers(1, 8)))]
    return {
        name: tuple(draw(st.sets(st.sampled_from(names[:index])))) if index else ()
        for index, name in enumerate(names)
    }


def test_asking_for_one_brings_what_it_needs() -> None:
    """And nothing else."""
    assert with_needs(["migrate"], SAMPLE) == ("database", "migrate")


def test_an_unknown_part_is_an_error() -> None:
    """A typing error does not start half a stack."""
    with pytest.raises(KeyError):
        with_needs(["databse"], SAMPLE)


@given(graphs())
async def test_nothing_acts_before_all_it_needs_is_done(needs: dict[str, tuple[str, ...]]) -> None:
    """In both directions."""
    for direction in (needs, reverse(needs)):
        done: list[str] = []

        async def act(name: str, direction: object = direction, done: list[str] = done) -> None:
            await asyncio.sleep(0)
            done.append(name)

        await in_order(needs, direction, act)
        assert sorted(done) == sorted(needs)
        for name, its_needs in direction.items():
            assert all(done.index(need) < done.index(name) for need in its_needs)


async def test_a_failure_is_raised_as_it_is_and_ends_the_rest() -> None:
    """One line for a person, not a group of tracebacks; what waits is cancelled."""
    ended: list[str] = []

    async def act(name: str) -> None:
        if name == "broker":
            raise StackError("no broker")
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    with pytest.raises(StackError, match=r"^no broker$"):
        await in_order(SAMPLE, SAMPLE, act)
    assert ended == ["database"]
