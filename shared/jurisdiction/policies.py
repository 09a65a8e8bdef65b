"""How long anybody is waited for, and how the ladder goes on when nobody answers."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.events.words import Urgency
from shared.jurisdiction.config_files import FromFile
from shared.times import Day, Duration

Span = Annotated[Duration, Field(gt=timedelta(0))]
DEFAULT = "default"
REVIEW = {
    Urgency.IMMEDIATE: timedelta(hours=72),
    Urgency.HIGH: timedelta(days=7),
    Urgency.STANDARD: timedelta(days=30),
}
"""As VioGén reviews its levels, where the file says nothing."""


class Timers(FromFile):
    """The three clocks of an offer, each from the end of the one before.

    ``ack``: somebody says they have seen it. ``decide``: yes or no. ``contact``: first contact.
    """

    ack: Span
    decide: Span
    contact: Span


class Ladder(FromFile):
    """How far one service request climbs.

    ``tiers`` of one organisation are told in turn before the next candidate; ``max_offers``
    candidates are asked before it is exhausted; after ``coordinator_after`` silent ones a
    coordinator is told, and the ladder goes on.
    """

    tiers: int = Field(ge=1)
    max_offers: int = Field(ge=1)
    coordinator_after: int = Field(ge=1)


class Policies(FromFile):
    """One version of the policies. A service request keeps the version it was opened under.

    ``working_hours`` says whether service types that count working time really do: a demo with
    timers of seconds must not wait for Monday.
    """

    version: str
    valid_from: Day
    working_hours: bool
    hold_at_most: Span
    timers: dict[str, dict[Urgency, Timers]]
    ladder: dict[Urgency, Ladder]
    review: dict[Urgency, Span] = REVIEW
    """How long an offer is in progress before a coordinator is asked to look at it, each time."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if DEFAULT not in self.timers:
            raise ValueError("timers.default is missing")
        held = {f"timers.{name}": set(table) for name, table in self.timers.items()}
        for name, urgencies in {
            **held,
            "ladder": set(self.ladder),
            "review": set(self.review),
        }.items():
            if missing := set(Urgency) - urgencies:
                raise ValueError(f"{name}: {', '.join(sorted(missing))} missing")
        return self

    def timers_for(self, service_type: str, urgency: Urgency) -> Timers:
        """The clocks of a service type, or the default ones."""
        return self.timers.get(service_type, self.timers[DEFAULT])[urgency]

    def hold_for(self, timers: Timers) -> timedelta:
        """How long an open offer may keep a place free."""
        return min(timers.ack + timers.decide, self.hold_at_most)
