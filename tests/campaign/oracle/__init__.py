"""The oracle: what the world was promised, held against what the databases and topics say.

`judge` is pure: evidence and ledger in, findings out. Every check is a small function in `lost`,
`told`, `answers` (L), `events` (Z, G, the chain), `twice` (D); its first line is the sentence that
a person reads. `texts` counts repeated texts (S), `deadlines` what was early, missed or late.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.campaign.ledger import Ledger
from tests.campaign.oracle import answers, events, lost, told, twice
from tests.campaign.oracle.deadlines import Lateness, lateness
from tests.campaign.oracle.evidence import Evidence
from tests.campaign.oracle.texts import Repeats, Spoken, repeats

Check = Callable[[Evidence, Ledger], list[str]]

CHECKS: Mapping[str, tuple[Check, ...]] = {
    "L": (
        lost.promised_incidents,
        lost.needs_without_request,
        lost.unheard_events,
        lost.unpublished_events,
        lost.readers_that_differ,
        lost.requests_left_alone,
        told.alerts_never_made,
        told.notices_never_made,
        told.alerts_never_settled,
        told.alerts_that_told_nobody,
        told.messages_never_settled,
        told.texts_that_no_phone_got,
        told.receipts_that_vanished,
        answers.answers_never_judged,
        answers.yeses_that_vanished,
    ),
    "Z": (
        events.unsaid_incidents,
        events.unsaid_withdrawals,
        events.unsaid_requests,
        events.unsaid_offers,
        events.unsaid_alerts,
        events.unsaid_answers,
        events.published_and_gone,
    ),
    "G": (
        events.events_of_nothing,
        events.unknown_on_the_bus,
        events.handled_and_never_said,
        told.receipts_that_differ,
    ),
    "D": (
        twice.incidents_of_one_report,
        twice.requests_of_one_need,
        twice.holders_of_one_request,
        twice.steps_taken_twice,
        twice.alerts_of_one_tier,
        twice.messages_of_one_alert,
        twice.facts_said_twice,
        answers.answers_nobody_gave,
        twice.events_with_two_numbers,
        twice.places_given_twice,
    ),
    "chain": (events.gaps, events.altered_rows),
}
LETTERS = tuple(CHECKS)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit: which count it belongs to, in a sentence, with ids to look at.

    ``count`` is how often; ``ids`` are the first of them.
    """

    letter: str
    check: str
    sentence: str
    count: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that the oracle counts of one round."""

    findings: tuple[Finding, ...]
    repeats: Repeats
    lateness: Lateness
    parked: tuple[str, ...]
    foreign: int
    """Records on the topics that are no events of ours."""
    unknown_texts: tuple[str, ...]
    """Texts that people got and that no template makes."""

    def count(self, letter: str) -> int:
        """How often something of this letter does not fit."""
        return sum(each.count for each in self.findings if each.letter == letter)


_MOST_IDS = 20


def judge(seen: Evidence, ledger: Ledger) -> Verdict:
    """Holds everything against everything."""
    found = (
        (letter, check, check(seen, ledger))
        for letter, checks in CHECKS.items()
        for check in checks
    )
    return Verdict(
        findings=tuple(
            Finding(
                letter,
                check.__name__,
                (check.__doc__ or "").partition("\n")[0],
                len(ids),
                tuple(ids[:_MOST_IDS]),
            )
            for letter, check, ids in found
            if ids
        ),
        repeats=repeats(seen, ledger),
        lateness=lateness(seen, ledger),
        parked=tuple(f"{row['service']} {row['id']}: {row['reason']}" for row in seen.parked),
        foreign=seen.foreign,
        unknown_texts=Spoken.of(ledger).unknown,
    )
