"""Findings: what can be wrong with what a producer says, as far as its outside shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was found. The code is data for ever; the sentence is for people."""

    GAP = "gap"
    FORK = "fork"
    BROKEN = "broken-link"
    BACKWARDS = "earlier-than-before"
    LATE = "received-long-before"
    AHEAD = "received-in-the-future"
    JUDGED_OTHERWISE = "judged-otherwise"
    LIMIT = "limit-not-of-policy"
    POLICY = "policy-not-in-force"
    NO_ANSWER = "judged-without-answer"
    OTHER_TIME = "answered-at-another-time"
    FACTS = "facts-changed"
    LEDGER = "ledger-changed"
    SAID = "said-changed"
    TIMES = "times-changed"
    FINDINGS = "findings-changed"
    OUTAGES = "outages-changed"
    UNWITNESSED = "unwitnessed"
    CONTRADICTED = "witness-contradicts"
    EARLY = "cosigned-before-its-time"
    PARTED = "ledger-forked"

    @property
    def sentence(self) -> str:
        """One clear line."""
        return _SENTENCES[self]


_SENTENCES = {
    Kind.GAP: "Numbers that were given out, and that nobody can show",
    Kind.FORK: "Two events that say that they are one",
    Kind.BROKEN: "An event that does not follow the one before it: one of the two was replaced",
    Kind.BACKWARDS: "An event that says an earlier time than one before it",
    Kind.LATE: "An event that came long after the time that it says, though others came meanwhile",
    Kind.AHEAD: "An event that came before the time that it says",
    Kind.JUDGED_OTHERWISE: "An answer or a silence that was judged otherwise than by its limit",
    Kind.LIMIT: "A limit that does not follow from the policy that the need was opened under",
    Kind.POLICY: "A policy that became another one, or that is not the one of its name",
    Kind.NO_ANSWER: "A judgement on an answer that nobody gave",
    Kind.OTHER_TIME: "An answer that is said to have come at another time than it did",
    Kind.FACTS: "Facts of response that did not follow from what was said: they were changed",
    Kind.LEDGER: "Leaves of the ledger that are not what was signed of them: they were changed",
    Kind.SAID: "Words of an event that facts are made of, and that are changed or gone",
    Kind.TIMES: "An entry of the ledger whose times were changed after it was heard",
    Kind.FINDINGS: "Findings that were changed, made up or taken away",
    Kind.OUTAGES: "Outages on record that were changed, made up or taken away",
    Kind.UNWITNESSED: "A checkpoint of the ledger that too few witnesses cosigned within a day",
    Kind.EARLY: "A witness cosigned an entry before the time that it says: one clock is wrong",
    Kind.CONTRADICTED: "A witness knows another ledger than this one, or a longer one",
    Kind.PARTED: "The ledger was forked: it goes on under a new name",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of ``producer``, at its numbers ``first`` to ``last``; which event shows it,
    where one does. No other finding of its kind has the same place. Of what a witness knows, it is
    the producer, and the numbers are leaves; they are, too, where the ledger was changed."""

    kind: Kind
    producer: str
    first: int
    last: int
    event_id: str | None = None


def gaps(known_to: int, numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The numbers behind ``known_to`` that are missing among ``numbers``, which rise."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if number > known_to + 1:
            found.append((known_to + 1, number - 1))
        known_to = max(known_to, number)
    return found
