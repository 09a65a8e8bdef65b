"""Lives: what was said of one service request, and of each of its offers, in the producers' order.

**When something was.** What a human did was when the service whose edge took it received it
(``received_at``): an answer is judged by that alone, whenever it was handled. If notify took it,
notify's own word counts, and not the copy that referral passes on. What a service did by itself
(asked, told, showed, gave up) was at that event's ``time``. What anybody claims is not here at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from services.audit.facts.model.said import (
    Answered,
    Asked,
    Judged,
    Moved,
    Need,
    Said,
    Shown,
    Told,
    in_order,
    of,
)
from shared.events.words import OPEN, Judgement, OfferStatus

NO_WORD = (Judgement.NOT_ALLOWED, Judgement.NOT_HELD)
"""Who said it may not answer."""
ANSWERS = {
    OfferStatus.RECEIVED: OPEN,
    OfferStatus.ACCEPTED: OPEN | {OfferStatus.EXPIRED},
    OfferStatus.REJECTED: OPEN,
}
"""The edges that an answer takes: to which state, from which ones."""


@dataclass(frozen=True)
class Life:
    """One service request: what referral said of it, and each offer that was really made."""

    needs: list[tuple[Said, Need]]
    offers: tuple["Offer", ...]

    @classmethod
    def of(cls, said: Iterable[Said]) -> "Life":
        """``said`` is all that is known of it, in any order, and as often as you like."""
        ordered = in_order(said)
        taken = {each.event_id: each for each, _ in of(Answered, ordered)}
        by_offer: dict[str, list[Said]] = {}
        for each in ordered:
            if each.offer_id is not None:
                by_offer.setdefault(each.offer_id, []).append(each)
        offers = (Offer(offer_id, theirs, taken) for offer_id, theirs in sorted(by_offer.items()))
        return cls(of(Need, ordered), tuple(offer for offer in offers if offer.asked))


@dataclass(frozen=True)
class Offer:
    """One offer, by what was said of it. ``taken`` is what notify took of answers to any offer of
    the service request, by the event's id: an answer to one may end another."""

    offer_id: str
    said: list[Said]
    taken: Mapping[str, Said]

    @cached_property
    def asked(self) -> list[tuple[Said, Asked]]:
        """Each asking: a tier, or anew."""
        return of(Asked, self.said)

    @cached_property
    def moved(self) -> list[tuple[Said, Moved]]:
        """Each edge of its life."""
        return of(Moved, self.said)

    @cached_property
    def answered(self) -> Mapping[str, tuple[Said, Answered]]:
        """What notify took of answers to it, by the event's id."""
        return {each.event_id: (each, words) for each, words in of(Answered, self.said)}

    @cached_property
    def judged(self) -> list[tuple[Said, Judged]]:
        """What referral made of them."""
        return of(Judged, self.said)

    @cached_property
    def judgements(self) -> Mapping[str, Judgement]:
        """The same by the answer's id: the first word on each."""
        return {words.answer_id: words.judgement for _, words in reversed(self.judged)}

    @cached_property
    def told(self) -> list[tuple[Said, Told]]:
        """Messages that a gateway took, the first one first."""
        return sorted(of(Told, self.said), key=lambda each: (each[1].sent_at, each[0].event_id))

    @cached_property
    def shown_at(self) -> datetime | None:
        """When it was first shown to somebody of the organisation that is asked."""
        theirs = self.asked[0][1].organisation
        shown = (each.time for each, words in of(Shown, self.said) if words.organisation == theirs)
        return min(shown, default=None)

    def at(self, said: Said) -> datetime:
        """When it was: see above."""
        return at(self.taken.get(said.cause or "", said))

    def edges(self, after: OfferStatus) -> list[tuple[Said, Moved]]:
        """The edges that an answer took to a state."""
        return [
            (each, words)
            for each, words in self.moved
            if words.after is after and words.before in ANSWERS[after]
        ]

    @cached_property
    def seen_in_time(self) -> tuple[Said, Moved] | None:
        """The "seen" that gave them the time to decide."""
        found = self.edges(OfferStatus.RECEIVED)
        by = self.asked[0][1].answer_by
        return next((each for each in found if self.at(each[0]) <= by), None)

    def limit(self, said: Said) -> datetime:
        """Until when an answer was in time, as it stood where referral said ``said``."""
        asked, seen = self.asked[0][1], self.seen_in_time
        if seen is None or said.seq <= seen[0].seq:
            return asked.answer_by
        return seen[1].deadline or asked.decide_by


def at(said: Said) -> datetime:
    """When a human's act was received; when a service said it, where no human acted."""
    return said.received_at or said.time
