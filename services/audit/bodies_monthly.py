"""What is asked of the monthly report, in the address."""

from typing import Annotated

from pydantic import Field

from services.audit.bodies_figures import EARLIEST
from services.audit.figures.period import Period
from services.audit.handlers.monthly import Wanted
from shared.csv_text import Variant
from shared.errors import Invalid
from shared.http.schemas import Pasted
from shared.times import Instant


class MonthlyQuery(Pasted):
    """Which report. Absent: of the last month that is over, as of the cut that is fixed, of the
    area that is theirs. ``outside``: to be handed on."""

    month: Annotated[str, Field(max_length=7)] | None = None
    area: Annotated[str, Field(pattern="^[0-9]{1,20}$")] | None = None
    cut: Annotated[Instant, Field(ge=EARLIEST)] | None = None
    outside: bool = False

    @property
    def wanted(self) -> Wanted:
        """As the handler takes it; raises `Invalid` for a month that is none."""
        month = Period.read(self.month, "month") if self.month else None
        if month and not month.is_month:
            raise Invalid("month", "must be a month like 2026-11")
        return Wanted(month=month, area=self.area, cut=self.cut, outside=self.outside)


class MonthlyTableQuery(MonthlyQuery):
    """The same as a table."""

    variant: Variant = Variant.PLAIN
