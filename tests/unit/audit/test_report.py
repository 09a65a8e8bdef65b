"""A report leaves nobody out, counts a wait in its own period, and tells no stranger too much."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.figures.clocks import Clock, Response
from services.audit.figures.definitions import CLOCKS, RESPONSES
from services.audit.figures.facts import OfferFact, RequestFact
from services.audit.figures.lines import Line
from services.audit.figures.lists import late, unmet
from services.audit.figures.period import Period
from services.audit.figures.report import Asked, Axis, Report, report
from services.audit.figures.worked import Meter
from shared.errors import Invalid
from shared.events.words import CloseReason
from shared.jurisdiction import load_jurisdiction
from shared.suppression import small

ROOT = Path(__file__).parents[3]
BISHKEK, NEW_YORK = ZoneInfo("Asia/Bishkek"), ZoneInfo("America/New_York")
BEGIN, CUT = datetime(2026, 6, 1, 6, tzinfo=UTC), datetime(2027, 1, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DEPTHS = (3, 5, 8)


def asked(**named: Any) -> Asked:
    """Of a country of two oblasts and their raions, for a year, by decision."""
    given: dict[str, Any] = {
        "clock": Clock.DECISION,
        "period": Period.year(2026),
        "cut": CUT,
        "zone": BISHKEK,
        "depths": DEPTHS,
        "area": "417",
    }
    return Asked(**(given | named))


def offer(took: int | None, start: datetime = BEGIN, **named: Any) -> OfferFact:
    """Told at once, five minutes to answer, and answered after ``took``."""
    return OfferFact(
        offer_id="o",
        service_request_id="s",
        service_type="police-protection",
        organisation="p",
        requested_at=start,
        answer_by=start + 5 * MINUTE,
        decide_by=start + 15 * MINUTE,
        told_at=start,
        decided_at=None if took is None else start + took * MINUTE,
    )._replace(**named)


def need(took: int | None, raion: str = "41701101", **named: Any) -> RequestFact:
    """Five minutes for a yes, and accepted after ``took``."""
    accepted = None if took is None else BEGIN + took * MINUTE
    return RequestFact(
        service_request_id="s",
        service_type="shelter",
        opened_at=BEGIN,
        territory=raion,
        permitted_at=BEGIN,
        accept_by=BEGIN + 5 * MINUTE,
        accepted_at=accepted,
        accepted_now=accepted,
    )._replace(**named)


def police() -> list[OfferFact]:
    """Ten offers of one limit: six answered, two expired, two open at `POLICE_CUT`."""
    open_since = (POLICE_CUT - 2 * MINUTE, POLICE_CUT - 3 * MINUTE)
    answered = [offer(took) for took in (1, 1, 2, 3, 4, 9, None, None)]
    return answered + [offer(None, start) for start in open_since]


POLICE_CUT = BEGIN + timedelta(hours=1)


def test_nobody_boasts_with_the_answered_only() -> None:
    """Five of eight that were due, and not five of six; a median of 4, and not 2.5."""
    made = report(police(), asked(cut=POLICE_CUT))
    share, wall = made.whole.in_time, made.whole.wall
    assert share is not None
    assert wall is not None
    assert (share.part, share.whole) == (5, 8)
    assert (wall.median, wall.p90) == (4 * 60, None)
    assert (made.whole.n, made.whole.still_open) == (10, 2)
    assert [(step.at // 60, step.share) for step in made.steps][:3] == [(0, 0), (1, 0.2), (2, 0.3)]


def test_what_is_left_out_stands_on_the_line() -> None:
    """With its reason, and in no share: what nobody was told of, and a need without consent."""
    untold = report([*police(), offer(None, told_at=None)], asked(cut=POLICE_CUT)).whole
    assert (untold.n, untold.excluded) == (10, {Response.NOT_TOLD: 1})
    draft = report([need(None, permitted_at=None)], asked(clock=Clock.HER_ACCEPTANCE)).whole
    assert (draft.n, draft.excluded) == (0, {Response.NO_CONSENT: 1})


def test_the_same_cut_has_the_same_figures_whatever_came_since() -> None:
    """An answer, a pause, a further tier and a correction after it change nothing."""
    cut = BEGIN + 20 * MINUTE
    plain = offer(None, ended_at=None)
    since = plain._replace(
        decided_at=CUT, escalated_at=CUT, on_hold_at=CUT, voided_at=CUT, ended_at=CUT
    )
    made = report([since], asked(cut=cut)).whole
    assert made == report([plain], asked(cut=cut)).whole
    later = report([since], asked()).whole
    assert (later.escalated, later.paused, later.voided) == (1, 1, 1)


@pytest.mark.parametrize(
    ("start", "zone", "month"),
    [
        (datetime(2026, 10, 31, 23, 30, tzinfo=BISHKEK), BISHKEK, "2026-10"),
        (datetime(2026, 11, 1, 0, 0, tzinfo=BISHKEK), BISHKEK, "2026-11"),
        (datetime(2026, 10, 31, 23, 30, tzinfo=NEW_YORK), NEW_YORK, "2026-10"),
        # the hour that comes twice on 1 November, both times; and midnight before it
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), NEW_YORK, "2026-11"),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), NEW_YORK, "2026-11"),
        (datetime(2026, 11, 1, 3, 59, 59, tzinfo=UTC), NEW_YORK, "2026-10"),
        (datetime(2026, 12, 1, 4, 59, 59, tzinfo=UTC), NEW_YORK, "2026-11"),
    ],
)
def test_a_wait_belongs_to_the_local_month_in_which_it_began(
    start: datetime, zone: ZoneInfo, month: str
) -> None:
    """To that one alone, however late it is answered, and whatever the clocks do."""
    facts = [offer(60 * 24 * 9, start.astimezone(UTC))]
    year = report(facts, asked(zone=zone, axis=Axis.MONTH))
    assert [part.key for part in year.parts] == [month]
    for number in (10, 11, 12):
        one = report(facts, asked(zone=zone, period=Period.month(2026, number)))
        assert one.whole.n == (month == f"2026-{number}")


def test_months_are_all_of_a_year_and_a_period_has_a_day() -> None:
    """No instant between two of them; and one that ends before it begins is refused."""
    months = [Period.month(2026, number).instants(NEW_YORK) for number in range(1, 13)]
    assert all(one[1] == after[0] for one, after in pairwise(months))
    assert (months[0][0], months[-1][1]) == Period.year(2026).instants(NEW_YORK)
    with pytest.raises(Invalid):
        Period(date(2026, 11, 2), date(2026, 11, 2))


def test_a_night_is_no_excuse_for_an_emergency() -> None:
    """Friday 14:00 to Monday 11:00 is 69 hours; by working hours, beside it, it is fewer."""
    kg = load_jurisdiction(ROOT / "deploy" / "jurisdictions" / "kg")
    friday = datetime(2026, 6, 5, 14, tzinfo=kg.zone)
    meter = Meter(takewhile(lambda span: span[0] < CUT, kg.calendar.spans_from(friday)))
    line = report([offer(69 * 60, friday)], asked(zone=kg.zone, meter=meter)).whole
    assert line.wall is not None
    assert line.worked is not None
    hours = kg.calendar.between(friday, friday + timedelta(hours=69))
    assert (line.wall.median, line.worked.median) == (69 * 3600, hours.total_seconds())
    assert line.in_time is not None
    assert line.in_time.part == 0


OFFERS = st.lists(
    st.builds(
        offer,
        st.none() | st.integers(0, 30),
        st.integers(0, 300).map(lambda days: BEGIN + timedelta(days=days)),
        organisation=st.sampled_from("pq"),
        territory=st.sampled_from(["41701101", "41701102", "41702201"]),
        channel=st.sampled_from(["sms", "email", None]),
        told_at=st.none() | st.just(BEGIN),
    ),
    max_size=12,
)


@given(OFFERS, st.sampled_from(Axis), st.randoms())
def test_parts_are_all_of_the_whole_in_any_order(
    facts: list[OfferFact], axis: Axis, chance: Any
) -> None:
    """Each wait is in one part; and the figures are the same however the rows come."""
    shuffled = list(facts)
    chance.shuffle(shuffled)
    one, other = report(facts, asked(axis=axis)), report(shuffled, asked(axis=axis))
    assert (one.whole, one.parts, one.steps) == (other.whole, other.parts, other.steps)
    for response in Response:
        assert sum(counted(part, response) for part in one.parts) == counted(one.whole, response)


def counted(line: Line, response: Response) -> int:
    """How many of a line there are."""
    return {**(line.responses or {}), **(line.excluded or {})}.get(response, 0)


def test_the_country_has_those_whose_place_is_not_known() -> None:
    """They are of no oblast, and of a part of their own."""
    facts = [offer(1), offer(1, territory="41701101")]
    made = report(facts, asked(axis=Axis.PLACE))
    assert [(part.key, part.n) for part in made.parts] == [("", 1), ("41701", 1)]
    assert report(facts, asked(area="41701")).whole.n == 1


def test_brief_waits_are_drawn_by_the_second_inside() -> None:
    """The curve agrees with the median beside it; whoever is outside has it by the minute."""
    took = (2, 4, 70) * 8
    facts = [offer(None, decided_at=BEGIN + timedelta(seconds=each)) for each in took]
    assert [each.at for each in report(facts, asked()).steps] == [0, 2, 4, 70]
    assert [each.at for each in report(facts, asked(outside=True)).steps] == [0, 60, 120]
    long = [*facts, offer(11)]
    assert report(long, asked()).unit == 60


def test_her_clock_is_of_no_organisation() -> None:
    """A need belongs to nobody until it is accepted: to ask by organisation leaves out the rest."""
    with pytest.raises(Invalid):
        asked(clock=Clock.HER_ACCEPTANCE, axis=Axis.ORGANISATION)


def test_late_ones_are_listed_the_longest_first() -> None:
    """Answered or not; and none of them for a stranger."""
    found = late(police(), asked(cut=POLICE_CUT))
    assert [each.over // 60 for each in found] == [55, 55, 4]
    assert not late(police(), asked(cut=POLICE_CUT, outside=True))


def test_what_nobody_had_is_told_by_kind_and_place() -> None:
    """Where there was nobody to ask, and where all who were asked did not take it."""
    gone: dict[str, Any] = {"exhausted_at": BEGIN, "exhausted_now": BEGIN}
    closed: dict[str, Any] = {"ended_at": BEGIN + MINUTE, "asked": 1}
    facts = [
        need(None, **gone),
        need(None, asked=3, **gone),
        need(9, **gone),
        need(None, closed=CloseReason.NOBODY_CAN_HELP, **closed),
        need(None, closed=CloseReason.HELPED_OTHERWISE, **closed, **gone),
        need(None),
    ]
    hers = asked(clock=Clock.HER_ACCEPTANCE)
    assert unmet(facts, hers) == [("shelter", "41701101", 1, 2)]
    assert unmet(facts, asked(clock=Clock.HER_ACCEPTANCE, outside=True)) == [
        ("shelter", "41701", 1, 2)
    ]
    assert not unmet(facts, asked(clock=Clock.HER_ACCEPTANCE, outside=True, area="41701101"))


def oblast(*raions: Iterable[int | None]) -> list[RequestFact]:
    """Needs by raion: after how many minutes each was accepted."""
    return [
        need(took, f"41701{number:03}") for number, each in enumerate(raions, 1) for took in each
    ]


def shown(made: Report) -> dict[str, tuple[int | None, bool]]:
    """Of each part, its count, and whether more is told."""
    return {part.key[5:]: (part.n, part.in_time is not None) for part in made.parts}


def test_small_counts_do_not_leave_below_the_oblast() -> None:
    """With the least neighbour, so that no difference tells; where only some parts are small, the
    count alone is told; the oblast, and the country, are printed."""
    some_late = ([1] * 20 + [9] * 3, [1] * 24 + [9] * 5, [1] * 30 + [9] * 30)
    facts = oblast([1] * 3, [1] * 9, *some_late, [1] * 90)
    hers = {"clock": Clock.HER_ACCEPTANCE, "axis": Axis.PLACE, "area": "41701"}
    assert shown(report(facts, asked(**hers, outside=True))) == {
        "001": (None, False),
        "002": (None, False),
        "003": (23, False),
        "004": (29, False),
        "005": (60, True),
        "006": (90, True),
    }
    assert all(told for _, told in shown(report(facts, asked(**hers))).values())
    above = report(facts, asked(**(hers | {"area": "417"}), outside=True))
    assert [part.n for part in above.parts] == [214]


def test_no_other_cut_tells_what_one_holds_back() -> None:
    """A raion by itself says what its oblast's table says; by month, or by one kind, nothing."""
    facts = oblast([1] * 3, [1] * 9, [1] * 40)
    hers = {"clock": Clock.HER_ACCEPTANCE, "outside": True}
    for raion, n in (("41701001", None), ("41701002", None), ("41701003", 40)):
        assert report(facts, asked(**hers, area=raion)).whole.n == n
    months = {"period": Period.month(2026, 6)}
    for narrower in (months, {"only": ((Axis.SERVICE, "shelter"),)}, {"now": True}):
        one = report(facts, asked(**hers, area="41701003", **narrower))
        assert (one.whole.n, one.steps) == (None, ())
    split = report(facts, asked(**hers, area="41701003", axis=Axis.SERVICE))
    assert (split.withheld, split.parts) == (True, [])
    orgs = report([offer(1)] * 9, asked(axis=Axis.ORGANISATION, outside=True))
    assert (orgs.withheld, orgs.parts, orgs.silence) == (True, [], ())
    org = report([offer(1)] * 9, asked(only=((Axis.ORGANISATION, "p"),), outside=True))
    assert org.whole.n is None


