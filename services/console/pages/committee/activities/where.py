"""Where it was: the committee's own place, or one that is looked for by its name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.console.frame.desk import Desk
from services.console.frame.forms import Form
from services.console.frame.texts import say
from services.console.pages.committee.house import Wrong

Place = tuple[str, str]
"""A full code, and its name."""
SHORTEST, LONGEST = 2, 100
"""Characters of a name that is looked for."""


@dataclass(frozen=True, slots=True)
class Where:
    """Which place is chosen of those that are offered; ``elsewhere``: a name to look for, and
    ``sought`` the one that was looked for last."""

    territory: str
    offered: Sequence[Place]
    elsewhere: str = ""
    sought: str = ""

    @classmethod
    def here(cls, committee: Mapping[str, Any]) -> "Where":
        """The committee's own place."""
        own = committee["territory"], committee["place"]
        return cls(own[0], [own])

    @classmethod
    def of(cls, form: Form) -> "Where":
        """As it was typed."""
        codes, names = form.all("place_code"), form.all("place_name")
        return cls(
            territory=form.text("territory", 20),
            offered=list(zip(codes, names, strict=False)),
            elsewhere=form.text("elsewhere", LONGEST),
            sought=form.text("sought", LONGEST),
        )

    def and_at(self, code: str, named: str) -> "Where":
        """At a place that is offered besides."""
        offered = dict([*self.offered, (code, named)])
        return replace(self, territory=code, offered=list(offered.items()))

    async def looked_for(self, desk: Desk) -> tuple["Where", Wrong]:
        """With the places that may be meant by a name that is new; what is wrong until one is
        chosen. Raises `PeerDown`."""
        if len(self.elsewhere) < SHORTEST or self.elsewhere == self.sought:
            return self, {} if self.territory else {"territory": say("Where was it?")}
        found = (await desk.get("intake", "/territories", q=self.elsewhere))["places"]
        if not found:
            return self, {"elsewhere": say("No such place is known. Try the district.")}
        offered = dict([*self.offered, *((each["code"], _whole(each)) for each in found)])
        new = replace(self, offered=list(offered.items()), sought=self.elsewhere)
        if len(found) == 1:
            return replace(new, territory=found[0]["code"]), {}
        return new, {"territory": say("Which one?")}


def _whole(place: Mapping[str, Any]) -> str:
    return ", ".join([place["label"], *(each["label"] for each in reversed(place["path"]))])
