"""Model of an appeal as a form. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from services.console.frame.forms import Form

Json = Mapping[str, Any]
YES = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a secretary enters. ``collective`` is "yes" where several wrote together: then nothing
    of anybody is kept."""

    received_on: str = ""
    journal_no: str = ""
    way: str = "written"
    kind: str = "application"
    subject: str = ""
    collective: str = ""
    village: str = ""
    sex: str = "unknown"
    age_band: str = "unknown"

    @classmethod
    def of(cls, appeal: Json) -> Self:
        """An appeal as the register has it."""
        known = {each.name: appeal[each.name] or "" for each in fields(cls)}
        return cls(**known | {"collective": YES if appeal["collective"] else ""})

    @classmethod
    def typed(cls, form: Form) -> Self:
        """As it was typed."""
        return cls(**{each.name: form.text(each.name, 40) for each in fields(cls)})

    def body(self) -> Json:
        """As the service takes it."""
        alone = self.collective != YES
        return {
            "received_on": self.received_on,
            "journal_no": self.journal_no,
            "way": self.way,
            "kind": self.kind,
            "subject": self.subject,
            "collective": not alone,
            "village": (self.village or None) if alone else None,
            "sex": self.sex if alone else None,
            "age_band": self.age_band if alone else None,
        }
