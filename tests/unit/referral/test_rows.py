"""What is saved is what is read: no field of a case is lost between two acts."""

import json
from dataclasses import fields, replace
from datetime import datetime, timedelta

from services.referral.model.service_request import Offer, Permission, ServiceRequest
from services.referral.store import rows
from shared.events.words import CloseReason, Fulfilment, OfferStatus, ServiceRequestStatus
from tests.support.referral import BLANK, MINUTE, NOON, Scene

FULL_OFFER = Offer(
    id="offer",
    organisation="org-a",
    organisation_kind="crisis-centre",
    service="a",
    status=OfferStatus.ACCEPTED,
    requested_at=NOON,
    answer_by=NOON + MINUTE,
    decide_by=NOON + 2 * MINUTE,
    deadline=NOON + 3 * MINUTE,
    alert_id="alert",
    tier=2,
    next_tier_at=NOON + 4 * MINUTE,
    told=True,
    person="st-one",
    accepted_at=NOON + 5 * MINUTE,
    answered_at=NOON + 6 * MINUTE,
    answered_by="st-two",
    late=True,
    before_hold=OfferStatus.IN_PROGRESS,
    overdue=True,
    outcome="helped",
    reason="waiting-for-papers",
    superseded_by="other",
    handed_at=NOON + 7 * MINUTE,
    take_over_by=NOON + 8 * MINUTE,
    remind_at=NOON + 9 * MINUTE,
    on_the_way_at=NOON + 10 * MINUTE,
    contact_claimed_at=NOON + 11 * MINUTE,
    told_at=NOON + 12 * MINUTE,
    received_at=NOON + 13 * MINUTE,
    contact_by=NOON + 14 * MINUTE,
    on_hold_at=NOON + 15 * MINUTE,
    ended_at=NOON + 16 * MINUTE,
)
FULL = replace(
    BLANK,
    version=7,
    status=ServiceRequestStatus.ON_HOLD,
    fulfilment=Fulfilment.IN_SERVICE,
    policy=replace(BLANK.policy, undo=timedelta(seconds=1.5)),
    permissions=(
        Permission("c-1", "crisis-centre"),
        Permission("c-2", "ngo", "sezim-bishkek", NOON + MINUTE),
    ),
    permitted_as_of=4,
    children=(("0-2", 1), ("7-11", 2)),
    access_needs=("wheelchair",),
    act_within=(NOON + 72 * 60 * MINUTE,),
    excluded_organisations=("police-suzak",),
    excluded_places=("41703220",),
    excluded_people="sealed",
    excluded_staff=("digest",),
    excluded_digests=("keyed-digest",),
    reported_by="st-three",
    directory_change="d9",
    round=3,
    round_starts=2,
    passed_over=("b",),
    coordinator_told=True,
    closed=CloseReason.OTHER,
    offers=(FULL_OFFER,),
)


def through(request: ServiceRequest) -> ServiceRequest:
    """Written as JSON rows, read as the driver gives columns: jsonb as text, arrays as lists."""
    kept = rows.request_row(request)
    for name in ("policy", "permissions", "children"):
        kept[name] = json.dumps(kept[name], default=datetime.isoformat)
    offers = [rows.offer_row(request, *numbered) for numbered in enumerate(request.offers)]
    return rows.request_from(kept, offers)


def test_a_case_comes_back_as_it_was_written() -> None:
    """With every field set, and with every optional one empty."""
    assert through(FULL) == FULL
    assert through(BLANK) == BLANK
    asked = Scene("a", "b").opened().request
    assert through(asked) == asked


def test_the_case_above_sets_every_field() -> None:
    """A field added to the model later must be kept too: then this says so."""
    optional = {each.name for each in fields(Offer)} | {each.name for each in fields(FULL)}
    assert optional <= set(rows.OFFER_COLUMNS) | set(rows.REQUEST_COLUMNS) | {"offers"}
    for value in (FULL, FULL_OFFER):
        empty = [each.name for each in fields(value) if not getattr(value, each.name)]
        assert empty == []


def test_what_the_clock_and_the_queue_look_for_follows_from_the_offers() -> None:
    """The earliest time of all, who was ever asked, and how long an unanswered place is held."""
    kept = rows.request_row(FULL)
    assert kept["next_due"] == FULL_OFFER.deadline
    assert kept["asked"] == ["org-a"]
    assert kept["policy"]["version"] == FULL.policy.version
    offer = rows.offer_row(FULL, 0, FULL_OFFER)
    assert offer["holds_until"] == NOON + FULL.policy.hold
