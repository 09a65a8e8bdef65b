"""Tables of the figures: the same lines and rows as on screen, for programs and spreadsheets.

Each line says of what it is told, up to when, and by which rule a quantile was taken.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from services.audit.figures.clocks import COUNTED, EXCLUDED, Response
from services.audit.views_figures import FiguresView, LineView, RowView, TimesView
from services.audit.words_figures import (
    AXES,
    CLOCKS,
    NOT_KNOWN,
    NOT_REACHED,
    RESPONSES,
    SUPPRESSED,
    Said,
)
from shared.csv_text import Cell

ABOUT = ("which wait", "from", "to", "as of", "version", "leaves of the ledger", "area", "copy")
LINE = (
    "told apart by",
    "part",
    "n",
    "due",
    "answered in time",
    "in time, % of due",
    "from, %",
    "to, %",
    "median, s: the smallest time within which half were answered, by the curve",
    "P90, s: the smallest time within which 90 % were answered, by the curve",
    "ever answered, %",
    "median in working hours, s",
    "P90 in working hours, s",
    "still open",
    *(RESPONSES[each] for each in (*COUNTED, *EXCLUDED) if each is not Response.IN_TIME),
    "on hold at some time",
    "a further tier was told",
    "entered in error",
)
ROW = (
    "offer",
    "need",
    "organisation",
    "service",
    "urgency",
    "place",
    "told over",
    "began",
    "limit",
    "over",
    "what became of it",
    "took, s",
    "late by, s",
)
COPIES = {True: "to hand on", False: "not to hand on"}


def lines(view: FiguresView, said: Said) -> Iterator[Sequence[Cell]]:
    """The rows under `ABOUT` and `LINE`: that of all first."""
    asked, told = view.asked, about(view, said)
    by = said.say(AXES[asked.by]) if asked.by else ""
    yield *told, "", "", *figures_of(view.whole, said, working=asked.working)
    for each in view.parts:
        yield *told, by, each.label, *figures_of(each, said, working=asked.working)


def about(view: FiguresView, said: Said) -> Sequence[Cell]:
    """The cells under `ABOUT`: by what a table is found again."""
    asked = view.asked
    return (
        said.say(CLOCKS[asked.clock]),
        asked.first.isoformat(),
        asked.last.isoformat(),
        stamp(asked.cut, said),
        view.version,
        view.checkpoint.size if view.checkpoint else None,
        asked.place,
        said.say(COPIES[asked.outside]),
    )


def rows(of: Iterable[RowView], told: Sequence[Cell], said: Said) -> Iterator[Sequence[Cell]]:
    """The rows under `ABOUT`, which is ``told``, and `ROW`."""
    for each in of:
        yield (
            *told,
            each.offer_id,
            each.service_request_id,
            each.organisation,
            each.service,
            said.say(each.urgency or NOT_KNOWN),
            each.place or said.say(NOT_KNOWN),
            each.channel and said.channel(each.channel),
            stamp(each.start, said),
            stamp(each.limit, said),
            stamp(each.ended, said),
            said.say(RESPONSES[each.response]),
            each.took,
            each.over,
        )


def stamp(at: datetime | None, said: Said) -> str | None:
    """By the country's clock, with how far that is from UTC: ``2026-11-30T17:05:00+06:00``."""
    return None if at is None else at.astimezone(said.zone).isoformat(timespec="seconds")


def figures_of(line: LineView, said: Said, *, working: bool = False) -> Iterator[Cell]:
    """The cells under `LINE`, but for which part it is."""
    share = line.in_time
    yield _count(line.n)
    if share is None:
        yield from (SUPPRESSED,) * 5
    else:
        yield from (share.whole, share.part)
        yield percent(share.part / share.whole if share.whole else None)
        yield from (percent(share.low), percent(share.high))
    if line.n == 0:
        yield from (None,) * 5
    else:
        yield from _times(line.wall, said)
        yield percent(line.wall.reached) if line.wall else SUPPRESSED
        yield from _times(line.worked, said) if working else (None, None)
    yield _count(line.still_open)
    for of, classes in ((line.responses, COUNTED), (line.excluded, EXCLUDED)):
        for each in classes:
            if each is not Response.IN_TIME:
                yield SUPPRESSED if of is None else of.get(each, 0)
    yield from map(_count, (line.paused, line.escalated, line.voided))


def _times(times: TimesView | None, said: Said) -> Iterator[Cell]:
    if times is None:
        yield from (SUPPRESSED, SUPPRESSED)
        return
    for each in (times.median, times.p90):
        yield said.say(NOT_REACHED) if each is None else each


def _count(count: int | None) -> Cell:
    return SUPPRESSED if count is None else count


def percent(share: float | None) -> Decimal | None:
    """With one digit behind the point, as pages have it."""
    return None if share is None else Decimal(f"{100 * share:.1f}")
