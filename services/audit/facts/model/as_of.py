"""As of: what had been said of a life at a cut, so that a report of then is the same ever after.

First stamps say when they were, and one later than a cut counts nothing there. What stands by the
newest word does not: a need that nobody was left for may be met later, and what had ended is asked
anew. So rows as of a cut are folded from what had been said by then.
"""

from collections.abc import Iterable
from datetime import datetime

from services.audit.facts.model.lives import at
from services.audit.facts.model.said import Answered, Judged, Said, of


def as_of(said: Iterable[Said], cut: datetime) -> list[Said]:
    """What had come by ``cut``. What follows from an answer was when that was received, whenever
    it was handled."""
    known = list(said)
    answers = of(Answered, known)
    by_event = {each.event_id: each for each, _ in answers}
    by_answer = {words.answer_id: each for each, words in answers}

    def led(each: Said) -> Said:
        if isinstance(each.words, Judged):
            return by_answer.get(each.words.answer_id, each)
        return by_event.get(each.cause or "", each)

    return [each for each in known if at(led(each)) <= cut]
