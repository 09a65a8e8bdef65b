"""What a round counts of its own fault: who died, who would not stop, what was sent meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.campaign.faults import rules
from tests.campaign.faults.crashes import killed
from tests.campaign.faults.gateway import odd
from tests.campaign.ledger import Receipt
from tests.campaign.people import Try
from tests.campaign.round import stubborn
from tests.campaign.scene import Window
from tests.simulation.mutants import MUTANTS
from tests.simulation.run import Tally
from tests.simulation.seed import Finding
from tests.simulation.trial import Tried

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_report_that_waits_till_the_outage_is_over_was_sent_in_it() -> None:
    """It counts, and so does how long it took; one that was sent later does not."""
    before, quick, slow, after = (
        Try(9.9, 0.2, "201"),
        Try(10.0, 0.2, "201"),
        Try(17.9, 5.0, "201"),
        Try(18.0, 0.2, "201"),
    )
    assert Window(10.0, 18.0).sent([before, quick, slow, after]) == [quick, slow]


def test_receipts_that_came_twice_or_late_are_odd() -> None:
    """One that comes once, and soon, is none."""

    def said(text: str, after: float, *, taken: bool) -> Receipt:
        return Receipt(text, "DELIVRD", NOON + timedelta(seconds=after), taken)

    usual = [said("1", 0, taken=False), said("1", 0.1, taken=True)]
    twice = [said("2", 0, taken=False), said("2", 0, taken=False)]
    late = [said("3", 0, taken=False), said("3", 5, taken=True)]
    assert odd(usual) == 0
    assert odd([*usual, *twice, *late]) == 2


def test_who_has_to_be_killed_has_ignored_what_it_was_told() -> None:
    """A service that does not end by SIGTERM, also a second one of its kind; a broker may."""
    notes = [
        "referral.work-2 did not stop in 12 s: killed",
        "notify.work did not stop in 12 s: killed",
    ]
    others = [
        "kafka did not stop in 12 s: killed",
        "notify.work was killed by SIGKILL: starting it",
    ]
    assert stubborn([*notes, *others]) == notes


def test_a_death_at_a_crash_point_is_one_by_sigkill() -> None:
    """An end of another kind is none, nor is the death of a namesake."""
    notes = (
        "notify.work was killed by SIGKILL: starting it again in 0.2 s (log notify.work.log)",
        "notify.work ended with code 1: starting it again in 0.4 s (log notify.work.log)",
        "notify.work-2 was killed by SIGKILL: starting it again in 0.2 s (log notify.work-2.log)",
    )
    assert killed(notes, "notify.work") == 1


@pytest.mark.parametrize(
    ("seconds", "at_once", "holds"), [(119, 1, True), (200, 1, False), (200, 2, True)]
)
def test_the_simulation_must_be_quick_where_it_is_alone(
    monkeypatch: pytest.MonkeyPatch, seconds: float, at_once: int, holds: bool
) -> None:
    """Slow is broken; beside another round it is remarked upon."""
    tried = [Tried(MUTANTS[0], Finding(1, 1, "law", "sentence"))]
    monkeypatch.setattr(rules, "many", lambda *_: iter([Tally(seconds=seconds)]))
    monkeypatch.setattr(rules, "trials", lambda *_: iter(tried))
    figures = rules.simulated(1, at_once)
    assert (not figures["broken"]) == holds
    said = "\n".join([*figures["broken"], *figures["remarks"]])
    assert ("allowed 120 s" in said) == (seconds > 120)
