"""The report's figures: periods, parts that add up, and what whoever is outside is shown."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.committee.report.model.figures import (
    BY_CODE,
    FIGURES,
    FOLLOWED,
    Cover,
    Line,
    Missing,
    Row,
    lines,
)
from services.committee.report.model.period import Period, change

Held = tuple[dict[str, frozenset[tuple[str, ...]]], dict[str, frozenset[tuple[str, ...]]]]
PLACE = ("41704", "41704245")
ROWS = st.lists(
    st.sampled_from([each for each in FIGURES if each.kept]).flatmap(
        lambda figure: st.builds(
            Row,
            key=st.just(""),
            figure=st.just(figure.code),
            parts=st.tuples(*(st.sampled_from("abc") for _ in figure.axes)),
            now=st.integers(0, 50),
            before=st.integers(0, 50),
        )
    ),
    max_size=20,
)
HELD: Held = ({}, dict.fromkeys(FOLLOWED, frozenset({PLACE})))


def figure(told: list[Line], code: str, axis: str = "") -> list[Line]:
    """The lines of a figure: whole, or its parts by an axis."""
    return [each for each in told if (each.figure.code, each.axis) == (code, axis)]


@given(st.integers(2001, 2199))
def test_quarters_are_the_whole_of_their_year(year: int) -> None:
    """Each day is of one, and the year before has the same."""
    quarters = [Period(year, each) for each in (1, 2, 3, 4)]
    assert quarters[0].first == Period(year).first == date(year, 1, 1)
    assert quarters[3].after == Period(year).after == Period(year + 1).first
    for one, following in pairwise(quarters):
        assert one.after == following.first
        assert one.before == Period(year - 1, one.quarter)


def test_what_stands_is_counted_today_while_a_period_runs() -> None:
    """And on its last day when it is over."""
    period = Period(2026, 4)
    assert period.standing(date(2026, 11, 30)) == date(2026, 11, 30)
    assert period.standing(date(2027, 3, 1)) == date(2026, 12, 31)
    assert period.before.standing(date(2026, 11, 30)) == date(2025, 12, 31)
    assert Period(2026, 1).after - Period(2026, 1).first == timedelta(days=90)


@pytest.mark.parametrize(
    ("now", "before", "percent"),
    [(3, 2, "50.0"), (2156, 2503, "-13.9"), (2, 2, "0.0"), (2003, 2000, "0.2"), (5, 0, None)],
)
def test_a_change_is_rounded_half_up_to_a_tenth(now: int, before: int, percent: str | None) -> None:
    """And is of nothing, not of a nought."""
    assert change(now, before) == (percent and Decimal(percent))


@given(ROWS)
def test_parts_add_up_to_their_whole(rows: list[Row]) -> None:
    """By every axis, in both periods; every figure has its line, whether or not there is any."""
    told = lines(PLACE, rows, Cover())
    assert [each.figure for each in told if not each.axis] == list(FIGURES)
    for code, one in BY_CODE.items():
        whole = figure(told, code)[0]
        if not one.kept:
            assert whole.now.missing is whole.before.missing is Missing.NOT_KEPT
            continue
        for axis in one.axes:
            parts = figure(told, code, axis)
            assert sum(each.now.value or 0 for each in parts) == whole.now.value
            assert sum(each.before.value or 0 for each in parts) == whole.before.value


@given(ROWS)
def test_outside_no_part_of_a_figure_about_survivors_is_shown_below_the_oblast(
    rows: list[Row],
) -> None:
    """Nor one that is held back, nor the change from which it could be taken, nor of what kinds
    sittings were; all others are."""
    cover = Cover(outside=True, held=HELD)
    told = lines(PLACE, rows, cover)
    inside = {
        (each.figure.code, each.axis, each.part): each for each in lines(PLACE, rows, Cover())
    }
    assert not figure(told, "sittings", "kind")
    for each in told:
        if each.figure.follows is None or not each.figure.kept:
            assert each == inside[each.figure.code, each.axis, each.part]
            continue
        assert not each.axis
        assert each.before.missing is Missing.SUPPRESSED
        assert each.change is None
        assert each.now.value is not None
    assert lines(PLACE[:1], rows, cover) == lines(PLACE[:1], rows, Cover())


@given(ROWS)
def test_outside_only_whole_years_by_the_day_it_happened_are_shown(rows: list[Row]) -> None:
    """A quarter could be taken from its year, and one clock from the other."""
    for each in lines(PLACE, rows, Cover(outside=True, whole=False)):
        if each.figure.follows is not None and each.figure.kept:
            assert each.now.missing is each.before.missing is Missing.SUPPRESSED
