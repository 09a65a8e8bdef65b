"""In which order parts start and stop: each as soon as what it needs is there, side by side."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping

Needs = Mapping[str, tuple[str, ...]]


def with_needs(wanted: Iterable[str], needs: Needs) -> tuple[str, ...]:
    """What is wanted and all that it needs, the needed first; raises `KeyError` for an unknown."""
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in found:
            for need in needs[name]:
                visit(need)
            found[name] = None

    for name in wanted:
        visit(name)
    return tuple(found)


def reverse(needs: Needs) -> dict[str, tuple[str, ...]]:
    """Who needs each: the order of stopping."""
    return {name: tuple(other for other in needs if name in needs[other]) for name in needs}


async def in_order(
    names: Iterable[str], needs: Needs, act: Callable[[str], Awaitable[None]]
) -> None:
    """``act`` on every name once it is done for all the needs among ``names``.

    The first failure cancels the rest and is raised as it is.
    """
    done = {name: asyncio.Event() for name in names}

    async def one(name: str) -> None:
        for need in needs[name]:
            if need in done:
                await done[need].wait()
        await act(name)
        done[name].set()

    try:
        async with asyncio.TaskGroup() as group:
            for name in done:
                group.create_task(one(name), name=f"stack {name}")
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
