"""Showing: the lines of a report as a page has them: figures with their parts, and bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.console.frame.texts import say
from services.console.pages.committee.registers import spaced

Line = Mapping[str, Any]
WIDE = 100
"""Units of the longest bar of a pair."""
SUPPRESSED, NOT_KEPT = "suppressed", "not-kept"
SIGN = "*"
THEN = ("before", "now")
SIDE_BY_SIDE = ("sittings", "appeals", "referred", "met", "trained", "aid-som")
"""Figures by which places below are set side by side."""
PICTURED = ("sittings", "appeals", "referred", "meetings", "met", "trained", "reached")


@dataclass(slots=True)
class Figure:
    """A figure, and its parts by each axis."""

    line: Line
    parts: dict[str, list[Line]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bars:
    """A figure of this period and of the one a year before, as long as they are to each other."""

    line: Line
    now: int
    before: int


def figures(table: Mapping[str, Any]) -> list[Figure]:
    """The figures of a table in their order."""
    found: dict[str, Figure] = {}
    for line in table["lines"]:
        if not line["by"]:
            found[line["figure"]] = Figure(line)
        else:
            found[line["figure"]].parts.setdefault(line["by_label"], []).append(line)
    return list(found.values())


def bars(table: Mapping[str, Any]) -> list[Bars]:
    """What is looked at rather than read: of figures that are there, in either period."""
    found = []
    for line in table["lines"]:
        both = line["now"]["value"], line["before"]["value"]
        if line["by"] or line["figure"] not in PICTURED or None in both or not any(both):
            continue
        now, before = (-(-WIDE * each // max(both)) for each in both)
        found.append(Bars(line, now, before))
    return found


def side_by_side(tables: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], list[Line]]]:
    """Each table with its lines of the figures that are compared."""
    return [
        (
            table,
            [
                next(each for each in table["lines"] if (each["figure"], each["by"]) == (code, ""))
                for code in SIDE_BY_SIDE
            ],
        )
        for table in tables
    ]


def number(cell: Mapping[str, Any]) -> str:
    """A number, or what stands in its place."""
    if cell["missing"] == SUPPRESSED:
        return SIGN
    return say("not yet kept") if cell["missing"] == NOT_KEPT else spaced(cell["value"])


def change(line: Line) -> str:
    """``+12.5``, as the country writes it: with a comma; empty where there is none."""
    found = line["change"]
    return "" if found is None else f"{found:+.1f}".replace(".", ",").replace("-", "−")


def held_back(report: Mapping[str, Any]) -> bool:
    """Whether a sign stands anywhere in the place of a number."""
    cells = (line[of] for table in report["tables"] for line in table["lines"] for of in THEN)
    return any(each["missing"] == SUPPRESSED for each in cells)
