"""What referral says of offers, turned into messages, codes and events on a real database."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.notify.codes import store as codes
from services.notify.jobs import give_up_expired
from shared.errors import Unprocessable
from shared.events.notify import AlertSent, AlertUnreachable
from shared.events.words import CancelReason, OfferStatus
from tests.stack import turn_clock
from tests.support.notify import DESK, House, house, phone


@pytest_asyncio.fixture
async def here(stack: Stack) -> AsyncIterator[House]:
    """A crisis centre with nobody in it yet."""
    async with house(stack) as one:
        await one.organisation()
        yield one


async def reasons(here: House) -> list[str]:
    """Why notify said that nobody can be told."""
    return [each["reason"] for each in await here.said(AlertUnreachable)]


async def codes_of(here: House, offer_id: str = "offer-1") -> dict[str, str]:
    """The codes of an offer by staff id."""
    async with here.db.transaction() as tx:
        found = await codes.of_offers(tx, here.deps.codes, [offer_id])
    return {staff_id: code for (_, staff_id), code in found.items()}


async def test_everybody_on_duty_gets_a_message_by_each_of_their_channels(here: House) -> None:
    """SMS, and e-mail too for who has an address; one code a person, the same on both."""
    await here.person("st-one", 1, email="one@desk.example")
    await here.person("st-two", 2)
    await here.person("st-off", 3)
    await here.on_duty("st-one", "st-two")
    await here.request()
    queued = await here.messages()
    assert sorted((each["staff_id"], each["channel"]) for each in queued) == [
        ("st-one", "email"),
        ("st-one", "sms"),
        ("st-two", "sms"),
    ]
    assert {each["status"] for each in queued} == {"queued"}
    codes = await codes_of(here)
    assert len(codes) == len(set(codes.values())) == 2
    assert await here.said(AlertUnreachable) == []


async def test_no_code_or_text_is_stored(here: House) -> None:
    """Only a keyed hash of the code; it is derived again when the message is made."""
    await here.person("st-one", 1)
    await here.on_duty("st-one")
    await here.request()
    code = (await codes_of(here))["st-one"]
    async with here.db.transaction() as tx:
        for table in ("codes", "messages", "alerts", "offers", "outbox"):
            stored = await tx.fetchval(
                f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t"
            )
            assert code not in stored
            assert phone(1) not in stored


async def test_an_event_heard_twice_alerts_once(here: House) -> None:
    """Also when it comes again as another record: the alert's id is what counts."""
    await here.person("st-one", 1)
    await here.on_duty("st-one")
    body = await here.request()
    await here.hear(body)
    assert len(await here.messages()) == 1


async def test_the_second_tier_is_a_new_alert_with_the_same_code(here: House) -> None:
    """Somebody on both tiers answers with the code they know."""
    await here.person("st-one", 1)
    await here.person("st-chief", 2)
    await here.on_duty("st-one")
    await here.on_duty("st-one", "st-chief", tier=2)
    await here.request()
    before = await codes_of(here)
    await here.request(alert_id="alert-2", tier=2)
    after = await codes_of(here)
    assert after["st-one"] == before["st-one"]
    assert len(await here.messages(staff_id="st-one")) == 2


async def test_two_open_offers_never_have_one_code(here: House) -> None:
    """On a collision the counter goes up; a code that is closed may come again.

    That of an offer which somebody holds is open: the holder has more to say.
    """
    await here.person("st-one", 1)
    await here.on_duty("st-one")
    keys, body = here.deps.codes, await here.asking()
    derived = keys.derive(keys.newest, body.offer_id, "st-one", 0)
    taken = keys.fingerprint(keys.newest, derived)
    await here.request(offer_id="offer-0", alert_id="alert-0")
    async with here.db.transaction() as tx:
        await tx.execute("UPDATE codes SET fingerprint = $1", taken)
    await here.hear(body)
    assert (await codes_of(here))["st-one"] == keys.derive(keys.newest, body.offer_id, "st-one", 1)
    await here.change(OfferStatus.ACCEPTED, offer_id="offer-0")
    await here.change(OfferStatus.CANCELLED)
    async with here.db.transaction() as tx:
        still_open = await tx.fetch("SELECT offer_id FROM codes WHERE closed_at IS NULL")
    assert [row["offer_id"] for row in still_open] == ["offer-0"]


# --- nobody to tell ------------------------------------------------------------------------------


