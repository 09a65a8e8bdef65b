"""A monthly report is the same whoever asks, and whenever: by a cut that is fixed by rule."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.audit.facts.model.as_of import as_of
from services.audit.facts.model.fold import fold
from services.audit.figures.clocks import Clock
from services.audit.figures.fingerprint import fingerprint
from services.audit.figures.lists import is_unmet
from services.audit.figures.monthly import (
    Before,
    Monthly,
    Standing,
    compared,
    cut_of,
    fixed_cut,
    lines,
    monthly,
    months,
    standing,
)
from services.audit.figures.period import Period
from services.audit.figures.report import Asked, Axis
from shared.errors import Invalid
from shared.events.words import Answer, Fulfilment, Judgement
from shared.events.words import OfferStatus as S
from tests.support.lives import asked, at
from tests.support.response_facts import OBLAST, POLICE, lives
from tests.unit.audit.test_report import BISHKEK, NEW_YORK

MAY = Period.month(2025, 5)
CUT = fixed_cut(MAY, BISHKEK)
VERSION = "5e8dc0cf868c"


def of_may(*, outside: bool = False) -> Monthly:
    """The report of the lives that others look at, too."""
    facts = [each.request for each in lives()], [o for each in lives() for o in each.offers]
    what = Asked(
        clock=Clock.HER_ACCEPTANCE,
        period=MAY,
        cut=CUT,
        zone=BISHKEK,
        depths=(3, 5, 8),
        area=OBLAST,
        outside=outside,
    )
    before = compared(MAY)
    empty = [Before(month=each, cut=fixed_cut(each, BISHKEK), lines=None) for each in before]
    return monthly(facts, what, empty)


def test_the_cut_is_the_tenth_of_the_month_after() -> None:
    """By the country's clock, summer time or not; now until then."""
    assert fixed_cut(Period.month(2026, 12), BISHKEK).isoformat() == "2027-01-09T18:00:00+00:00"
    assert fixed_cut(Period.month(2026, 2), NEW_YORK).isoformat() == "2026-03-10T04:00:00+00:00"
    before, after = CUT - timedelta(seconds=1), CUT + timedelta(days=1)
    assert cut_of(MAY, BISHKEK, before) == before
    assert cut_of(MAY, BISHKEK, after) == CUT
    found = [standing(MAY, BISHKEK, each) for each in (before, CUT, after)]
    assert found == [Standing.PRELIMINARY, Standing.FINAL, Standing.LATER]


def test_which_months_stand_beside_it() -> None:
    """The one before and the same of last year, over a new year too; a list ends at the first."""
    assert compared(Period.month(2026, 1)) == (Period.month(2025, 12), Period.month(2025, 1))
    names = [each.name for each in months(date(2025, 11, 30), date(2026, 1, 1), 12)]
    assert names == ["2026-01", "2025-12", "2025-11"]
    assert len(months(date(1999, 1, 1), date(2026, 1, 1), 12)) == 12


def test_all_clocks_stand_side_by_side_and_no_number_escapes_the_version() -> None:
    """Each part with its own count; the version is known, and must be in every later release."""
    made = of_may()
    assert list(made.lines) == list(Clock)
    assert [line.n for line in made.lines.values()] == [9, 8, 8, 8, 0]
    for axis, by_clock in made.parts.items():
        for clock, parts in by_clock.items():
            assert sum(each.n or 0 for each in parts) == made.lines[clock].n, (axis, clock)
    assert [(each.key, each.due, each.silent) for each in made.silence][-1] == (POLICE, 4, 1)
    assert [each.service_type for each in made.unmet] == ["shelter"]
    assert [each.key for each in made.passed_on] == ["police-protection"]
    assert fingerprint(made) == VERSION
    line = replace(made.lines[Clock.DECISION], escalated=1)
    assert fingerprint(replace(made, lines={**made.lines, Clock.DECISION: line})) != VERSION


def test_what_leaves_names_nobody() -> None:
    """No organisation, and of a month no raion."""
    made = of_may(outside=True)
    assert not made.silence
    assert {each.n for each in made.parts[Axis.PLACE][Clock.DECISION]} == {None}
    assert made.lines[Clock.DECISION].n == 8


def test_facts_of_a_cut_are_folded_from_what_had_been_said_by_then() -> None:
    """Who was asked anew since had ended; whom nobody was left for had nobody, though met since."""
    story = asked()
    story.move(6, S.REQUESTED, S.CANCELLED, reason="superseded")
    story.need(7, fulfilment=Fulfilment.EXHAUSTED)
    story.move(60, S.CANCELLED, S.REQUESTED)
    story.move(61, S.REQUESTED, S.ACCEPTED, received=61)
    story.need(61, fulfilment=Fulfilment.PLACED)
    now, then = story.facts, fold(as_of(story.said, at(30)))
    assert then is not None
    assert (now.offers[0].ended_at, then.offers[0].ended_at) == (None, at(6))
    assert (is_unmet(now.request, at(30)), is_unmet(then.request, at(30))) == (False, True)
    assert fold(as_of(story.said, at(-1))) is None


@pytest.mark.parametrize("judgement", [Judgement.STOOD, Judgement.NOT_ALLOWED])
def test_an_answer_is_of_when_it_was_received_whenever_it_was_handled(judgement: Judgement) -> None:
    """Also what follows from it: at a cut between, it is told as it is told afterwards."""
    story = asked()
    yes = story.answer(3, Answer.ACCEPT)
    story.judge(9, yes, judgement)
    if judgement is Judgement.STOOD:
        story.move(9, S.REQUESTED, S.ACCEPTED, cause=yes.event_id, received=3)
    assert fold(as_of(story.said, at(5))) == story.facts


def test_no_month_is_refused() -> None:
    """A year is none."""
    assert not Period.read("2026").is_month
    with pytest.raises(Invalid):
        Period.read("2026-13")
    assert lines(([], []), of_may().asked)[Clock.DECISION].n == 0
