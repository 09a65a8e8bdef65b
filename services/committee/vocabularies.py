"""Vocabularies: the closed lists of the committee service, each code in a caller's language.

The English words stand here, those of the country in its ``wording``.
"""

from collections.abc import Mapping

from services.committee.actions.model import Status
from services.committee.activities.model import Kind as ActivityKind
from services.committee.activities.model import Topic
from services.committee.activities.model import Way as Channel
from services.committee.aid.model import Kind as AidKind
from services.committee.aid.model import Source
from services.committee.appeals.model import Kind as AppealKind
from services.committee.appeals.model import Sex, Way
from services.committee.registry.model import Sector
from services.committee.sittings.model import Kind as SittingKind
from shared.events.words import VoidReason
from shared.jurisdiction import Jurisdiction
from shared.terms import Term, Words, banded, said

SECTORS: Words = {
    Sector.POLICE: "internal affairs",
    Sector.HEALTH: "health care",
    Sector.EDUCATION: "education",
    Sector.SOCIAL: "social development",
    Sector.EXECUTIVE: "ayil okmotu or mayor's office",
    Sector.KENESH: "deputies of the kenesh",
    Sector.AKSAKALS: "aksakal court",
    Sector.WOMEN: "women's council",
    Sector.YOUTH: "youth council",
    Sector.ACTIVIST: "activists of the community",
    Sector.ADVOCATE: "advocates",
    Sector.NGO: "non-governmental organisations",
    Sector.CRISIS_CENTRE: "crisis centre",
}
STATUSES: Words = {
    Status.OPEN: "to be done",
    "overdue": "overdue",
    Status.DONE: "done",
    Status.CIRCUMSTANCES: "not done, as circumstances changed",
    Status.BODY: "not done by the body",
}
ACTIVITY_KINDS: Words = {
    ActivityKind.MEETING: "a prevention meeting",
    ActivityKind.TRAINING: "a training",
    ActivityKind.INFORMING: "informing",
}
TOPICS: Words = {
    Topic.LAW: "the law on domestic violence",
    Topic.RIGHTS: "rights",
    Topic.WHERE_TO_TURN: "where to turn",
    Topic.PARENTING: "parenting",
    Topic.CHILDREN: "safety of children",
    Topic.EARLY_MARRIAGE: "early marriage",
    Topic.BRIDE_KIDNAPPING: "bride kidnapping",
    Topic.ALCOHOL: "alcohol",
    Topic.WORK_OF_COMMITTEES: "work of committees",
    Topic.OTHER: "another topic",
}
CHANNELS: Words = {
    Channel.CHAT_GROUP: "chat group",
    Channel.YARD_ROUND: "round of the yards",
    Channel.PRESS: "press",
    Channel.SCHOOL: "school",
    Channel.OTHER: "another way",
}
AID_KINDS: Words = {
    AidKind.CASH: "money",
    AidKind.HOUSE: "a house",
    AidKind.DOCUMENTS: "documents restored",
    AidKind.OTHER: "other aid",
}
SOURCES: Words = {
    Source.LOCAL_BUDGET: "local budget",
    Source.STATE_BUDGET: "state budget",
    Source.DONOR: "a donor",
    Source.NGO: "non-governmental organisations",
    Source.BUSINESS: "business",
    Source.RESIDENTS: "residents",
    Source.OTHER: "another source",
}
SEXES: Words = {
    Sex.FEMALE: "women and girls",
    Sex.MALE: "men and boys",
    Sex.UNKNOWN: "sex not known",
}
ANSWERS: Words = {
    "awaiting-consent": "waits for a consent",
    "no-answer": "no answer yet",
    "accepted": "accepted",
    "exhausted": "nobody was found",
    "completed": "completed",
    "ended": "ended",
}
LISTS: Mapping[str, Words] = {
    "sectors": SECTORS,
    "action_statuses": STATUSES,
    "activity_kinds": ACTIVITY_KINDS,
    "topics": TOPICS,
    "channels": CHANNELS,
    "days": {"1": "1 day", "2": "2 days"},
    "aid_kinds": AID_KINDS,
    "aid_sources": SOURCES,
    "sexes": SEXES,
    "answers": ANSWERS,
    "appeal_kinds": {
        AppealKind.PROPOSAL: "proposal",
        AppealKind.APPLICATION: "application",
        AppealKind.COMPLAINT: "complaint",
    },
    "ways": {Way.WRITTEN: "written", Way.ORAL: "oral", Way.ELECTRONIC: "electronic"},
    "sitting_kinds": {SittingKind.ORDINARY: "ordinary", SittingKind.EMERGENCY: "emergency"},
    "withdrawal_reasons": {
        VoidReason.ENTERED_TWICE: "entered twice",
        VoidReason.TRIAL: "a trial",
        VoidReason.MISTAKE: "a mistake",
        VoidReason.OTHER: "another reason",
    },
}
"""Every list of the code; ``vocabularies`` adds the country's."""
BANDS = "age_bands"
AXES: Mapping[str, str] = {
    "sector": "sectors",
    "status": "action_statuses",
    "way": "ways",
    "sex": "sexes",
    "age": BANDS,
    "answer": "answers",
    "days": "days",
    "channel": "channels",
}
"""The list of the parts of a report's figures, by axis; of ``kind`` see `KINDS`."""
KINDS: Mapping[str, str] = {
    "sittings": "sitting_kinds",
    "appeals": "appeal_kinds",
    "aid": "aid_kinds",
    "aid-som": "aid_kinds",
}


def vocabularies(country: Jurisdiction, language: str) -> dict[str, list[Term]]:
    """Every list by its name, with its terms in ``language``."""
    bands = [country.age_band(lowest) for lowest in country.profile.age_bands]
    return {name: said(codes, country.wording, language) for name, codes in LISTS.items()} | {
        BANDS: banded(bands, country.wording, language)
    }


class Labels:
    """What codes are called in a language."""

    def __init__(self, country: Jurisdiction, language: str) -> None:
        self._lists = {
            name: {each.code: each.label for each in terms}
            for name, terms in vocabularies(country, language).items()
        }

    def of(self, name: str) -> Mapping[str, str]:
        """A list: words by code."""
        return self._lists[name]

    def label(self, name: str, code: str | None) -> str:
        """What a code of a list is called; as it is where nobody knows it."""
        return self._lists[name].get(code or "", code or "")

    def part(self, figure: str, axis: str, code: str) -> str:
        """The words of a part of a report's figure."""
        return self.label(AXES.get(axis) or KINDS[figure], code)
