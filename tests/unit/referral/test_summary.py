"""What a provider sees before saying yes names nobody, whatever the case."""

from dataclasses import asdict, replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.referral.model.service_request import Permission
from services.referral.model.summary import Awaited, awaited, summary
from services.referral.offer_views import OfferView
from shared.events.words import HELD, OPEN, OfferStatus
from tests.support.referral import BLANK, NOON, Scene, last

RAION = "41704245000000"
NEUTRAL = {
    "offer_id",
    "status",
    "service_type",
    "urgency",
    "raion",
    "age_band",
    "children",
    "language",
    "access_needs",
    "answer_by",
    "deadline",
    "act_within",
}
"""The role table's neutral summary, and the clocks. One field more is a decision, not a slip."""


def test_it_is_these_fields_and_no_others() -> None:
    """Type, urgency, raion, bands, language, access needs, clocks left."""
    request = Scene("a").opened(act_within=(NOON + timedelta(hours=72),)).request
    said = asdict(summary(request, last(request), RAION))
    assert said.keys() == NEUTRAL
    assert said["act_within"] == (NOON + timedelta(hours=72),)


# as an id would be: long enough to be found by chance in nothing else
telling = st.text("abcdefghijklmnopqrstuvwxyz", min_size=12, max_size=20)


@given(secret=telling)
def test_nothing_else_of_a_case_gets_through(secret: str) -> None:
    """Ids of the case, who reported, who is excluded, what was permitted, the aimak."""
    request = replace(
        Scene("a").opened().request,
        id=f"{secret}-request",
        incident_id=f"{secret}-incident",
        need_id=f"{secret}-need",
        permissions=(Permission(f"{secret}-consent", f"{secret}-kind"),),
        excluded_organisations=(f"{secret}-organisation",),
        excluded_places=(f"{secret}-place",),
        excluded_people=f"{secret}-sealed",
        excluded_staff=(f"{secret}-digest",),
        excluded_digests=(f"{secret}-keyed",),
        reported_by=f"{secret}-reporter",
    )
    shown = OfferView.of(request, last(request), RAION, mine=False, ticket=None)
    for said in (str(summary(request, last(request), RAION)), shown.model_dump_json()):
        assert secret not in said
        assert BLANK.territory not in said


def test_only_the_case_holder_learns_which_case_it_is() -> None:
    """Nobody else is to see that two needs are one case."""
    request = Scene("a").opened().request
    theirs = OfferView.of(request, last(request), RAION, mine=False, ticket=None)
    hers = OfferView.of(request, last(request), RAION, mine=True, ticket=None)
    assert theirs.incident_id is None
    assert hers.incident_id == request.incident_id


def test_what_is_awaited_is_what_the_present_state_waits_for() -> None:
    """Once accepted, the first contact; then the review; of a new holder the take-over first."""
    offer = last(Scene("a").opened().request)
    contact, later = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    assert awaited(offer) == (Awaited.ANSWER, offer.answer_by)
    accepted = replace(offer, status=OfferStatus.ACCEPTED, deadline=contact)
    assert awaited(accepted) == (Awaited.CONTACT, contact)
    for status in (OfferStatus.IN_PROGRESS, OfferStatus.ON_HOLD):
        held = replace(accepted, status=status, deadline=later)
        assert awaited(held) == (Awaited.REVIEW, later)
        assert awaited(replace(held, take_over_by=contact)) == (Awaited.TAKE_OVER, contact)
    assert awaited(replace(accepted, take_over_by=later)) == (Awaited.CONTACT, contact)
    for status in set(OfferStatus) - OPEN - HELD:
        assert awaited(replace(offer, status=status)) is None
