"""What services say of one service request, as audit keeps it: told in a test, step by step."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.audit.facts.model.fold import Facts, fold
from services.audit.facts.model.said import Answered, Asked, Judged, Moved, Need, Said, Told, What
from services.audit.figures.facts import OfferFact
from shared.events.words import Answer, Fulfilment, Judgement, Urgency
from shared.events.words import OfferStatus as S
from shared.events.words import ServiceRequestStatus as R

LIMITS = {"accept_by": 15, "contact_by": 45}


def at(minute: float) -> datetime:
    """So many minutes after the beginning of everything here."""
    return datetime(2026, 11, 30, 12, tzinfo=UTC) + timedelta(minutes=minute)


class Story:
    """What services say, one after another. ``minute`` is when, ``received`` an act before it."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    def say(
        self,
        minute: float,
        words: What,
        offer: str | None = "o",
        *,
        by: str = "referral",
        **more: Any,
    ) -> Said:
        """An event more."""
        received = more.pop("received", None)
        said = Said(
            event_id=f"e{len(self.said)}",
            source=by,
            seq=len(self.said),
            time=at(minute),
            words=words,
            received_at=None if received is None else at(received),
            service_request_id="s",
            offer_id=offer,
            **more,
        )
        self.said.append(said)
        return said

    def need(
        self,
        minute: float,
        status: R = R.ACTIVE,
        fulfilment: Fulfilment = Fulfilment.OFFERING,
        **more: Any,
    ) -> Said:
        """How far the need has come."""
        limits = {} if self.said else {name: at(by) for name, by in LIMITS.items()}
        words = Need(service_type="shelter", status=status, fulfilment=fulfilment, **limits)
        return self.say(minute, words, None, **more)

    def ask(self, minute: float, offer: str = "o", tier: int = 1) -> Said:
        """Five minutes to say anything, ten more to decide."""
        words = Asked(
            organisation=f"of {offer}",
            tier=tier,
            urgency=Urgency.IMMEDIATE,
            answer_by=at(minute + 5),
            decide_by=at(minute + 15),
            territory="41704",
        )
        return self.say(minute, words, offer)

    def move(
        self,
        minute: float,
        before: S,
        after: S,
        offer: str = "o",
        reason: str | None = None,
        by: dict[str, Any] | None = None,
        **more: Any,
    ) -> Said:
        """An edge; ``by`` are words of it, ``more`` the act behind it."""
        return self.say(
            minute, Moved(before=before, after=after, reason=reason, **(by or {})), offer, **more
        )

    def told(self, minute: float, offer: str = "o") -> Said:
        """A gateway took a message."""
        return self.say(minute, Told(channel="sms", sent_at=at(minute)), offer, by="notify")

    def answer(self, minute: float, answer: Answer, offer: str = "o") -> Said:
        """Notify took an answer."""
        words = Answered(answer_id=f"a{len(self.said)}", answer=answer)
        return self.say(minute, words, offer, by="notify", received=minute, channel="sms")

    def judge(self, minute: float, answer: Said, judgement: Judgement) -> Said:
        """Referral says what became of it."""
        assert isinstance(answer.words, Answered)
        words = Judged(answer_id=answer.words.answer_id, judgement=judgement)
        more = {"cause": answer.event_id, "channel": "sms"}
        said = self.say(minute, words, answer.offer_id, **more)
        self.said[-1] = replace(said, received_at=answer.received_at)
        return self.said[-1]

    @property
    def facts(self) -> Facts:
        """What follows."""
        found = fold(self.said)
        assert found is not None
        return found

    @property
    def offer(self) -> OfferFact:
        """Of the one offer."""
        (only,) = self.facts.offers
        return only


def asked() -> Story:
    """Reported at 0, heard of by referral at 1, asked then, told at 2."""
    story = Story()
    story.need(1, received=0)
    story.ask(1)
    story.move(1, S.DRAFT, S.REQUESTED)
    story.told(2)
    return story


def placed() -> Story:
    """And seen and accepted by messages, which referral handles a minute later."""
    story = asked()
    seen = story.answer(3, Answer.RECEIVED)
    story.move(
        4,
        S.REQUESTED,
        S.RECEIVED,
        by={"deadline": at(13)},
        received=3,
        cause=seen.event_id,
    )
    story.judge(4, seen, Judgement.STOOD)
    yes = story.answer(6, Answer.ACCEPT)
    story.move(
        7,
        S.RECEIVED,
        S.ACCEPTED,
        by={"contact_by": at(37)},
        received=6,
        cause=yes.event_id,
    )
    story.judge(7, yes, Judgement.STOOD)
    story.need(7, fulfilment=Fulfilment.PLACED, received=6, cause=yes.event_id)
    return story
