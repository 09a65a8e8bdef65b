"""Notices to staff: to whom they go, and that none goes nowhere in silence."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from pydantic import ValidationError

from deploy.local.stack import Stack
from deploy.simulators.faults import Mode
from services.notify.delivery.model import GATHERED
from services.notify.jobs import give_up_expired
from services.referral.publish import NOTICE_WITHIN
from shared.errors import Unprocessable
from shared.events.notices import NoticeRequested
from shared.events.referral import ExclusionsForwarded
from shared.events.words import Urgency
from tests.stack import turn_clock
from tests.support.eventually import eventually
from tests.support.notify import House, house, phone
from tests.support.referral import numbered
from tests.support.sms import IMPATIENT, QUICK, smsc
from tests.support.told import settled, texts


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
    due = await here.now() + NOTICE_WITHIN
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


@pytest.mark.parametrize("by", ["organisations", "places"])
async def test_a_notice_passes_by_whoever_serves_where_nobody_may_know(
    here: House, by: str
) -> None:
    """The colleagues of an accused, and who answers for an excluded place; others are told."""
    await here.organisation("unit")
    coordinator = {"roles": frozenset({"coordinator"})}
    await here.person("st-near", 1, organisation="unit", territories=("41704245",), **coordinator)
    await here.person("st-naryn", 2, territories=("41704",), **coordinator)
    excluded = {"organisations": ["unit"]} if by == "organisations" else {"places": ["41704245"]}
    await ask(here, excluded_people=here.excluding(**excluded))
    assert [each["staff_id"] for each in await here.messages()] == ["st-naryn"]


@pytest.mark.parametrize("known", ["before", "meanwhile"])
async def test_a_notice_passes_by_the_colleagues_of_an_accused_officer(
    here: House, known: str
) -> None:
    """Whether the register knew the number when it was asked for, or only when its turn came. Who
    serves with an accused elsewhere than in the police is told: nobody excluded the whole place.
    """
    coordinator = {"roles": frozenset({"coordinator"}), "territories": ("41704",)}
    for number, kind in ((1, "police"), (2, "crisis-centre")):
        await here.organisation(kind, kind)
        await here.person(f"st-{kind}", number, organisation=kind, **coordinator)
    tags = here.deps.exclusions.tagger.phone(phone(9))

    async def accused() -> None:
        for kind in ("police", "crisis-centre"):
            await here.person(f"st-of-{kind}", 9, organisation=kind)

    if known == "before":
        await accused()
    await ask(here, excluded_people=here.excluding(tags=tags))
    await accused()
    async with smsc() as (centre, port), here.sending(port, timing=QUICK):
        await turn_clock(here.stack, GATHERED)
        await settled(here)
        assert texts(centre, phone(1)) == []
        assert len(texts(centre, phone(2))) == 1
    ended = {each["staff_id"]: each["reason"] for each in await here.messages()}
    late = {} if known == "before" else {"st-police": "unit-excluded"}
    assert ended == {"st-crisis-centre": None} | late


async def test_a_burst_is_one_text_that_says_how_many(here: House) -> None:
    """Eighteen exhausted cases within five seconds: one text; each is a message with its record.

    Another kind is a text of its own, and so is what comes later.
    """
    await here.person("st-naryn", 1, roles=frozenset({"coordinator"}), territories=("41704",))
    async with smsc() as (centre, port), here.sending(port, timing=QUICK):
        for number in range(18):
            await ask(here, dedup_key=f"exhausted:{number}", public_id=numbered(number))
        await ask(here, dedup_key="other", template="notice-no-answer", public_id="K7M4P2")
        assert texts(centre, phone(1)) == []
        await turn_clock(here.stack, GATHERED)
        ended = await settled(here, 19)
        await ask(here, dedup_key="exhausted:later", public_id="K7M4P2")
        await turn_clock(here.stack, GATHERED)
        await settled(here, 20)
        told = texts(centre, phone(1))
    assert {each["status"] for each in ended} == {"sent"}
    assert len({each["provider_id"] for each in ended}) == 2
    named = [("всего 18" in each, "K7M4P2" in each) for each in told]
    assert sorted(named) == [(False, True), (False, True), (True, False)]


async def test_who_is_excluded_from_one_of_a_burst_is_not_told_of_it(here: House) -> None:
    """Each is judged by itself when the text leaves; the text counts the others."""
    await here.person("st-naryn", 1, roles=frozenset({"coordinator"}), territories=("41704",))
    await here.person("st-two", 2, roles=frozenset({"coordinator"}), territories=("41704",))
    hidden = here.excluding(["st-naryn"])
    async with smsc() as (centre, port), here.sending(port, timing=QUICK):
        for number in range(3):
            await ask(here, dedup_key=f"exhausted:{number}", public_id=numbered(number))
        async with here.db.transaction() as tx:
            await tx.execute(
                "UPDATE messages SET excluded_people = $1 WHERE public_id = $2", hidden, numbered(2)
            )
        await turn_clock(here.stack, GATHERED)
        await settled(here, 6)
        assert ["всего 2" in each for each in texts(centre, phone(1))] == [True]
        assert ["всего 3" in each for each in texts(centre, phone(2))] == [True]
    assert [each["reason"] for each in await here.messages(status="dropped")] == ["excluded"]


async def test_a_burst_that_the_gateway_refuses_for_now_goes_as_one_later(here: House) -> None:
    """None of it is lost, and what has come since goes along."""
    await here.person("st-naryn", 1, roles=frozenset({"coordinator"}), territories=("41704",))
    async with smsc() as (centre, port), here.sending(port, timing=IMPATIENT):
        centre.set_fault(Mode.THROTTLE, None, None)
        await ask(here, dedup_key="exhausted:1", public_id=numbered(1))
        await ask(here, dedup_key="exhausted:2", public_id=numbered(2))
        await turn_clock(here.stack, GATHERED)
        await eventually(lambda: centre.made[Mode.THROTTLE])
        await ask(here, dedup_key="exhausted:3", public_id=numbered(3))
        centre.set_fault(Mode.NONE, None, None)
        await turn_clock(here.stack, timedelta(minutes=1))
        await settled(here, 3)
        told = texts(centre, phone(1))
    assert "всего" in "".join(told)
    assert len(told) <= 2


async def test_a_notice_about_no_incident_is_told_as_any_other(here: House) -> None:
    """Nothing needs the incident on the way from the asking to the telephone; twice is once."""
    await here.person("st-naryn", 1, roles=frozenset({"coordinator"}), territories=("41704",))
    async with smsc() as (centre, port), here.sending(port, timing=QUICK):
        await ask(here, incident_id=None)
        await turn_clock(here.stack, GATHERED)
        [message] = await settled(here)
        await ask(here, incident_id=None, notice_id="notice-2")
        assert (message["status"], message["incident_id"]) == ("sent", None)
        assert len(texts(centre, phone(1))) == 1
    async with here.db.transaction() as tx:
        [kept] = await tx.fetch("SELECT notice_id, incident_id, people FROM notices")
        assert tuple(kept) == ("notice-1", None, 1)


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


def unheard() -> float:
    """How often it was counted that nobody was told of this notice."""
    found = REGISTRY.get_sample_value(
        "tirek_notify_notices_unheard_total", {"template": "notice-exhausted"}
    )
    assert found is not None, "a series that begins with 1 is no increase"
    return found


async def pass_over(here: House, amount: timedelta) -> None:
    """Time goes by, and what was not sent by then is given up."""
    await turn_clock(here.stack, amount)
    async with here.db.transaction() as tx:
        await give_up_expired(here.deps, tx)


async def test_the_only_call_to_a_human_outlives_an_outage_of_an_hour(here: House) -> None:
    """The gateway was away when nobody was left; once it is back the coordinator's phone rings."""
    await here.person("st-naryn", 1, roles=frozenset({"coordinator"}), territories=("41704",))
    before = unheard()
    await ask(here)
    await pass_over(here, timedelta(minutes=61))
    async with smsc() as (centre, port), here.sending(port, timing=QUICK):
        [message] = await settled(here)
        assert message["status"] == "sent"
        assert len(texts(centre, phone(1))) == 1
    assert unheard() == before


