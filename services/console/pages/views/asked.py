"""Asked: of what somebody wants to see who looked, as an address says it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Self
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict

from services.console.frame.addresses import at_most
from services.console.frame.desk import Desk
from services.console.frame.forms import Form

LONGEST = 64
CASE, EVERYBODY = "case", "everybody"
RECENT = timedelta(days=30)
REFUSED = "refused"
"""Stands for all that was refused."""
REFUSALS = ("read-refused", "link-refused", "sign-in-refused")
Text = Annotated[str, at_most(LONGEST)]


class Asked(BaseModel):
    """From ``since`` on, up to ``until``, both days included; ``what`` was done, all without."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    since: Text = ""
    until: Text = ""
    what: Text = ""
    cursor: Annotated[str, at_most(512)] = ""

    @classmethod
    def typed(cls, form: Form) -> Self:
        """Out of a form."""
        return cls(**{name: form.text(name, LONGEST) for name in ("since", "until", "what")})

    def of(self, desk: Desk, of: str) -> Self:
        """As this person means it: of a case all, and else the last days, unless they say
        otherwise."""
        said = "since" in self.model_fields_set or of == CASE
        return self if said else self.model_copy(update={"since": f"{desk.today - RECENT}"})

    def query(self, of: str, of_id: str) -> Mapping[str, Any]:
        """The same as the service is asked."""
        what: Any = REFUSALS if self.what == REFUSED else self.what
        asked = {"of": of, "id": of_id, **dict(self), "what": what}
        return {name: value for name, value in asked.items() if value}

    def at(self, path: str, cursor: str) -> str:
        """The address of a further page."""
        return f"{path}?{urlencode(dict(self) | {'cursor': cursor})}"
