"""Who sees how much, who is excluded, and how far a need has come."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.model.exclusions import Exclusions, with_accused
from services.intake.model.incidents import Incident, View, is_lay, view_of
from services.intake.model.progress import Progress, progress_of, shown
from services.intake.model.report import Accused, Reporter
from shared.events.words import Fulfilment, ServiceRequestStatus, Urgency
from tests.support.reports import NOW, reported

INCIDENT = Incident(
    incident_id="i-1",
    version=1,
    received_at=NOW,
    entered_by="st-1",
    lay=False,
    received_by_channel="phone",
    reporter_kind="staff",
    territory="41704245845020",
    territory_verified=False,
    language="ky",
    urgency=Urgency.STANDARD,
    checklist="kg-1",
)


@pytest.mark.parametrize(
    ("staff_id", "roles", "covers", "view"),
    [
        ("st-1", {"worker"}, False, View.REPORTER),
        ("st-1", {"reporter"}, False, View.REPORTER),
        ("st-1", {"coordinator"}, False, View.REPORTER),
        ("st-1", {"coordinator"}, True, View.COORDINATOR),
        ("st-2", {"coordinator"}, True, View.COORDINATOR),
        ("st-2", {"coordinator"}, False, None),
        ("st-2", {"worker", "reporter"}, True, None),
        ("st-1", {"administrator"}, True, None),
        ("st-2", {"auditor"}, True, None),
    ],
)
def test_the_role_table(staff_id: str, roles: set[str], covers: bool, view: View | None) -> None:
    """Own reports, one's own territory, and nothing else."""
    assert view_of(INCIDENT, staff_id, frozenset(roles), covers=covers) is view


def test_a_neighbour_is_lay_and_staff_who_took_it_down_are_not() -> None:
    """What counts is who brought it, not whose words they are."""
    neighbour = reported(reporter=Reporter(kind="neighbour"))
    assert is_lay(neighbour, frozenset({"reporter"}))
    assert is_lay(neighbour, frozenset({"system"}))
    assert not is_lay(neighbour, frozenset({"worker", "reporter"}))
    assert not is_lay(reported(), frozenset({"reporter"}))


@pytest.mark.parametrize("view", View)
def test_every_state_of_a_service_request_has_a_word(view: View) -> None:
    """And each view shows no more than its table allows."""
    allowed = {
        View.LAY: {Progress.RECEIVED},
        View.REPORTER: set(Progress)
        - {Progress.MATCHING, Progress.OFFERED, Progress.IN_SERVICE, Progress.ON_HOLD},
        View.COORDINATOR: set(Progress),
    }[view]
    for status, fulfilment in product(ServiceRequestStatus, Fulfilment):
        found = progress_of(status, fulfilment, permitted=True)
        assert shown(found, view) in allowed


def test_before_referral_has_spoken_a_need_is_received_or_waits_for_consent() -> None:
    """What permits it is known here first."""
    assert progress_of(None, None, permitted=True) is Progress.RECEIVED
    assert progress_of(None, None, permitted=False) is Progress.AWAITING_CONSENT


NAMES = st.sampled_from(["a", "b", "c"])


@given(
    named=st.builds(Exclusions, staff=st.lists(NAMES).map(tuple), places=st.just(("41704",))),
    people=st.lists(st.builds(Accused, staff_id=NAMES | st.none(), organisation=NAMES | st.none())),
)
def test_whoever_is_accused_is_excluded_with_where_they_serve(
    named: Exclusions, people: list[Accused]
) -> None:
    """On top of who was named, each once."""
    found = with_accused(named, people)
    assert set(found.staff) == {*named.staff, *(p.staff_id for p in people if p.staff_id)}
    assert set(found.organisations) == {p.organisation for p in people if p.organisation}
    assert found.places == ("41704",)
    assert len(set(found.staff)) == len(found.staff)
