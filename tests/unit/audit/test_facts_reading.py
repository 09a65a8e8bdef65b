"""What is kept of an event is what facts need, and never more; limits are audit's own."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.audit.facts.model.said import WHAT, Need, Shown
from services.audit.facts.reading import NEVER, Counting, read
from shared.events import Act, Body, Envelope, Event, event_type
from shared.events.console import RecordViewed
from shared.events.referral import OfferChanged, PolicyTimers, ServiceRequestChanged
from shared.events.words import Channel, Fulfilment, OfferStatus, ServiceRequestStatus, Urgency
from shared.jurisdiction import load_jurisdiction
from tests.support.lives import at

ROOT = Path(__file__).parents[3]
FIVE = timedelta(minutes=5)


@pytest.fixture(scope="module")
def counting() -> Counting:
    """The real country."""
    return Counting(load_jurisdiction(ROOT / "deploy" / "jurisdictions" / "kg"))


def heard(body: Body, version: int = 1) -> Event[Any]:
    """Said at 1, for an act that was received at 0."""
    envelope = Envelope(
        id=str(uuid4()),
        type=event_type(type(body)),
        source="referral",
        subject="s",
        key="incident",
        time=at(1),
        correlation_id="incident",
        aggregate_version=version,
    )
    act = Act(received_at=at(0), actor="st-somebody", channel=Channel.SMS)
    return Event(envelope, body, act)


def opening(ack: timedelta, service_type: str = "police-protection") -> ServiceRequestChanged:
    """A need that is new."""
    return ServiceRequestChanged(
        incident_id="incident",
        service_request_id="s",
        need_id="n",
        service_type=service_type,
        status=ServiceRequestStatus.ACTIVE,
        fulfilment=Fulfilment.OFFERING,
        urgency=Urgency.HIGH,
        timers=PolicyTimers(version="v1", ack=ack, decide=FIVE, contact=6 * FIVE),
    )


def need_of(event: Event[Any], counting: Counting) -> Need:
    """What is kept of one."""
    said = read(event, counting)
    assert said is not None
    assert isinstance(said.words, Need)
    return said.words


def test_her_limits_are_counted_from_when_she_asked(counting: Counting) -> None:
    """Not from when it was handled; once, at the opening; and a policy that nobody can have is a
    limit that never comes, not a stop of everything."""
    need = need_of(heard(opening(FIVE)), counting)
    assert (need.accept_by, need.contact_by) == (at(10), at(40))
    assert need_of(heard(opening(FIVE), version=2), counting).accept_by is None
    assert need_of(heard(opening(FIVE, "unheard-of")), counting).accept_by is None
    assert need_of(heard(opening(timedelta(days=999_999_999))), counting).accept_by == NEVER
    assert need_of(heard(opening(timedelta(days=-1), "legal-aid")), counting).accept_by is not None


def test_only_the_policy_in_force_is_known(counting: Counting) -> None:
    """By its name; of another nobody can say here what it was."""
    policies, urgency = counting.country.policies, Urgency.HIGH
    found = counting.timers(policies.version, "police-protection", urgency)
    assert found == PolicyTimers(version=policies.version, ack=FIVE, decide=FIVE, contact=6 * FIVE)
    assert counting.timers("another", "police-protection", urgency) is None
    assert counting.timers(policies.version, "unheard-of", urgency) is None


def test_a_look_at_an_offer_is_kept_and_no_other(counting: Counting) -> None:
    """Of whose organisation it was; not of which member."""
    shown = RecordViewed(
        staff_id="st-somebody", session_id="t", kind="offer", record="o", organisation="p"
    )
    said = read(heard(shown), counting)
    assert said is not None
    assert (said.words, said.offer_id) == (Shown(organisation="p"), "o")
    assert said.service_request_id is None
    for other in ({"kind": "incident"}, {"organisation": None}):
        assert read(heard(shown.model_copy(update=other)), counting) is None


def test_nobody_is_named_in_what_is_kept(counting: Counting) -> None:
    """Neither who did it, nor who must not know."""
    body = OfferChanged(
        incident_id="incident",
        service_request_id="s",
        need_id="n",
        offer_id="o",
        organisation="p",
        before=OfferStatus.REQUESTED,
        after=OfferStatus.ACCEPTED,
        person="st-somebody",
        excluded_people="sealed",
    )
    said = read(heard(body), counting)
    assert said is not None
    assert not {"st-somebody", "sealed"} & {*map(str, WHAT.dump_python(said.words).values())}
    assert "st-somebody" not in repr(said)
