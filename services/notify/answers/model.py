"""Answers: what a text may be, how often somebody may be wrong, what they hear. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from services.notify.delivery.model import Offer
from shared.events.words import HELD, Answer, Judgement, OfferStatus

WINDOW = timedelta(minutes=10)
"""The same text from the same number within it is one text: the provider repeats what it thinks was
not taken. What was not looked at does not count, nor what came before an offer that was over was
asked anew: nothing tells its repetition from a new answer, and no answer may be lost.
"""
REDELIVERED = timedelta(hours=1)
"""So long a text is one text if it was an answer that stands, or is not judged yet, and its giver
has not said otherwise: providers repeat at growing intervals, and this clock may jump. What was
refused may be allowed when said again."""
WRONG_MAX = 5
"""Wrong codes from one number within `WINDOW`; then nothing from it is looked at, right or wrong.
At this rate all codes would take centuries to try."""
PROMPTS_MAX = 3
"""Requests for a code that one number gets within `WINDOW`: two machines must not talk for ever."""


class Outcome(StrEnum):
    """What a text was taken for."""

    ANSWER = "answer"
    UNCLEAR = "unclear"
    WRONG_CODE = "wrong-code"
    STRANGER = "stranger"
    LIMITED = "limited"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class History:
    """What came from a number within `WINDOW`, and an answer's text within `REDELIVERED`."""

    wrong: int
    prompts: int
    repeated: bool

    @property
    def limited(self) -> bool:
        """Whether it was wrong too often to be listened to."""
        return self.wrong >= WRONG_MAX

    @property
    def may_be_prompted(self) -> bool:
        """Whether it may be asked for a code once more."""
        return self.prompts < PROMPTS_MAX


def news_of(answer: Answer, judgement: Judgement, offer: Offer, staff_id: str) -> str:
    """The template that tells the giver of an answer what became of it.

    «Taken» is said only of a yes by somebody else: who said yes and then no hears that their yes
    stands, and after a colleague's no there is nothing more to do. What consent or conflict no
    longer allow looks like what is over: the reason is nobody's business.
    """
    if judgement in {Judgement.STOOD, Judgement.ALREADY}:
        return f"answer-{_SAID[answer]}"
    if judgement is Judgement.TOO_LATE:
        return "answer-too-late"
    if judgement is Judgement.TAKEN and offer.status is not OfferStatus.REJECTED:
        own = offer.holder == staff_id and offer.status in HELD
        return "answer-accepted" if own else "answer-taken"
    return "offer-cancelled"


_SAID = {Answer.ACCEPT: "accepted", Answer.REJECT: "rejected", Answer.RECEIVED: "received"}
