"""Asked: which figures somebody wants, as an address says it."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Self
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict

from services.console.frame.addresses import at_most
from services.console.frame.desk import Desk
from services.console.frame.forms import Form
from shared.events.words import Role

LONGEST = 64
Text = Annotated[str, at_most(LONGEST)]
Cursor = Annotated[str, at_most(512)]
BY = "place"
"""By what waits are told apart unless somebody says otherwise."""
WHOLE = "whole"
"""Stands for not being told apart."""
PART = "part"
_UNSAFE = re.compile(r"[^a-z0-9.]+")


class Asked(BaseModel):
    """What is empty is left to the service; what is wrong the service says."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    clock: Text = ""
    period: Text = ""
    cut: Text = ""
    by: Text = ""
    area: Text = ""
    organisation: Text = ""
    service: Text = ""
    urgency: Text = ""
    channel: Text = ""
    now: Text = ""
    working: Text = ""
    outside: Text = ""

    @classmethod
    def typed(cls, form: Form) -> "Asked":
        """Out of a form."""
        fields: Any = {name: form.text(name, LONGEST) for name in cls.model_fields}
        return cls.model_construct(**fields)

    def by_default(self, desk: Desk) -> Self:
        """As this person means it: this month, by place, and the first of several territories,
        unless they say otherwise."""
        theirs = desk.caller.territories
        first = "" if desk.has(Role.AUDITOR) or not theirs else theirs[0]
        return self.model_copy(
            update={
                "period": self.period or f"{desk.today:%Y-%m}",
                "by": self.by or BY,
                "area": self.area or first,
            }
        )

    def at_cut(self, cut: str) -> Self:
        """The same as of then: numbers and their rows agree."""
        return self.model_copy(update={"cut": cut})

    @property
    def fields(self) -> Mapping[str, str]:
        """What is not left out, by its name."""
        return given(dict(self))

    @property
    def query(self) -> Mapping[str, str]:
        """The same as the service is asked."""
        return {name: value for name, value in self.fields.items() if value != WHOLE}

    def called(self, kind: str, variant: str) -> str:
        """The name of a file: which kind of table, of which wait and time, for what."""
        told = (kind, self.clock, self.period, variant)
        return "-".join(_UNSAFE.sub("-", each) for each in told if each)

    def at(self, path: str, **changes: str | None) -> str:
        """An address with this, or with something else."""
        return addressed(path, {**self.fields, **changes})


class Rows(Asked):
    """The rows of a number, of all or of one part: its key, which is empty for what is not
    known."""

    number: Text = "n"
    part: Text | None = None
    cursor: Cursor = ""

    @classmethod
    def typed(cls, form: Form) -> "Rows":
        """Out of a form."""
        part = form.all(PART)
        fields: Any = Asked.typed(form).fields
        return cls.model_construct(
            **fields, number=form.text("number", LONGEST), part=part[0] if part else None
        )


def given(fields: Mapping[str, str | None]) -> dict[str, str]:
    """Those that are not left out."""
    return {
        name: value
        for name, value in fields.items()
        if value or (name == PART and value is not None)
    }


def addressed(path: str, fields: Mapping[str, str | None]) -> str:
    """An address with those that are not left out."""
    return f"{path}?{urlencode(given(fields))}"
