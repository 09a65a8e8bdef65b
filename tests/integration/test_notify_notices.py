"""Notices to staff: to whom they go, and that none goes nowhere in silence."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from shared.errors import Unprocessable
from shared.events.referral import NoticeRequested
from shared.events.words import Urgency
from tests.support.notify import House, house


@pytest_asyncio.fixture
async def here(stack: Stack) -> AsyncIterator[House]:
    """A crisis centre with nobody in it yet."""
    async with house(stack) as one:
        await one.organisation()
        yield one


def notice(here: House, **fields: Any) -> dict[str, Any]:
    """Asking for the coordinators of Naryn raion."""
    return {
        "incident_id": here.incident,
        "notice_id": "notice-1",
        "template": "notice-exhausted",
        "urgency": Urgency.HIGH,
        "role": "coordinator",
        "territory": "41704245000000",
        "dedup_key": "exhausted:sr:1",
    } | fields


async def ask(here: House, **fields: Any) -> None:
    """Referral asks for a notice."""
    due = await here.now() + timedelta(hours=1)
    await here.hear(NoticeRequested(**notice(here, due=due, **fields)))


async def test_a_notice_goes_to_the_coordinators_of_the_place_once(here: House) -> None:
    """Their territory is a beginning of the place's code; asked twice, it is one message."""
    coordinator = frozenset({"coordinator"})
    await here.person("st-naryn", 1, roles=coordinator, territories=("41704",))
    await here.person("st-osh", 2, roles=coordinator, territories=("41706",))
    await here.person("st-worker", 3, territories=("41704",))
    await ask(here)
    await ask(here, notice_id="notice-2")
    assert [each["staff_id"] for each in await here.messages()] == ["st-naryn"]


async def test_a_notice_for_nobody_goes_to_any_coordinator(here: House) -> None:
    """Nobody for Naryn: those of other places hear it, and the record says so."""
    await here.person("st-osh", 2, roles=frozenset({"coordinator"}), territories=("41706",))
    await ask(here)
    assert [each["staff_id"] for each in await here.messages()] == ["st-osh"]
    async with here.db.transaction() as tx:
        assert await tx.fetchval("SELECT escalated FROM notices") is True


async def test_a_notice_is_never_for_an_excluded_person(here: House) -> None:
    """Not even when they are the only coordinator there is."""
    await here.person("st-naryn", 1, roles=frozenset({"coordinator"}), territories=("41704",))
    await ask(here, excluded_people=here.excluding(["st-naryn"]))
    assert await here.messages() == []
    async with here.db.transaction() as tx:
        assert await tx.fetchval("SELECT people FROM notices") == 0


async def test_a_notice_to_one_person_and_one_that_has_no_words(here: House) -> None:
    """By staff id; an unknown template is parked, not guessed."""
    await here.person("st-one", 1)
    await ask(here, role=None, staff_id="st-one", template="notice-contact-overdue")
    assert [each["template"] for each in await here.messages()] == ["notice-contact-overdue"]
    with pytest.raises(Unprocessable):
        await ask(here, template="taken", dedup_key="other")
