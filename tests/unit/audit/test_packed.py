"""What has settled is the same at any later cut: it may be kept packed, and its facts need not."""

from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.figures.clocks import Clock
from services.audit.figures.packed import Names, extent, pack
from services.audit.figures.period import Period
from services.audit.figures.report import Asked, Axis, of_packed, packing, report
from services.audit.figures.worked import Meter
from shared.jurisdiction import load_jurisdiction
from tests.support.lives import at
from tests.unit.audit.test_columns import MINUTES, fact

KG = load_jurisdiction(Path(__file__).parents[3] / "deploy" / "jurisdictions" / "kg")


def asked(clock: Clock, cut: int, **named: Any) -> Asked:
    """Of the year in which it all is, with working hours."""
    zone = ZoneInfo("Asia/Bishkek")
    period = Period.year(at(0).astimezone(zone).year)
    begin, _ = period.instants(zone)
    spans = takewhile(lambda span: span[0] < at(cut), KG.calendar.spans_from(begin))
    return Asked(
        clock=clock,
        period=period,
        cut=at(cut),
        zone=zone,
        depths=(3, 5, 8),
        area="417",
        meter=Meter(spans),
        **named,
    )


@pytest.mark.parametrize("clock", Clock)
@settings(max_examples=30)
@given(
    st.lists(MINUTES, max_size=4),
    st.integers(0, 30),
    st.integers(0, 60),
    st.booleans(),
    st.booleans(),
)
def test_what_was_packed_once_says_the_same_at_a_later_cut(
    clock: Clock, lives: list[list[int]], first: int, more: int, now: bool, outside: bool
) -> None:
    """By each clock, in parts and working hours, and for whoever is outside."""
    facts = [fact(clock, minutes) for minutes in lives]
    later = asked(clock, first + more, now=now, axis=Axis.HOUR, outside=outside)
    names = Names()
    settled = [each for each in facts if extent(each)[1] < at(first)]
    left = [each for each in facts if extent(each)[1] >= at(first)]
    packs = [
        pack(settled, names, replace(packing(later), cut=at(first))),
        pack(left, names, packing(later)),
    ]
    assert of_packed(packs, names, later) == report(facts, later)
