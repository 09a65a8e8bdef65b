"""The cast: who answers which alert, what and when. Whoever is not named stays silent."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from deploy.demo.story.board import Alert, Case
from deploy.demo.story.codes import reply_words
from deploy.demo.story.voices import Refused, Voices
from deploy.samples.load import Line, Says
from services.referral.offer_views import OfferLine
from shared.events.words import Answer, OfferStatus, RejectReason

THINKS = 1.5
"""Seconds from a text on a phone to the answer, so that a spectator can follow."""
ACTS = {Answer.ACCEPT: "accept", Answer.REJECT: "reject", Answer.RECEIVED: "received"}
Key = tuple[str, int, str, Answer]


@dataclass(frozen=True, slots=True)
class Cue:
    """One answer that is due now. ``key`` tells it from every other of the play."""

    case: str
    line: Line
    number: int
    alert: Alert
    answer: Answer

    @property
    def key(self) -> Key:
        """Case, line of the cast, offer, answer: each is given once."""
        return (self.case, self.number, self.alert.offer_id, self.answer)


def cues(case: Case, now: float, given: Collection[Key]) -> Iterator[Cue]:
    """Answers of this case that are due at ``now`` (seconds since the play began), each once."""
    for number, line in enumerate(case.sample.cast):
        need = case.needs.get(line.need)
        for offer in need.offers if need else ():
            alert = _alert(case, line, offer)
            if alert is None:
                continue
            answer = _answer(line.says, offer, now - alert.at)
            if answer is None:
                continue
            cue = Cue(case.name, line, number, alert, answer)
            if cue.key not in given:
                yield cue


def _alert(case: Case, line: Line, offer: OfferLine) -> Alert | None:
    """What made this line's person, or the first of those on duty, aware of the offer."""
    if offer.organisation != line.organisation:
        return None
    heard = [each for each in case.alerts.values() if each.offer_id == offer.offer_id]
    if line.person is not None:
        heard = [each for each in heard if each.staff_id == line.person]
    return min(heard, key=lambda each: each.at, default=None)


def _answer(says: Says, offer: OfferLine, waited: float) -> Answer | None:
    thought = waited >= THINKS
    match says:
        case Says.ACCEPT if thought:
            return Answer.ACCEPT
        case Says.REJECT if thought:
            return Answer.REJECT
        case Says.SEEN_THEN_ACCEPT if thought and offer.status is OfferStatus.REQUESTED:
            return Answer.RECEIVED
        case Says.SEEN_THEN_ACCEPT if waited >= 3 * THINKS:
            return Answer.ACCEPT if offer.status is OfferStatus.RECEIVED else None
        case Says.LATE_ACCEPT if offer.status is OfferStatus.EXPIRED:
            return Answer.ACCEPT
    return None


async def give(voices: Voices, cue: Cue) -> str:
    """Gives an answer by SMS or over the API; answers what was said, in words for the screen.

    A refusal is part of the play: of two who say yes one is told that somebody was first.
    Raises `httpx.HTTPError` when nobody took it: then it is to be given again.
    """
    if cue.line.by == "sms":
        words = reply_words(cue.alert.text)
        if words is None:
            return f"cannot tell how to answer «{cue.alert.text}»"
        text = f"{words[cue.answer]} {cue.alert.code}"
        await voices.reply(cue.alert.phone, text)
        return f"{cue.alert.phone}: «{text}»"
    path = f"/offers/{cue.alert.offer_id}/{ACTS[cue.answer]}"
    reason = cue.line.reason or RejectReason.OTHER
    body = {"reason": reason.value} if cue.answer is Answer.REJECT else {}
    try:
        await voices.ask(voices.caller(cue.alert.staff_id), "referral", path, body)
    except Refused as refused:
        return f"{cue.line.organisation}: {cue.answer.value} over the API was refused: {refused}"
    return f"{cue.line.organisation}: {cue.answer.value} over the API"
