"""Figures of the report: what is counted, by what it is told apart, and what of it leaves. Pure.

No official form is known: this is a proposal. Figures that nobody enters yet are said to be so,
and are no noughts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from services.committee.report.model.period import change
from shared.suppression import Path


class Missing(StrEnum):
    """Why a figure is not there."""

    SUPPRESSED = "suppressed"
    NOT_KEPT = "not-kept"


@dataclass(frozen=True, slots=True)
class Figure:
    """One that is counted. ``axes``: by what it is told apart, in the order of a row's ``parts``.

    ``follows``: the figure whose count decides what leaves of one about survivors; none for one
    that is not about them. ``tells``: its parts alone are about them. ``kept``: whether a register
    fills it.
    """

    code: str
    label: str
    axes: tuple[str, ...] = ()
    follows: str | None = None
    tells: bool = False
    kept: bool = True


PEOPLE = ("sex", "age")
FIGURES: tuple[Figure, ...] = (
    Figure("committees", "Committees that may sit"),
    Figure("members", "Members", ("sector",)),
    Figure("sittings", "Sittings", ("kind",), tells=True),  # an emergency is of one case
    Figure("decisions", "Decisions"),
    Figure("actions", "Actions due", ("status",)),
    Figure("appeals", "Appeals", ("kind", "way", *PEOPLE), "appeals"),
    Figure("referred", "Cases referred", follows="referred"),
    Figure("referrals", "Referrals", ("answer",), "referred"),
    Figure("families", "Families at risk", follows="families", kept=False),
    Figure("meetings", "Prevention meetings"),
    Figure("met", "People at prevention meetings", PEOPLE),
    Figure("trainings", "Trainings", ("days",)),
    Figure("trained", "People trained", ("days", *PEOPLE)),
    Figure("informing", "Informing", ("channel",)),
    Figure("reached", "People informed", ("channel",)),
    Figure("aided", "Cases in which aid was given", follows="aided"),
    Figure("aid", "Aid", ("kind",), "aided"),
    Figure("aid-som", "Aid, som", ("kind",), "aided"),
)
BY_CODE: Mapping[str, Figure] = {each.code: each for each in FIGURES}
FOLLOWED = tuple(sorted({each.follows for each in FIGURES if each.follows and each.kept}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was counted of a figure: of ``key`` (a place), and of one part by each of its axes."""

    key: str
    figure: str
    parts: tuple[str, ...]
    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, or why there is none."""

    value: int | None = None
    missing: Missing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A figure, whole (``axis`` and ``part`` are empty) or one part of it by one axis."""

    figure: Figure
    axis: str = ""
    part: str = ""
    now: Cell
    before: Cell

    @property
    def change(self) -> Decimal | None:
        """By how much it is more or less than in the same period a year before, in percent."""
        if self.now.value is None or self.before.value is None:
            return None
        return change(self.now.value, self.before.value)


@dataclass(frozen=True, slots=True)
class Cover:
    """What whoever reads must not be shown; nothing, for the service's own people.

    ``held``: places held back by the figure that others follow, in this period and in the one
    before. ``whole``: by the year, and by the day on which things happened; below the uppermost
    level nothing else about survivors leaves: quarters could be taken from their year, and one
    clock from the other. Nor do parts: they could be taken from their whole.
    """

    outside: bool = False
    whole: bool = True
    held: tuple[Mapping[str, frozenset[Path]], Mapping[str, frozenset[Path]]] = field(
        default_factory=lambda: ({}, {})
    )

    def guards(self, figure: Figure, place: Path) -> bool:
        """Whether it or its parts are about survivors of a place below the uppermost level, for
        whoever is outside: no part of it is shown, nor which parts there are."""
        about = figure.follows is not None or figure.tells
        return self.outside and about and len(place) > 1

    def cell(self, figure: Figure, place: Path, then: int, value: int) -> Cell:
        """The cell of a value; ``then`` is 0 for this period, 1 for the one before."""
        if not figure.kept:
            return Cell(missing=Missing.NOT_KEPT)
        if figure.follows is not None and self.guards(figure, place):
            held = self.held[then].get(figure.follows, frozenset())
            if not self.whole or place in held:
                return Cell(missing=Missing.SUPPRESSED)
        return Cell(value)


def lines(place: Path, rows: Iterable[Row], cover: Cover) -> list[Line]:
    """Every figure of a place, each with its parts by each axis; ``rows`` are the place's own."""
    counted: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        axes = BY_CODE[row.figure].axes
        for axis, part in (("", ""), *zip(axes, row.parts, strict=True)):
            both = counted[row.figure, axis, part]
            both[0] += row.now
            both[1] += row.before
    told = []
    for figure in FIGURES:
        told.append(_line(figure, place, ("", ""), counted, cover))
        for axis in () if cover.guards(figure, place) else figure.axes:
            parts = sorted(part for code, of, part in counted if (code, of) == (figure.code, axis))
            told += [_line(figure, place, (axis, part), counted, cover) for part in parts]
    return told


def _line(
    figure: Figure,
    place: Path,
    of: tuple[str, str],
    counted: Mapping[tuple[str, str, str], Sequence[int]],
    cover: Cover,
) -> Line:
    both = counted.get((figure.code, *of), (0, 0))
    now, before = (cover.cell(figure, place, then, value) for then, value in enumerate(both))
    return Line(figure=figure, axis=of[0], part=of[1], now=now, before=before)
