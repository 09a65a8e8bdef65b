"""Views of the report: as JSON for pages, and as rows of a table."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from services.committee.report.handlers import Report
from services.committee.report.model.figures import Cell as Figured
from services.committee.report.model.figures import Line, Missing
from services.committee.report.model.period import Clock
from services.committee.vocabularies import Labels
from shared.csv_text import Cell
from shared.jurisdiction import Jurisdiction

FORM = "proposal"
"""What a report is called while no official form is known."""
HEAD = (
    "form",
    "copy",
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
    "change, %",
)
COPIES = {True: "to hand on", False: "not to hand on"}
"""By whether it was made for outside: a file that is saved keeps nothing else that says so."""
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
    """A figure, or one part of it by one axis.

    ``change``: by how many percent it is more or less than in the same period last year.
    """

    figure: str
    label: str
    by: str
    by_label: str
    part: str
    part_label: str
    before: CellView
    now: CellView
    change: float | None

    @classmethod
    def of(cls, line: Line, said: "Said") -> Self:
        """With its names in the reader's language."""
        return cls(
            figure=line.figure.code,
            label=said.figure(line),
            by=line.axis,
            by_label=said.axis(line),
            part=line.part,
            part_label=said.part(line),
            before=CellView.of(line.before),
            now=CellView.of(line.now),
            change=None if line.change is None else float(line.change),
        )


class TableView(BaseModel):
    """All figures of a place, or of a committee."""

    code: str
    place: str
    committee_id: str | None
    lines: list[LineView]


class SilentView(BaseModel):
    """A committee that has no entry of the period, or of its year."""

    committee_id: str
    organisation: str
    territory: str
    place: str


class ReportView(BaseModel):
    """A report; its first table is the whole, the others are the places below.

    ``form`` is "proposal": no official form is known. ``cut`` is when it was made: what is entered
    later changes it. ``outside``: what must not leave the service is not in it, and ``silent`` are
    those without any entry of the whole year.
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
        said = Said(country, language)
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
                    place=said.place(each.code),
                    committee_id=each.committee_id,
                    lines=[LineView.of(line, said) for line in each.lines],
                )
                for each in report.tables
            ],
            silent=[
                SilentView(
                    committee_id=each.committee_id,
                    organisation=each.organisation,
                    territory=each.territory,
                    place=said.place(each.territory),
                )
                for each in report.silent
            ],
        )


class Said:
    """The names of a report in one language."""

    def __init__(self, country: Jurisdiction, language: str) -> None:
        self._country = country
        self._language = language
        self.labels = Labels(country, language)
        self.zone = country.zone

    def say(self, english: str) -> str:
        """A text of the code."""
        return self._country.wording.say(english, self._language)

    def figure(self, line: Line) -> str:
        """What is counted."""
        return self.say(line.figure.label)

    def axis(self, line: Line) -> str:
        """By what it is told apart; empty for the whole."""
        return line.axis and self.say(f"by {line.axis}")

    def part(self, line: Line) -> str:
        """Which part it is; empty for the whole."""
        return line.part and self.labels.part(line.figure.code, line.axis, line.part)

    def place(self, code: str) -> str:
        """A place by its code or the beginning of it."""
        country = self._country
        named = country.territories.name_of(code, self._language)
        return named or country.profile.names.get(self._language) or country.profile.id

    def number(self, cell: Figured) -> Cell:
        """A number, or the sign in its place."""
        return cell.value if cell.missing is None else self.say(SIGNS[cell.missing])


def rows(report: Report, said: Said) -> Iterator[Sequence[Cell]]:
    """The same as rows under `HEAD`."""
    asked = report.asked
    copy = said.say(COPIES[report.outside])
    about = said.say(FORM), copy, asked.period.name, said.say(asked.clock)
    for table in report.tables:
        where = table.code, said.place(table.code), table.committee_id
        for line in table.lines:
            names = said.figure(line), said.axis(line), said.part(line)
            numbers = said.number(line.before), said.number(line.now), line.change
            yield (*about, *where, *names, *numbers)
