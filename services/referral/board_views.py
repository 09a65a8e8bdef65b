"""Views of the board: what needs a person now, and the services that could be asked."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from services.referral.directory.model import Directory
from services.referral.model.attention import Attention, Why
from services.referral.model.matching import MOST_CANDIDATES, Candidate, Match
from services.referral.model.service_request import ServiceRequest
from services.referral.views import ServiceRequestView
from shared.http.pages import Next


class AttentionView(BaseModel):
    """Why somebody must look, and since when; the offer that it is about, if it is about one."""

    why: Why
    since: datetime
    offer_id: str | None

    @classmethod
    def of(cls, found: Attention) -> Self:
        """The view of one reason."""
        return cls(why=found.why, since=found.since, offer_id=found.offer_id)


class NeededView(BaseModel):
    """A service request that needs a person; what they can do about it is its ``can_do``."""

    attention: list[AttentionView]
    service_request: ServiceRequestView


class Board(BaseModel):
    """A page of what needs a person now, most urgent first."""

    needed: list[NeededView]
    next: Next = None


class ChoiceView(BaseModel):
    """A service of the needed type. ``can_ask``: a coordinator may have it asked; ``reason``: why
    the ladder would not, or nobody may, as a code and in words."""

    service: str
    organisation: str
    organisation_name: str
    can_ask: bool
    asked: bool
    """It is being asked now."""
    distance: int | None = None
    free: int | None = None
    reason: str | None = None
    reason_words: str | None = None


class Choices(BaseModel):
    """The services that could be asked, the best first, then those that could not."""

    services: list[ChoiceView]
    left_out: int = 0
    """How many more there are that are not shown."""

    @classmethod
    def of(
        cls, request: ServiceRequest, found: Match, directory: Directory, words: Mapping[str, str]
    ) -> Self:
        """As one look at the directory found them; ``words`` are those of reasons."""
        why_not = {each.service: each.reason for each in found.excluded}
        by_hand = sorted(found.by_hand_only, key=lambda each: each.order)
        choices: list[Candidate] = [*found.candidates, *by_hand]
        known = {each.service for each in choices}

        def rows() -> Iterator[ChoiceView]:
            for each in choices:
                yield row(each.service, each)
            for left_out in found.excluded:
                if left_out.service not in known:
                    yield row(left_out.service, None)

        def row(service: str, candidate: Candidate | None) -> ChoiceView:
            organisation = directory.organisations[directory.services[service].organisation]
            reason = why_not.get(service)
            return ChoiceView(
                service=service,
                organisation=organisation.id,
                organisation_name=organisation.name,
                can_ask=candidate is not None and not request.asks(service),
                asked=request.asks(service),
                distance=candidate.distance if candidate else None,
                free=candidate.free if candidate else None,
                reason=reason,
                reason_words=words.get(reason, reason) if reason else None,
            )

        everything = [*rows()]
        shown = everything[:MOST_CANDIDATES]
        return cls(services=shown, left_out=len(everything) - len(shown))
