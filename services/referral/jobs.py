"""Referral's only clock: what is due is decided, whoever is asleep."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from services.referral import store
from services.referral.handlers import on_directory_changed, on_due
from services.referral.rules import Rules
from shared.db import Tx

AT_ONCE = 50
"""Service requests a transaction: few enough to commit soon, many enough to catch up."""


def clock_pass(rules: Rules) -> Callable[[Tx], Awaitable[datetime | None]]:
    """A step of the clock: decides what is due, then says when to look again."""

    async def step(tx: Tx) -> datetime | None:
        found = await store.due(tx, AT_ONCE)
        for request in found:
            await on_due(tx, rules, request)
        return tx.now if len(found) == AT_ONCE else await store.next_due(tx)

    return step


def directory_pass(rules: Rules) -> Callable[[Tx], Awaitable[datetime | None]]:
    """A step of reopening: exhausted requests are tried with a directory they have not seen."""

    async def step(tx: Tx) -> datetime | None:
        found = await store.of_other_directory(tx, rules.directory.change, AT_ONCE)
        for request in found:
            await on_directory_changed(tx, rules, request)
        return tx.now if len(found) == AT_ONCE else None

    return step
