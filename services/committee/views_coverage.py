"""Views of coverage: as JSON for pages, and as rows of a table."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Self

from pydantic import BaseModel

from services.committee.coverage.model import Coverage, Line
from shared.csv_text import Cell
from shared.jurisdiction import Jurisdiction

HEAD = ("code", "place", "aimaks and towns", "with a committee", "term is over", "without one")
WIDER = "committees of whole raions, and of more"


class LineView(BaseModel):
    """Aimaks and towns of a place. ``expected`` and ``without`` are null where nobody has said how
    many there are."""

    code: str
    place: str
    expected: int | None
    active: int
    lapsed: int
    without: int | None

    @classmethod
    def of(cls, line: Line, country: Jurisdiction, language: str) -> Self:
        """With its name in the reader's language."""
        named = country.territories.name_of(line.code, language)
        return cls(
            code=line.code,
            place=named or country.profile.names.get(language) or country.profile.id,
            expected=line.expected,
            active=line.active,
            lapsed=line.lapsed,
            without=line.without,
        )


class CoverageView(BaseModel):
    """How it was on a day: a place, and the places right below it. ``wider``: committees of whole
    raions and of more, which are of none of the aimaks and towns."""

    day: date
    whole: LineView
    below: list[LineView]
    wider: LineView

    @classmethod
    def of(cls, day: date, found: Coverage, country: Jurisdiction, language: str) -> Self:
        """In the reader's language."""
        return cls(
            day=day,
            whole=LineView.of(found.whole, country, language),
            below=[LineView.of(each, country, language) for each in found.below],
            wider=LineView.of(found.wider, country, language).model_copy(
                update={"code": "", "place": country.wording.say(WIDER, language)}
            ),
        )

    def rows(self) -> Iterator[Sequence[Cell]]:
        """The same as rows under `HEAD`, the whole first, and what is counted apart last."""
        for each in (self.whole, *self.below, self.wider):
            yield each.code, each.place, each.expected, each.active, each.lapsed, each.without
