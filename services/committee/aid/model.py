"""Aid. Pure. It names nobody: whose it is stands in the matter, and on paper."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.committee.actions.model import What
from shared.errors import Invalid

MOST = 100_000_000
"""Som of one entry: more is a mistake of typing."""


class Kind(StrEnum):
    """What was given. The kinds are those of the founding document."""

    CASH = "cash"
    HOUSE = "house"
    DOCUMENTS = "documents"
    OTHER = "other"


class Source(StrEnum):
    """Who paid."""

    LOCAL_BUDGET = "local-budget"
    STATE_BUDGET = "state-budget"
    DONOR = "donor"
    NGO = "ngo"
    BUSINESS = "business"
    RESIDENTS = "residents"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aid:
    """What was given in a matter, by which decision. ``som``: its worth, which cash always has;
    ``public_id``: of the service request, where the matter has one."""

    matter_id: str
    decision_id: str
    kind: Kind
    source: Source
    som: int | None = None
    public_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision that stands, and what the cases of its matter are called, if there are any."""

    decision_id: str
    matter_id: str
    what: What
    decided_on: date
    cases: tuple[str, ...] = ()


def by(aid: Aid, decided: Decided | None, given_on: date) -> Aid:
    """``aid`` as given by a decision; `Invalid` where there is none yet, or for a case that is none
    of its matter: whoever must not know of another's would read of it here."""
    if decided is None or decided.matter_id != aid.matter_id:
        raise Invalid("decision_id", "is no decision of this committee in this matter")
    if given_on < decided.decided_on:
        raise Invalid("given_on", "must not be before the decision")
    if aid.public_id not in (None, *decided.cases):
        raise Invalid("public_id", "is no case of this matter")
    return aid


def checked(aid: Aid) -> Aid:
    """``aid``, or `Invalid` naming the first field that cannot be."""
    if not aid.decision_id:
        raise Invalid("decision_id", "is needed: aid is given by a decision of the committee")
    if aid.kind is Kind.CASH and aid.som is None:
        raise Invalid("som", "is needed for cash")
    if aid.som is not None and not 1 <= aid.som <= MOST:
        raise Invalid("som", f"must be 1 to {MOST}")
    return aid
