"""Referral's only clock: what is due is decided, whoever is asleep.

One service request a transaction: its locks are never held while another's are waited for.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from services.referral import metrics, store
from services.referral.handlers import on_directory_changed, on_due
from services.referral.rules import Rules
from shared.db import Tx

DIRECTORY = "directory"
"""Nobody notifies it: the file is looked at every few seconds, not at every commit."""
Step = Callable[[Tx], Awaitable[datetime | None]]


def clock_pass(rules: Rules) -> Step:
    """A step of the clock: decides the first thing that is due, or says when to look again."""

    async def step(tx: Tx) -> datetime | None:
        request = await store.due(tx)
        if request is None:
            return await store.next_due(tx)
        if request.next_due is not None:
            late = (tx.now - request.next_due).total_seconds()
            metrics.CLOCK_LATE_SECONDS.observe(late)
        await on_due(rules, tx, request)
        return tx.now

    return step


def directory_pass(rules: Rules) -> Step:
    """A step of reopening: whoever waits longest at the highest risk meets the new directory."""

    async def step(tx: Tx) -> datetime | None:
        await rules.live.refresh()
        request = await store.waiting(tx, rules.directory.change)
        if request is None:
            return None
        await on_directory_changed(rules, tx, request)
        return tx.now

    return step