async def test_nobody_on_duty_is_said_at_once(here: House) -> None:
    """In the same transaction: referral does not wait for a timer."""
    await here.person("st-one", 1)
    await here.request()
    [said] = await here.said(AlertUnreachable)
    assert said["reason"] == "no-duty"
    assert (said["offer_id"], said["alert_id"], said["tier"]) == ("offer-1", "alert-1", 1)
    assert await here.messages() == []


async def test_who_left_is_not_on_duty(here: House) -> None:
    """A roster still names them, the register says that they serve no more."""
    await here.person("st-one", 1, active=False)
    await here.on_duty("st-one")
    await here.request()
    assert await reasons(here) == ["no-duty"]


async def test_a_person_on_duty_without_any_contact_cannot_be_told(here: House) -> None:
    """No number, no address."""
    await here.person("st-one")
    await here.on_duty("st-one")
    await here.request()
    assert await reasons(here) == ["no-contact"]


async def test_an_offer_whose_deadline_has_passed_is_never_alerted(here: House) -> None:
    """Whatever arrives, however late the bus was."""
    await here.person("st-one", 1)
    await here.on_duty("st-one")
    await here.request(deadline=await here.now() - timedelta(seconds=1))
    assert await reasons(here) == ["too-late"]
    assert await here.messages() == []


@pytest.mark.parametrize("by", ["staff id", "phone", "name"])
async def test_an_excluded_person_gets_no_message(here: House, by: str) -> None:
    """Whether intake knew them by staff id, by number or by name and organisation."""
    await here.person("st-one", 1, name="Нурлан Асанбеков")
    await here.person("st-two", 2)
    await here.on_duty("st-one", "st-two")
    tagger = here.deps.exclusions.tagger
    sealed = {
        "staff id": here.excluding(["st-one"]),
        "phone": here.excluding(tags=tagger.phone(phone(1))),
        "name": here.excluding(tags=tagger.name("АСАНБЕКОВ Нурлан Эркинович", DESK)),
    }[by]
    await here.request(excluded_people=sealed)
    assert [each["staff_id"] for each in await here.messages()] == ["st-two"]


async def test_who_has_lost_the_role_for_it_is_not_asked(here: House) -> None:
    """They could not open the case: the ladder goes on at once, as if nobody were on duty."""
    await here.person("st-one", 1, roles=frozenset({"reporter"}))
    await here.on_duty("st-one")
    await here.request()
    assert await reasons(here) == ["no-duty"]
    assert await here.messages() == []


async def test_if_all_on_duty_are_excluded_referral_hears_so(here: House) -> None:
    """Nobody hears, and the ladder goes on."""
    await here.person("st-one", 1)
    await here.on_duty("st-one")
    await here.request(excluded_people=here.excluding(["st-one"]))
    assert await reasons(here) == ["excluded"]


@pytest.mark.parametrize("active", [True, False])
async def test_an_accused_officer_excludes_the_unit(here: House, active: bool) -> None:
    """Also when off duty, or no longer serving: in a station everyone is a colleague."""
    await here.organisation("police-naryn", "police")
    unit: dict[str, Any] = {"organisation": "police-naryn"}
    await here.person("st-duty", 1, **unit)
    await here.person("st-accused", 2, active=active, **unit)
    await here.on_duty("st-duty", organisation="police-naryn")
    tags = here.deps.exclusions.tagger.phone(phone(2))
    await here.request(organisation="police-naryn", excluded_people=here.excluding(tags=tags))
    assert await reasons(here) == ["unit-excluded"]
    assert await here.messages() == []


async def excluded_unit(here: House) -> str:
    """A police unit in which the accused serves; the sealed list that names them."""
    await here.organisation("police-naryn", "police")
    await here.person("st-duty", 1, organisation="police-naryn")
    await here.on_duty("st-duty", organisation="police-naryn")
    await here.person("st-accused", 2, organisation="police-naryn")
    return here.excluding(["st-accused"])


async def test_a_unit_is_said_to_be_excluded_however_late_that_is_found_out(here: House) -> None:
    """The bus was slow, and a colleague may have seen the offer and said yes meanwhile."""
    excluded = await excluded_unit(here)
    over = await here.now() - timedelta(seconds=1)
    await here.request(organisation="police-naryn", excluded_people=excluded, deadline=over)
    assert await reasons(here) == ["unit-excluded"]


