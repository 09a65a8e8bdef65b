"""Each number of a line leads to as many rows as it says, and a period is what was typed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.audit.figures.behind import Number, behind, count, counts
from services.audit.figures.clocks import Clock, Response
from services.audit.figures.facts import OfferFact
from services.audit.figures.period import Period
from services.audit.figures.report import Asked, Axis, report
from shared.errors import Invalid

START, MINUTE = datetime(2026, 6, 1, 6, tzinfo=UTC), timedelta(minutes=1)
NUMBERED = {each.value for each in Response} | {
    "n",
    "due",
    "still-open",
    "excluded",
    "paused",
    "escalated",
    "voided",
}


def offers() -> list[OfferFact]:
    """One of each fate, and some that were paused, passed on or voided."""
    asked = OfferFact(
        "o", "s", "shelter", "one", START, START + 5 * MINUTE, START + 5 * MINUTE, told_at=START
    )
    fates = [
        asked._replace(decided_at=START + MINUTE, on_hold_at=START + 2 * MINUTE),
        asked._replace(decided_at=START + 9 * MINUTE, escalated_at=START + 6 * MINUTE),
        asked._replace(organisation="two", escalated_at=START + 6 * MINUTE),
        asked._replace(organisation="two", ended_at=START + MINUTE, voided_at=START + MINUTE),
        asked._replace(told_at=None),
        asked._replace(answer_by=START + 90 * MINUTE, decide_by=START + 90 * MINUTE),
    ]
    return [each._replace(offer_id=f"o{at}") for at, each in enumerate(fates)]


def asked(**named: object) -> Asked:
    """By organisation, an hour later."""
    given: dict[str, object] = {
        "clock": Clock.DECISION,
        "period": Period.month(2026, 6),
        "cut": START + 60 * MINUTE,
        "zone": ZoneInfo("Asia/Bishkek"),
        "depths": (3, 5, 8),
        "area": "417",
        "axis": Axis.ORGANISATION,
    }
    return Asked(**(given | named))  # type: ignore[arg-type]


def test_every_number_leads_to_as_many_rows() -> None:
    """Of all, and of each part."""
    assert set(Number) - {Number.UNMET} == NUMBERED
    made = report(offers(), asked())
    for part, line in [(None, made.whole), *((each.key, each) for each in made.parts)]:
        for number, of_line in counts(line).items():
            found = behind(offers(), asked(), number, part)
            assert len(found) == of_line == count(made, number, part), (part, number)
    assert count(made, Number.N, "nobody") == 0


def test_no_row_leaves() -> None:
    """It is of one case."""
    outside = asked(outside=True, axis=None)
    assert behind(offers(), outside, Number.N, None) == []
    assert count(report(offers(), outside), Number.N, None) == 0


def test_a_period_is_what_was_typed() -> None:
    """A year, a month, or days of which both are in it; nothing else."""
    assert Period.read("2026") == Period.year(2026)
    assert Period.read("2026-12") == Period.month(2026, 12)
    assert Period.read("2026-11-01..2026-11-01") == Period(date(2026, 11, 1), date(2026, 11, 2))
    assert Period.read(" 11.2026") == Period.month(2026, 11)
    for typed in ("01.11.2026..30.11.2026", "01.11.2026 – 30.11.2026", "01.11.2026 .. 2026-11-30"):
        assert Period.read(typed) == Period.month(2026, 11), typed
    for typed in ("2026-13", "2026-02-30..2026-03-01", "0000", "9999", "1.1.2026", "２０２６", ""):
        with pytest.raises(Invalid, match="time like 2026"):
            Period.read(typed)
    pieces = list(Period.month(2026, 2).split(10))
    assert [each.first.day for each in pieces] == [1, 11, 21]
    assert pieces[-1].after == date(2026, 3, 1)
    with pytest.raises(Invalid, match="end before"):
        Period.read("2026-11-02..2026-11-01")
