"""Answers: what a text may be, how often somebody may be wrong, what they hear. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from services.notify.delivery.model import ANSWERABLE, Offer
from shared.events.words import HELD, OPEN, Answer, Judgement, OfferStatus

WINDOW = timedelta(minutes=10)
"""The same answer from the same number within it is one: the provider repeats what it thinks was
not taken. What came before an offer that was over was asked anew does not count: nothing tells its
repetition from a new answer, and no answer may be lost.
"""
REDELIVERED = timedelta(hours=1)
"""So long a text is one text if it was an answer that stands, or is not judged yet, and its giver
has not said otherwise: providers repeat at growing intervals, and this clock may jump. What was
refused may be allowed when said again."""
VAIN = REDELIVERED
"""So long a text that said nothing is remembered."""
VAIN_MAX = 20
"""Texts of one kind that said nothing from one number within `VAIN`: no more are written down, so
that whoever forges a number cannot make its owner's texts slow to judge. As many wrong codes are an
alarm."""
QUESTIONS_MAX = 3
"""Questions about a right code that one number gets within `WINDOW`: two machines must not talk for
ever. To be asked one, a code must be known; any other text is answered once an hour."""


class Outcome(StrEnum):
    """What a text was taken for."""

    ANSWER = "answer"
    NO_WORD = "no-word"
    """A right code, and no word that is certain."""
    NO_CODE = "no-code"
    """A word, and no code, from somebody who is asked about one case."""
    WHICH_CODE = "which-code"
    """A word, and no code, from somebody who is asked about several."""
    UNCLEAR = "unclear"
    WRONG_CODE = "wrong-code"
    STRANGER = "stranger"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class History:
    """What came from a number. ``repeated``: this text was an answer before. ``vain``: how many
    texts within `VAIN` said nothing, by outcome. ``questions``: right codes without a word within
    `WINDOW`.
    """

    repeated: bool
    vain: Mapping[Outcome, int]
    questions: int

    @property
    def alarming(self) -> bool:
        """Whether one more wrong code is the one that people must hear of."""
        return self.vain.get(Outcome.WRONG_CODE, 0) + 1 == VAIN_MAX

    def keeps(self, outcome: Outcome) -> bool:
        """Whether a text is written down. What needs a right code always is."""
        return self.vain.get(outcome, 0) < VAIN_MAX

    def may_answer(self, outcome: Outcome) -> bool:
        """Whether the sender is told what is wrong."""
        if outcome is Outcome.NO_WORD:
            return self.questions < QUESTIONS_MAX
        return outcome in self.vain and not self.vain[outcome]


def question(offer: Offer, staff_id: str) -> str:
    """What is said to a right code without a certain word: what may be answered, or the end."""
    if offer.status in HELD:
        return "answer-which-act" if offer.holder == staff_id else "taken"
    return "answer-which-word" if offer.status in ANSWERABLE else "offer-cancelled"


def news_of(
    answer: Answer, judgement: Judgement, offer: Offer, staff_id: str, *, own: bool = False
) -> str:
    """The template that tells the giver of an answer what became of it.

    «Taken» is said only of a yes by somebody else, never of one's ``own``: who said yes and then no
    hears that their yes stands, and after a colleague's no there is nothing more to do. What
    consent or conflict no longer allow looks like what is over: the reason is nobody's business.
    """
    holds = offer.holder == staff_id and offer.status in HELD
    if judgement is Judgement.NOT_HELD:
        return question(offer, staff_id)
    if judgement in {Judgement.STOOD, Judgement.ALREADY}:
        return _told(answer, offer, holds=holds)
    if judgement is Judgement.TOO_LATE:
        return "contact-over" if answer in _CONTACT else "answer-too-late"
    if judgement is Judgement.TAKEN and offer.status is not OfferStatus.REJECTED:
        if holds:
            return "answer-accepted"
        return "offer-cancelled" if own or offer.holder == staff_id else "answer-taken"
    return "offer-cancelled"


def _told(answer: Answer, offer: Offer, *, holds: bool) -> str:
    """Of an answer that stands. «Decide» is said while there is something to decide."""
    if answer is Answer.RECEIVED and offer.status not in OPEN:
        if holds:
            return "answer-accepted"
        late = offer.status is OfferStatus.EXPIRED
        return "answer-too-late" if late else "offer-cancelled"
    if answer is Answer.ON_THE_WAY and offer.status is OfferStatus.IN_PROGRESS:
        return "answer-arrived"
    return _SAID[answer]


_CONTACT = {Answer.ON_THE_WAY, Answer.ARRIVED}
_SAID = {
    Answer.ACCEPT: "answer-accepted",
    Answer.REJECT: "answer-rejected",
    Answer.RECEIVED: "answer-received",
    Answer.ON_THE_WAY: "answer-on-the-way",
    Answer.ARRIVED: "answer-arrived",
    Answer.UNABLE: "answer-rejected",
}