async def test_a_unit_is_said_to_be_excluded_though_its_yes_came_first(here: House) -> None:
    """What referral said of the offer since was handled before the asking itself."""
    excluded = await excluded_unit(here)
    police = {"organisation": "police-naryn", "excluded_people": excluded}
    asked = await here.asking(**police)
    await here.change(OfferStatus.ACCEPTED, person="st-duty", **police)
    await here.hear(asked, version=0)
    assert await reasons(here) == ["unit-excluded"]
    assert await here.messages() == []


async def test_a_unit_is_said_to_be_excluded_though_nothing_was_sent_in_time(here: House) -> None:
    """The gateway was away, and the accused was entered as a member of the unit meanwhile."""
    await here.organisation("police-naryn", "police")
    await here.person("st-duty", 1, organisation="police-naryn")
    await here.on_duty("st-duty", organisation="police-naryn")
    tags = here.deps.exclusions.tagger.phone(phone(9))
    await here.request(organisation="police-naryn", excluded_people=here.excluding(tags=tags))
    await here.person("st-new", 9, organisation="police-naryn")
    await turn_clock(here.stack, timedelta(minutes=6))
    async with here.db.transaction() as tx:
        await give_up_expired(here.deps, tx)
    assert await reasons(here) == ["unit-excluded"]


async def test_a_colleague_elsewhere_excludes_nobody_else(here: House) -> None:
    """Only in a police unit does one member exclude all."""
    await here.person("st-duty", 1)
    await here.person("st-accused", 2)
    await here.on_duty("st-duty")
    await here.request(excluded_people=here.excluding(["st-accused"]))
    assert [each["staff_id"] for each in await here.messages()] == ["st-duty"]


async def test_exclusions_that_cannot_be_read_stop_the_event(here: House) -> None:
    """It is parked for a person: nobody is alerted past a list that nobody can read."""
    await here.person("st-one", 1)
    await here.on_duty("st-one")
    with pytest.raises(Unprocessable):
        await here.request(excluded_people="broken")
    assert await here.messages() == []


# --- an offer that moves on ----------------------------------------------------------------------


@pytest.mark.parametrize("after", [OfferStatus.CANCELLED, OfferStatus.ACCEPTED])
async def test_what_was_not_sent_is_dropped_with_the_reason_when_the_offer_ends(
    here: House, after: OfferStatus
) -> None:
    """Nothing is silently unsent: the record says that the offer moved on, and nobody is told."""
    await here.person("st-one", 1)
    await here.on_duty("st-one")
    await here.request()
    await here.change(after, reason=CancelReason.SUPERSEDED)
    [message] = await here.messages()
    assert (message["status"], message["reason"]) == ("dropped", "offer-over")
    async with here.db.transaction() as tx:
        alert = await tx.fetchrow("SELECT outcome, reason FROM alerts")
    assert alert is not None
    assert (alert["outcome"], alert["reason"]) == ("moot", after)
    assert await here.said(AlertUnreachable) == []


async def test_an_offer_that_expired_with_nobody_told_is_said(here: House) -> None:
    """It has not used up its candidate, and the coordinator hears that alerts do not go out."""
    await here.person("st-one", 1)
    await here.on_duty("st-one")
    await here.request()
    await here.change(OfferStatus.EXPIRED)
    assert await reasons(here) == ["failed"]
    assert await here.said(AlertSent) == []


async def test_a_deadline_that_passes_unsent_is_recorded_and_said(here: House) -> None:
    """The gateway was away all the time."""
    await here.person("st-one", 1)
    await here.on_duty("st-one")
    await here.request()
    await turn_clock(here.stack, timedelta(minutes=6))
    async with here.db.transaction() as tx:
        await give_up_expired(here.deps, tx)
    [message] = await here.messages()
    assert (message["status"], message["reason"]) == ("dropped", "deadline")
    assert await reasons(here) == ["failed"]


async def test_older_news_has_no_effect(here: House) -> None:
    """An event older than what is held changes nothing; an alert that comes late is recorded."""
    await here.person("st-one", 1)
    await here.on_duty("st-one")
    body = await here.request()
    await here.change(OfferStatus.CANCELLED)
    await here.hear(body.model_copy(update={"alert_id": "alert-0"}), version=1)
    assert [each["status"] for each in await here.messages()] == ["dropped"]
    async with here.db.transaction() as tx:
        assert await tx.fetchval("SELECT status FROM offers") == OfferStatus.CANCELLED
        assert await tx.fetchval("SELECT outcome FROM alerts WHERE alert_id = 'alert-0'") == "moot"
