"""Views of the report: as JSON for pages, and as rows of a table."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from services.committee.csv_text import Cell
from services.committee.report.handlers import Report, Table
from services.committee.report.model.figures import Cell as Figured
from services.committee.report.model.figures import Line, Missing
from services.committee.report.model.period import Clock
from shared.jurisdiction import Jurisdiction

FORM = "proposal"
"""What a report is called while no official form is known."""
HEAD = (
    "form",
    "period",
    "clock",
    "code",
    "place",
    "committee",
    "figure",
    "told apart by",
    "part",
    "same period last year",
    "this year",
    "%",
)
SIGNS = {None: "", Missing.SUPPRESSED: "*", Missing.NOT_KEPT: "not yet kept"}


class CellView(BaseModel):
    """A number, or why there is none: suppressed, or not kept by anybody yet."""

    value: int | None
    missing: Missing | None

    @classmethod
    def of(cls, cell: Figured) -> Self:
        """As it may be shown."""
        return cls(value=cell.value, missing=cell.missing)


class LineView(BaseModel):
    """A figure, or one part of it by one axis."""

    figure: str
    label: str
    by: str
    part: str
    before: CellView
    now: CellView
    percent: int | None

    @classmethod
    def of(cls, line: Line, say: Callable[[str], str]) -> Self:
        """With its name in the reader's language."""
        return cls(
            figure=line.figure.code,
            label=say(line.figure.label),
            by=line.axis,
            part=line.part,
            before=CellView.of(line.before),
            now=CellView.of(line.now),
            percent=line.percent,
        )


class TableView(BaseModel):
    """All figures of a place, or of a committee."""

    code: str
    place: str
    committee_id: str | None
    lines: list[LineView]


class SilentView(BaseModel):
    """A committee that has no entry of the period."""

    committee_id: str
    organisation: str
    territory: str
    place: str


class ReportView(BaseModel):
    """A report; its first table is the whole, the others are the places below.

    ``form`` is "proposal": no official form is known. ``cut`` is when it was made: what is entered
    later changes it. ``outside``: what must not leave the service is not in it.
    """

    form: str
    year: int
    quarter: int | None
    clock: Clock
    cut: datetime
    area: str
    committee_id: str | None
    outside: bool
    tables: list[TableView]
    silent: list[SilentView]

    @classmethod
    def of(cls, report: Report, country: Jurisdiction, language: str) -> Self:
        """In the reader's language."""

        def say(english: str) -> str:
            return country.wording.say(english, language)

        return cls(
            form=FORM,
            year=report.asked.period.year,
            quarter=report.asked.period.quarter,
            clock=report.asked.clock,
            cut=report.cut,
            area=report.area,
            committee_id=report.committee_id,
            outside=report.outside,
            tables=[
                TableView(
                    code=each.code,
                    place=_place(country, each.code, language),
                    committee_id=each.committee_id,
                    lines=[LineView.of(line, say) for line in each.lines],
                )
                for each in report.tables
            ],
            silent=[
                SilentView(
                    committee_id=each.committee_id,
                    organisation=each.organisation,
                    territory=each.territory,
                    place=_place(country, each.territory, language),
                )
                for each in report.silent
            ],
        )


def rows(report: Report, country: Jurisdiction, language: str) -> Iterator[Sequence[Cell]]:
    """The same as rows under `HEAD`."""
    for table in report.tables:
        named = _named(report, table, country, language)
        for line in table.lines:
            label = country.wording.say(line.figure.label, language)
            numbers = (_number(country, language, each) for each in (line.before, line.now))
            yield (*named, label, line.axis, line.part, *numbers, line.percent)


def _named(report: Report, table: Table, country: Jurisdiction, language: str) -> Sequence[Cell]:
    place = _place(country, table.code, language)
    period, clock = report.asked.period.name, country.wording.say(report.asked.clock, language)
    form = country.wording.say(FORM, language)
    return form, period, clock, table.code, place, table.committee_id


def _number(country: Jurisdiction, language: str, cell: Figured) -> Cell:
    if cell.missing is None:
        return cell.value
    return country.wording.say(SIGNS[cell.missing], language)


def _place(country: Jurisdiction, code: str, language: str) -> str:
    named = country.territories.name_of(code, language)
    return named or country.profile.names.get(language) or country.profile.id
