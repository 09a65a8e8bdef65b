"""The call at a desk: who is spoken with about which offer, and how far both are.

It travels in the hidden fields of each form: the console keeps nothing of it. What a form says is
believed by nobody: the services judge each act, the ticket and the proof anew.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self
from urllib.parse import quote

from services.console.frame.forms import Form
from services.console.pages.offers import ANSWERABLE
from shared.events.words import HELD

MOST = 120
PROOF_MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """``person`` is on the line, or is to be called back; with a ``proof`` two digits of their PIN
    were right. ``holder`` has the case; ``coming``: they said that they were on the way."""

    code: str
    offer_id: str
    status: str
    holder: str = ""
    coming: str = ""
    person: str = ""
    name: str = ""
    proof: str = ""

    @classmethod
    def about(cls, progress: Mapping[str, Any]) -> Self:
        """Nobody is spoken with yet."""
        steps = {step["stage"]: step["at"] for step in progress["timeline"]}
        return cls(
            code=progress["public_id"],
            offer_id=progress["offer_id"],
            status=progress["status"],
            holder=progress["person"] or "",
            coming="yes" if steps.get("on-the-way") else "",
        )

    @classmethod
    def of(cls, form: Form) -> Self:
        """As a form of the page carries it. Raises `Invalid` for a field that is too long."""
        most = {"proof": PROOF_MOST}
        names = [each.name for each in fields(cls)]
        return cls(**{name: form.text(name, most.get(name, MOST)) for name in names})

    @property
    def carried(self) -> Mapping[str, str]:
        """What the next form carries."""
        return {name: value for name, value in asdict(self).items() if value}

    def known(self, proof: str) -> "Call":
        """The same call, with somebody who was known by their PIN."""
        return replace(self, proof=proof)

    def now(self, progress: Mapping[str, Any]) -> "Call":
        """The same call after an act."""
        about = Call.about(progress)
        return replace(self, status=about.status, holder=about.holder, coming=about.coming)

    @property
    def offer(self) -> str:
        """Where referral and notify have it."""
        return f"/offers/{quote(self.offer_id, safe='')}"

    @property
    def who(self) -> str:
        """Where notify has the person."""
        return f"/people/{quote(self.person, safe='')}"

    @property
    def answering(self) -> bool:
        """Whether a yes or a no is awaited."""
        return self.status in ANSWERABLE

    @property
    def open(self) -> bool:
        """Whether there is anything to call about."""
        return self.answering or self.status in HELD

    @property
    def holds(self) -> bool:
        """Whether whoever is on the line has the case."""
        return self.status in HELD and self.person == self.holder
