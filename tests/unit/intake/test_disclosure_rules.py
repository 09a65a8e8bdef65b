"""Who may read what, decided without a database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.model.consents import Consent, Group, Terms, withdraw
from services.intake.model.disclosures import (
    Claim,
    Offer,
    check_standing,
    ends,
    own_entry,
    readable,
)
from services.intake.model.persons import ENTERED
from shared.errors import Conflict, Forbidden
from shared.events.words import OfferStatus
from tests.support.reports import NOW

CLAIM = Claim(
    need_id="need-1",
    offer_id="offer-1",
    organisation="sezim-bishkek",
    organisation_kind="crisis-centre",
    staff_id="st-1",
    issued_at=NOW,
)
TERMS = Terms(
    need="shelter",
    recipient_kind="crisis-centre",
    purpose="service",
    scope=(Group.STORY, Group.IDENTITY),
    given_by="survivor",
    how="oral",
    until=NOW + timedelta(days=30),
)
CONSENT = Consent(consent_id="c-1", need_id="need-1", terms=TERMS)


def test_consents_add_up_in_one_order() -> None:
    """Two consents for the same recipient show both scopes."""
    more = replace(CONSENT, consent_id="c-2", terms=replace(TERMS, scope=(Group.RISK,)))
    found = readable([more, CONSENT], CLAIM, "service", NOW)
    assert found == (Group.IDENTITY, Group.STORY, Group.RISK)


@pytest.mark.parametrize(
    "consent",
    [
        replace(CONSENT, need_id="need-2"),
        replace(CONSENT, withdrawn_at=NOW),
        replace(CONSENT, terms=replace(TERMS, until=NOW)),
        replace(CONSENT, terms=replace(TERMS, recipient_kind="police")),
        replace(CONSENT, terms=replace(TERMS, organisation="ak-jurok-osh")),
        replace(CONSENT, terms=replace(TERMS, purpose="statistics")),
    ],
)
def test_what_is_not_meant_permits_nothing(consent: Consent) -> None:
    """Another need, withdrawn, ended, another kind, another organisation, another purpose."""
    assert readable([CONSENT], CLAIM, "service", NOW)
    with pytest.raises(Forbidden):
        readable([consent], CLAIM, "service", NOW)


def test_it_is_read_until_the_first_group_ends() -> None:
    """Each group for as long as its last consent; what rests on a ground has no end."""
    later = replace(TERMS, scope=(Group.STORY,), until=NOW + timedelta(days=60))
    longer = replace(CONSENT, consent_id="c-2", terms=later)
    assert ends([CONSENT, longer], CLAIM, "service", NOW) == TERMS.until
    assert ends([longer], CLAIM, "service", NOW) == later.until
    ground = replace(TERMS, until=None, ground="vital-interest", named_person="st-2")
    both = [CONSENT, replace(CONSENT, consent_id="c-3", terms=ground)]
    assert ends(both, CLAIM, "service", NOW) is None


def test_a_ground_has_no_end_of_its_own() -> None:
    """It holds until it is withdrawn."""
    grounds = replace(TERMS, until=None, ground="vital-interest", named_person="st-2")
    consent = replace(CONSENT, terms=grounds)
    assert readable([consent], CLAIM, "service", NOW + timedelta(days=10_000))


@given(
    scopes=st.lists(st.lists(st.sampled_from(Group), min_size=1), min_size=1),
    withdrawn=st.sets(st.integers(0, 10)),
)
def test_nothing_is_read_that_no_consent_in_force_names(
    scopes: list[list[Group]], withdrawn: set[int]
) -> None:
    """Exactly the union of what stands."""
    consents = [
        Consent(
            consent_id=str(number),
            need_id="need-1",
            terms=replace(TERMS, scope=tuple(scope)),
            withdrawn_at=NOW if number in withdrawn else None,
        )
        for number, scope in enumerate(scopes)
    ]
    standing = [each for number, each in enumerate(scopes) if number not in withdrawn]
    if not standing:
        with pytest.raises(Forbidden):
            readable(consents, CLAIM, "service", NOW)
        return
    assert set(readable(consents, CLAIM, "service", NOW)) == {g for s in standing for g in s}


@pytest.mark.parametrize("status", OfferStatus)
def test_an_event_takes_away_what_a_ticket_gave_before_it(status: OfferStatus) -> None:
    """Only states that end an acceptance, and only if the ticket is not newer."""
    ends = status in {
        OfferStatus.CANCELLED,
        OfferStatus.FAILED,
        OfferStatus.ENTERED_IN_ERROR,
    }
    same_second = Offer(offer_id="offer-1", status=status, person=None, changed_at=NOW)
    before = replace(same_second, changed_at=NOW - timedelta(microseconds=1))
    if ends:
        with pytest.raises(Forbidden):
            check_standing(CLAIM, same_second)
    else:
        check_standing(CLAIM, same_second)
    check_standing(CLAIM, before)
    check_standing(CLAIM, None)


def test_only_the_holder_reads() -> None:
    """After a hand-over the ticket of who held it before is void."""
    offer = Offer(offer_id="offer-1", status=OfferStatus.ACCEPTED, person="st-2", changed_at=NOW)
    with pytest.raises(Forbidden):
        check_standing(CLAIM, offer)
    check_standing(CLAIM, replace(offer, person="st-1"))


def test_own_entries_are_shown_for_a_day() -> None:
    """To the last instant of it."""
    assert own_entry(NOW, NOW + timedelta(hours=24)) == ENTERED
    with pytest.raises(Forbidden):
        own_entry(NOW, NOW + timedelta(hours=24, microseconds=1))


def test_a_withdrawal_is_one() -> None:
    """The first one stands, and what rests on the law is not withdrawn at all."""
    ended = withdraw(CONSENT, NOW)
    assert ended == replace(CONSENT, withdrawn_at=NOW)
    assert withdraw(ended, NOW + timedelta(hours=1)) == ended
    by_law = replace(CONSENT, terms=replace(TERMS, given_by="law"))
    with pytest.raises(Conflict):
        withdraw(by_law, NOW)
