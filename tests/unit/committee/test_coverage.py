"""Coverage: units with a committee, lapsed and without; terms that follow each other."""

from dataclasses import replace
from datetime import date, timedelta
from operator import itemgetter

import pytest

from deploy.local.stack import ROOT
from services.committee.coverage.model import Line, coverage
from services.committee.registry.model import Committee, Order, Standing, Term, after, followed
from shared.errors import Invalid
from shared.jurisdiction import load_jurisdiction

A, L, E = Standing.ACTIVE, Standing.LAPSED, Standing.ENDED
NARYN, OSH = "41704", "41706"
FIRST = date(2024, 1, 12)
KNOWN = Committee(
    committee_id="c",
    organisation="committee-uchkun",
    territory="41704245845000",
    order=Order(number="14-б", day=FIRST),
    term_from=FIRST,
    term_to=date(2026, 1, 11),
    chair="st-one",
)
DAY = timedelta(days=1)


def test_a_unit_counts_once_and_those_without_one_are_what_is_left() -> None:
    """Also where a committee follows one that ended; where nobody said how many there are, nobody
    says how many are left."""
    committees = [
        ("41704245845000", A),
        ("41704245846000", L),
        ("41704245846000", E),
        ("41703211801000", E),
        ("41704245847000", E),
        ("41704245847000", A),
        ("41704245848000", None),
    ]
    found = coverage("417", [NARYN, OSH], committees, {"417": 452, NARYN: 2}, itemgetter(slice(11)))
    assert found.whole == Line(code="417", active=2, lapsed=1, expected=452)
    assert found.whole.without == 449
    assert [(each.code, each.without) for each in found.below] == [(NARYN, 0), (OSH, None)]


def test_a_committee_of_a_whole_raion_is_of_none_of_its_aimaks() -> None:
    """It is counted apart; a town is a unit wherever it stands in the classifier, a village is in
    one."""
    kg = load_jurisdiction(ROOT / "deploy/jurisdictions/kg")
    town, village = "41704410000000", "41704245845030"
    raions = ("41704245000000", A), ("41703211000000", L), ("41711201000000", A)
    units = (village, A), ("41704245845000", A), (town, A), ("41711000000000", A)
    found = coverage("417", [NARYN, OSH], [*raions, *units], {"417": 452}, kg.profile.unit_of)
    assert found.whole == Line(code="417", active=3, lapsed=0, expected=452)
    assert found.wider == Line(code="417", active=2, lapsed=1, expected=None)


def test_another_order_from_a_later_day_begins_another_term() -> None:
    """What was ends the day before at the latest; anything else corrects the term that is known."""
    new = replace(KNOWN, order=Order(number="3", day=date(2026, 2, 1)), term_from=date(2026, 2, 1))
    assert followed(KNOWN, new) == Term(
        order=KNOWN.order, first=FIRST, last=KNOWN.term_to, chair="st-one"
    )
    early = followed(KNOWN, replace(new, term_from=FIRST + 9 * DAY))
    assert early is not None
    assert early.last == FIRST + 8 * DAY
    ended = followed(replace(KNOWN, ended_on=FIRST + DAY), new)
    assert ended is not None
    assert ended.last == FIRST
    assert followed(replace(KNOWN, ended_on=FIRST), new) is None
    for corrected in (replace(new, term_from=FIRST), replace(new, order=KNOWN.order)):
        assert followed(KNOWN, corrected) is None


def test_no_term_begins_in_one_that_is_over() -> None:
    """So that on a day there is one, and reports count it once."""
    past = (Term(order=KNOWN.order, first=FIRST - 9 * DAY, last=FIRST - DAY),)
    assert after(past, KNOWN) is KNOWN
    with pytest.raises(Invalid, match="term_from"):
        after(past, replace(KNOWN, term_from=FIRST - DAY))
