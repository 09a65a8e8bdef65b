"""Table of the monthly report: one file with everything that is on the page, section by section.

A section is a line with its name, a head, its rows, and an empty line.
"""

from collections.abc import Iterator, Sequence

from services.audit.figures.clocks import Response
from services.audit.figures.definitions import CLOCKS as CLOCKS_MEAN
from services.audit.figures.definitions import COLUMNS as COLUMNS_MEAN
from services.audit.figures.definitions import RESPONSES as RESPONSES_MEAN
from services.audit.figures.report import Axis
from services.audit.tables_figures import COPIES, LINE, figures_of, stamp
from services.audit.views_figures import LineView
from services.audit.views_monthly import MonthlyView
from services.audit.words_figures import (
    AXES,
    CLOCKS,
    COLUMNS,
    NOT_KNOWN,
    RESPONSES,
    STANDINGS,
    Said,
)
from shared.csv_text import Cell, Variant, csv_text

TITLE = "monthly report"
NOT_ON_RECORD = "nothing on record"
SECTIONS = ("figures", COLUMNS["funnel"], COLUMNS["unmet"], "what the numbers mean")
ABOUT = (
    "standing",
    "as of",
    "final as of",
    "version",
    "copy",
    "heard since the cut",
    "leaves of the ledger",
    "root of the ledger",
    "signed",
    "checkpoint, as it was signed",
)
BEGUN = ("month", "as of", "which wait", *LINE)
SILENT = (
    AXES[Axis.ORGANISATION],
    "due",
    RESPONSES[Response.EXPIRED],
    "chance explains from, at 95 %",
    "chance explains to, at 95 %",
    "chance explains from, at 99.8 %",
    "chance explains to, at 99.8 %",
)
NOBODY = ("service", "place", "nobody to ask", "all who were asked refused or were silent")
Rows = Iterator[Sequence[Cell]]


def text(view: MonthlyView, said: Said, variant: Variant) -> str:
    """The whole file."""
    sections = (_figures(view, said), _silence(view, said), _unmet(view, said), _definitions(said))

    def rows() -> Rows:
        yield from zip(map(said.say, ABOUT), _about(view, said), strict=True)
        for name, section in zip(SECTIONS, sections, strict=True):
            yield from ((), (said.say(name),))
            yield from section

    return csv_text([said.say(TITLE), view.place, view.month], rows(), variant)


def _about(view: MonthlyView, said: Said) -> Iterator[Cell]:
    signed = view.checkpoint
    yield said.say(STANDINGS[view.standing])
    yield from (stamp(view.cut, said), stamp(view.fixed, said), view.version)
    yield from (said.say(COPIES[view.outside]), view.heard_since)
    yield from (signed.size, signed.root) if signed else (None, None)
    yield from (stamp(signed.signed_at, said), signed.note) if signed else (None, None)


def _figures(view: MonthlyView, said: Said) -> Rows:
    yield tuple(said.say(each) for each in BEGUN)
    cut = stamp(view.cut, said)

    def row(month: str, at: str | None, clock: str, line: LineView, by: str = "") -> Sequence[Cell]:
        part = line.label if by else ""
        return month, at, said.say(clock), by, part, *figures_of(line, said)

    for clock, line in view.lines.items():
        yield row(view.month, cut, CLOCKS[clock], line)
        for before in view.before:
            if before.lines:
                at = stamp(before.cut, said)
                yield row(before.month, at, CLOCKS[clock], before.lines[clock])
    for before in view.before:
        if before.lines is None:
            yield before.month, stamp(before.cut, said), said.say(NOT_ON_RECORD)
    for axis, parts in view.parts.items():
        for part in parts:
            for clock, line in part.lines.items():
                yield row(view.month, cut, CLOCKS[clock], line, said.say(AXES[axis]))


def _silence(view: MonthlyView, said: Said) -> Rows:
    yield tuple(said.say(each) for each in SILENT)
    for each in view.silence:
        yield each.organisation, each.due, each.silent, *each.inner, *each.outer


def _unmet(view: MonthlyView, said: Said) -> Rows:
    yield tuple(said.say(each) for each in NOBODY)
    for each in view.unmet:
        yield each.service, each.place or said.say(NOT_KNOWN), each.nobody, each.refused


def _definitions(said: Said) -> Rows:
    for words, means in (
        (CLOCKS, CLOCKS_MEAN),
        (RESPONSES, RESPONSES_MEAN),
        (COLUMNS, COLUMNS_MEAN),
    ):
        for code, meaning in means.items():
            yield said.say(words[code]), said.say(meaning)