async def test_a_notice_that_was_sent_to_nobody_is_counted_once(here: House) -> None:
    """Two people, three messages, a day without a gateway."""
    coordinator = frozenset({"coordinator"})
    await here.person("st-one", 1, roles=coordinator, territories=("41704",))
    await here.person(
        "st-two", 2, roles=coordinator, territories=("41704",), email="two@desk.example"
    )
    before = unheard()
    await ask(here)
    await ask(here, dedup_key="exhausted:another:1", template="notice-no-answer")
    await pass_over(here, timedelta(hours=23))
    assert unheard() == before
    await pass_over(here, timedelta(hours=2))
    assert {each["status"] for each in await here.messages()} == {"dropped"}
    assert unheard() == before + 1


async def test_a_notice_that_one_of_two_got_is_no_alarm(here: House) -> None:
    """A number is refused, and the other coordinator has the text; of both refused it is one."""
    coordinator = frozenset({"coordinator"})
    await here.person("st-one", 1, roles=coordinator, territories=("41704",))
    await here.person("st-two", 2, roles=coordinator, territories=("41704",))
    before = unheard()
    async with smsc() as (centre, port), here.sending(port, timing=QUICK):
        centre.set_fault(Mode.REFUSE, 1, None)
        await ask(here)
        await turn_clock(here.stack, GATHERED)
        ended = await settled(here, 2)
        assert sorted(str(each["status"]) for each in ended) == ["refused", "sent"]
        assert unheard() == before
        centre.set_fault(Mode.REFUSE, 2, None)
        await ask(here, dedup_key="exhausted:another:1")
        await turn_clock(here.stack, GATHERED)
        await settled(here, 4)
        assert unheard() == before + 1


