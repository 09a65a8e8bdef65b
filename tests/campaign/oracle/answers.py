"""L and D, of answers: what people typed on their phones, held against what notify has of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from deploy.demo.story.codes import codes_in
from deploy.local.stack import ROOT
from shared.events.words import Answer, OfferStatus
from shared.jurisdiction import load_jurisdiction
from shared.jurisdiction.texts import fold
from tests.campaign.ledger import Ledger, Typed
from tests.campaign.oracle.evidence import Evidence


class Meaning(NamedTuple):
    """What somebody said of an offer."""

    offer: str
    staff: str
    answer: str


def answers_never_judged(seen: Evidence, ledger: Ledger) -> list[str]:
    """A reply that the SMSC was told is taken, with a code of its sender, that nobody judged.

    The same text again is one text; the same answer in other words is one more.
    """
    lost = [row["answer_id"] for row in seen.tables["answers"] if row["judgement"] is None]
    texts: dict[Meaning, set[str]] = defaultdict(set)
    for each, meaning in _meant(seen, (typed for typed in ledger.typed if typed.taken)):
        if not ledger.forgets(each.at):
            texts[meaning].add(each.text)
    kept = _kept(seen)
    for meaning, different in texts.items():
        if len(different) > kept[meaning]:
            lost.append(f"{meaning.answer} of {meaning.staff} to offer {meaning.offer}")
    return lost


def answers_nobody_gave(seen: Evidence, ledger: Ledger) -> list[str]:
    """An answer on record more often than its giver typed it."""
    texts: dict[Meaning, set[str]] = defaultdict(set)
    for each, meaning in _meant(seen, (typed for typed in ledger.typed if not typed.taken)):
        texts[meaning].add(each.text)
    return [
        f"{meaning.answer} of {meaning.staff} to offer {meaning.offer}"
        for meaning, count in _kept(seen).items()
        if count > len(texts[meaning])
    ]


def yeses_that_vanished(seen: Evidence, ledger: Ledger) -> list[str]:
    """Somebody said yes over the API and got a 2xx, and the offer was never theirs."""
    accepted = {
        (each.data["offer_id"], each.data.get("person"))
        for each in seen.events("offer.changed.v1")
        if each.data["after"] == OfferStatus.ACCEPTED
    }
    return [
        offer
        for offer, (staff, at) in ledger.said.items()
        if (offer, staff) not in accepted and not ledger.forgets(at)
    ]


def _kept(seen: Evidence) -> Counter[Meaning]:
    return Counter(
        Meaning(row["offer_id"], row["staff_id"], row["answer"]) for row in seen.tables["answers"]
    )


def _meant(seen: Evidence, typed: Iterable[Typed]) -> Iterator[tuple[Typed, Meaning]]:
    """What was said by which text; a wrong code says nothing."""
    phones = {row["staff_id"]: row["phone"] for row in seen.tables["people"]}
    owners = {
        (phones.get(staff), code): (offer, staff) for (offer, staff), code in seen.code_of.items()
    }
    for each in typed:
        for code in codes_in(each.text):
            owner = owners.get((each.phone, code))
            answer = _word(each.text)
            if owner is not None and answer is not None:
                yield each, Meaning(*owner, answer)


def _word(text: str) -> Answer | None:
    """The reply word in what people of a campaign type: one word and one code, in any order."""
    found = {_words().get(fold(each)) for each in text.split()} - {None}
    return found.pop() if len(found) == 1 else None


@cache
def _words() -> dict[str, Answer]:
    return dict(load_jurisdiction(ROOT / "deploy/jurisdictions/kg").texts.answers)
