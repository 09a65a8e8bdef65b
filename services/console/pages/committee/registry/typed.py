"""Model of an approval as a form. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from services.console.frame.forms import Form

Json = Mapping[str, Any]
MARK = "|"
"""Between an organisation and its place, where both are chosen at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What a coordinator enters; ``which`` is an organisation and its place, of a new one."""

    which: str = ""
    order_no: str = ""
    order_on: str = ""
    term_from: str = ""
    term_to: str = ""
    chair: str = ""
    secretary: str = ""
    ended_on: str = ""

    @classmethod
    def of(cls, committee: Json) -> Self:
        """As it is approved now."""
        return cls(**{each.name: committee.get(each.name) or "" for each in fields(cls)})

    @classmethod
    def typed(cls, form: Form) -> Self:
        """As it was typed."""
        return cls(**{each.name: form.text(each.name, 200) for each in fields(cls)})

    def body(self) -> Json:
        """As the service takes it."""
        needed = {name: getattr(self, name) for name in ("order_no", "order_on")}
        needed |= {name: getattr(self, name) for name in ("term_from", "term_to")}
        named = {name: getattr(self, name) or None for name in ("chair", "secretary", "ended_on")}
        if not self.which:
            return needed | named
        organisation, _, territory = self.which.partition(MARK)
        return needed | named | {"organisation": organisation, "territory": territory}