async def test_a_notice_to_one_person_and_one_that_has_no_words(here: House) -> None:
    """By staff id; an unknown template is parked, not guessed."""
    await here.person("st-one", 1)
    await ask(here, role=None, staff_id="st-one", template="notice-contact-overdue")
    assert [each["template"] for each in await here.messages()] == ["notice-contact-overdue"]
    with pytest.raises(Unprocessable):
        await ask(here, template="taken", dedup_key="other")


async def later(here: House, people: str, version: int = 2) -> None:
    """Referral forwards that more must not learn of the incident."""
    said = ExclusionsForwarded(incident_id=here.incident, excluded_people=people)
    await here.hear(said, version=version)


async def test_a_notice_in_the_queue_is_not_sent_to_who_is_excluded_meanwhile(
    here: House,
) -> None:
    """By a list that came later, or because the register says of them now what an accused was known
    by; the record says why, and others are told."""
    coordinator = frozenset({"coordinator"})
    for number in (1, 2, 3):
        await here.person(f"st-{number}", number, roles=coordinator, territories=("41704",))
    tagger = here.deps.exclusions.tagger
    await ask(here, excluded_people=here.excluding(tags=tagger.phone(phone(9))))
    await later(here, here.excluding(["st-1"], tagger.phone(phone(9))))
    await here.person("st-2", 9, roles=coordinator, territories=("41704",))
    async with smsc() as (_, port), here.sending(port, timing=QUICK):
        await turn_clock(here.stack, GATHERED)
        await settled(here, 3)
    ended = {each["staff_id"]: (each["status"], each["reason"]) for each in await here.messages()}
    assert ended == {
        "st-1": ("dropped", "excluded"),
        "st-2": ("dropped", "excluded"),
        "st-3": ("sent", None),
    }


async def test_an_older_list_does_not_stand_above_a_newer_one(here: House) -> None:
    """Whatever order they come in."""
    await here.person("st-naryn", 1, roles=frozenset({"coordinator"}), territories=("41704",))
    await later(here, here.excluding(["st-naryn"]), version=3)
    await later(here, here.excluding(["st-other"]), version=2)
    await ask(here)
    async with smsc() as (_, port), here.sending(port, timing=QUICK):
        await turn_clock(here.stack, GATHERED)
        await settled(here)
    [message] = await here.messages()
    assert (message["status"], message["reason"]) == ("dropped", "excluded")


async def test_a_checkpoint_goes_by_mail_alone_to_the_auditors_of_one_organisation(
    here: House,
) -> None:
    """Whoever has a telephone too gets no SMS of it, others get nothing; and no other words fit."""
    auditor = frozenset({"auditor"})
    await here.organisation("ombudsman")
    await here.person(
        "st-ombudsman", 1, organisation="ombudsman", roles=auditor, email="a@tirek.example"
    )
    await here.person("st-other", 2, roles=auditor, email="b@tirek.example")
    note = f"kezek.example/ledger\n1\n{'A' * 43}=\n\n— kezek.example/ledger c2lnbmVk\n"
    asked: dict[str, Any] = {"incident_id": None, "territory": None, "role": "auditor"}
    asked |= {"template": "ledger-checkpoint", "organisation": "ombudsman"}
    await ask(here, **asked, checkpoint=note)
    told = [(each["staff_id"], each["channel"]) for each in await here.messages()]
    assert told == [("st-ombudsman", "email")]
    assert [each["checkpoint"] for each in await here.messages()] == [note]
    with pytest.raises(ValidationError):
        await ask(here, **asked, checkpoint=f"{note}She lives at")