def test_a_median_of_few_is_of_one_woman() -> None:
    """Answered at 7: her own people see it, and nobody else; that of more is rounded up."""
    facts = [offer(7)]
    inside, outside = (report(facts, asked(outside=outside)) for outside in (False, True))
    assert inside.whole.wall is not None
    assert inside.whole.wall.median == 7 * 60
    assert (outside.whole.n, outside.whole.wall, outside.steps) == (1, None, ())
    more = [offer(7, decided_at=BEGIN + timedelta(seconds=401)) for _ in range(8)]
    rounded = report(more, asked(outside=True)).whole.wall
    assert rounded is not None
    assert rounded.median == 7 * 60


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=6))
def test_nothing_small_is_ever_told_of_a_raion(counts: list[tuple[int, int]]) -> None:
    """Neither a count nor what it is made of; nor over all those of which it is not told."""
    facts = oblast(*([1] * fast + [9] * slow for fast, slow in counts))
    hers = {"clock": Clock.HER_ACCEPTANCE, "axis": Axis.PLACE, "area": "41701"}
    made = report(facts, asked(**hers, outside=True))
    told = [part for part in made.parts if part.in_time is not None]
    hidden = [part.key for part in made.parts if part.in_time is None]
    assert not any(small(part.n or 0) for part in made.parts)
    for part in told:
        assert part.in_time is not None
        assert not small(part.in_time.part)
        assert not small(part.in_time.whole - part.in_time.part)
    if told and hidden:
        of = [counts[int(key[5:]) - 1] for key in hidden]
        assert len(hidden) > 1
        assert not any(small(sum(column)) for column in zip(*of, strict=True))


def test_every_word_has_its_definition() -> None:
    """Beside each number stands what it means."""
    assert set(CLOCKS) == set(Clock)
    assert set(RESPONSES) == set(Response)
