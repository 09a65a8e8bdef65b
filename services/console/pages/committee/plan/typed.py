"""Model of a row of a plan as a form. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from services.console.frame.forms import Form
from services.console.frame.texts import later
from shared.errors import Invalid

Json = Mapping[str, Any]
YEAR = 4
"""Digits of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a secretary enters; ``count`` of ``indicator`` is what shall be reached."""

    year: str
    quarter: str = "1"
    work: str = ""
    prepares: str = ""
    reports: str = ""
    indicator: str = ""
    count: str = ""
    money: str = "none"
    joint_with: str = ""

    @classmethod
    def of(cls, item: Json) -> Self:
        """A row as the plan has it."""
        target = item["target"] or {"indicator": "", "count": ""}
        known = {each.name: item.get(each.name) or "" for each in fields(cls)}
        return cls(**{name: str(value) for name, value in (known | target).items()})

    @classmethod
    def typed(cls, form: Form) -> Self:
        """As it was typed."""
        return cls(**{each.name: form.text(each.name, 100) for each in fields(cls)})

    def in_address(self, otherwise: int) -> int:
        """The year as an address may say it: what was typed instead of one stands in none."""
        is_year = self.year.isascii() and self.year.isdecimal() and len(self.year) == YEAR
        return int(self.year) if is_year else otherwise

    def body(self) -> Json:
        """As the service takes it; raises `Invalid` for what is no number."""
        counted = bool(self.indicator or self.count)
        return {
            "year": _number("year", self.year),
            "quarter": _number("quarter", self.quarter),
            "work": self.work,
            "prepares": self.prepares,
            "reports": self.reports,
            "target": {"indicator": self.indicator, "count": _number("count", self.count)}
            if counted
            else None,
            "money": self.money,
            "joint_with": self.joint_with or None,
        }


def _number(field: str, typed: str) -> int:
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 6):
        raise Invalid(field, later("Write it in digits"))
    return int(typed)
