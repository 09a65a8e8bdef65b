"""Words of receipts: what an entry is about and what it says, in the field's terms."""

from services.audit.facts.model.said import (
    Answered,
    Asked,
    Judged,
    Moved,
    Need,
    Shown,
    Told,
    What,
)
from shared.events.words import ServiceRequestStatus

WHAT = {
    "need": "the need",
    "asked": "the offer was made",
    "moved": "the offer",
    "told": "a message about it was handed over",
    "answered": "an answer came",
    "judged": "the answer was judged",
    "shown": "the offer was looked at",
}

WORDS = {
    "accept": "accepted",
    "reject": "rejected",
    "on-the-way": "somebody is coming",
    "arrived": "somebody has arrived",
    "unable": "it cannot be done",
    "stood": "it stands",
    "already": "it was so already",
    "taken": "somebody else was first",
    "too-late": "too late",
    "closed": "it was over",
    "not-allowed": "not theirs to say",
    "not-held": "nobody had said yes yet",
}
"""Of answers and judgements; the words of statuses are said as they are."""


def told(words: What) -> tuple[str, str | None]:
    """Which of `WHAT`, and a word of the vocabularies, if there is one. Nobody is named."""
    return words.what, _word(words)


def _word(words: What) -> str | None:
    match words:
        case Need(status=ServiceRequestStatus.ACTIVE):
            return words.fulfilment
        case Need():
            return words.status
        case Moved():
            return words.after
        case Answered():
            return words.answer
        case Judged():
            return words.judgement
        case Told() | Asked() | Shown():
            return None
