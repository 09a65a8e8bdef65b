"""Vocabularies: the closed lists that referral takes or shows, each code in a caller's language.

The English words stand here, those of the country in its ``wording``; what is the country's own
(service types, languages, access needs) in its files.
"""

from collections.abc import Mapping

from services.referral.model.attention import Why as Attention
from services.referral.model.matching import WhyNot
from services.referral.model.options import Option
from services.referral.model.summary import Awaited
from services.referral.model.timeline import ENDINGS, Stage
from shared.events.words import (
    CancelReason,
    CloseReason,
    FailReason,
    Fulfilment,
    HandoverReason,
    HoldReason,
    OfferStatus,
    Outcome,
    RejectReason,
    ServiceRequestStatus,
    Urgency,
    VoidReason,
)
from shared.jurisdiction import Jurisdiction
from shared.terms import Term, Words, banded

REJECT_REASONS: Words = {
    RejectReason.AT_CAPACITY: "no free place",
    RejectReason.NOT_ELIGIBLE: "we do not serve such cases",
    RejectReason.UNSAFE: "not safe with us",
    RejectReason.CONFLICT_OF_INTEREST: "conflict of interest",
    RejectReason.OUT_OF_HOURS: "closed at this hour",
    RejectReason.OTHER: "another reason",
}
FAIL_REASONS: Words = {
    FailReason.NO_CONTACT: "no contact was made",
    FailReason.UNABLE: "cannot do it",
    FailReason.OTHER: "another reason",
    FailReason.RELEASED: "the yes was taken back",
    FailReason.REVIEW_OVERDUE: "the review date has passed",
}
CANCEL_REASONS: Words = {
    CancelReason.COORDINATOR: "a coordinator decided so",
    CancelReason.DUPLICATE: "it stands twice",
    CancelReason.WITHDRAWN: "the consent was withdrawn",
    CancelReason.SUPERSEDED: "somebody else said yes",
    CancelReason.UNREACHABLE: "nobody could be told",
    CancelReason.NO_CAPACITY: "the place was needed more urgently",
}
HOLD_REASONS: Words = {
    HoldReason.WAITING_FOR_PAPERS: "waiting for papers",
    HoldReason.WAITING_FOR_PLACE: "waiting for a free place",
    HoldReason.WAITING_FOR_OTHERS: "waiting for another organisation",
    HoldReason.SURVIVOR_ASKED: "the survivor asked for it",
    HoldReason.NOT_REACHABLE: "cannot be reached for now",
    HoldReason.IN_HOSPITAL: "in hospital",
    HoldReason.UNSAFE: "not safe to go on for now",
    HoldReason.OTHER: "another reason",
}
HANDOVER_REASONS: Words = {
    HandoverReason.END_OF_SHIFT: "end of the shift",
    HandoverReason.ABSENCE: "illness or leave",
    HandoverReason.WORKLOAD: "too much work",
    HandoverReason.SPECIALIST: "a colleague is the specialist",
    HandoverReason.LANGUAGE: "a colleague speaks the language",
    HandoverReason.SURVIVOR_ASKED: "the survivor asked for it",
    HandoverReason.CONFLICT_OF_INTEREST: "conflict of interest",
    HandoverReason.OTHER: "another reason",
}
VOID_REASONS: Words = {
    VoidReason.ENTERED_TWICE: "entered twice",
    VoidReason.WRONG_PERSON: "about somebody else",
    VoidReason.WRONG_NEED: "not what is needed",
    VoidReason.TRIAL: "a trial",
    VoidReason.MISTAKE: "a mistake",
    VoidReason.OTHER: "another reason",
}
CLOSE_REASONS: Words = {
    CloseReason.NOBODY_CAN_HELP: "nobody can help",
    CloseReason.HELPED_OTHERWISE: "helped otherwise",
    CloseReason.DECLINED_BY_SURVIVOR: "the survivor declined",
    CloseReason.NOT_REACHED: "could not be reached",
    CloseReason.MOVED_AWAY: "has moved away",
    CloseReason.OTHER: "another reason",
}
OUTCOMES: Words = {
    Outcome.HELPED: "helped",
    Outcome.PARTLY_HELPED: "helped in part",
    Outcome.REFERRED_ON: "referred to others",
    Outcome.DECLINED_BY_SURVIVOR: "the survivor declined",
    Outcome.NOT_REACHED: "could not be reached",
    Outcome.MOVED_AWAY: "has moved away",
    Outcome.OTHER: "another outcome",
}
WHY_NOT: Words = {
    WhyNot.OUTSIDE_AREA: "serves other places",
    WhyNot.EXCLUDED_ORGANISATION: "must not know of this case",
    WhyNot.EXCLUDED_PLACE: "is in a place that must not know of this case",
    WhyNot.NO_CONSENT: "no consent covers it",
    WhyNot.NOT_VERIFIED: "its entry is out of date",
    WhyNot.FULL: "no free place",
    WhyNot.NOT_ELIGIBLE: "does not serve such cases",
    WhyNot.CLOSED_NOW: "closed at this hour",
} | {
    f"{WhyNot.NOT_ELIGIBLE}:{why}": words
    for why, words in {
        "too-young": "does not serve anybody so young",
        "may-be-too-young": "may not serve anybody so young",
        "too-old": "does not serve anybody so old",
        "may-be-too-old": "may not serve anybody so old",
        "child-too-old": "does not take children so old",
        "may-be-child-too-old": "may not take children so old",
        "too-many-children": "does not take so many children",
        "access": "lacks the access that is needed",
    }.items()
}
AWAITED: Words = {
    Awaited.ANSWER: "answer by",
    Awaited.CONTACT: "first contact by",
    Awaited.REVIEW: "look at it again by",
    Awaited.TAKE_OVER: "take it over by",
}
CAN_DO: Words = {
    Option.GIVE_CONSENT: "have a consent asked for, and enter it",
    Option.ASK_SERVICE: "have one more service asked",
    Option.ANSWER_FOR: "enter what somebody said on the telephone",
    Option.CANCEL_OFFER: "take an open offer back",
    Option.HAND_OVER: "hand it over to a colleague of who holds it",
    Option.FAIL_OFFER: "end it there: others are asked",
    Option.CLOSE: "close it: nobody can help, or it was helped otherwise",
    Option.OPEN_AGAIN: "open it again",
    Option.VOID: "void it, if it was entered in error",
}

STAGES: Words = {
    Stage.REQUESTED: "asked",
    Stage.TOLD: "somebody was told",
    Stage.SEEN: "seen",
    Stage.ACCEPTED: "accepted",
    Stage.REJECTED: "rejected",
    Stage.ON_THE_WAY: "on the way",
    Stage.CONTACT: "first contact",
    Stage.ON_HOLD: "on-hold",
    Stage.ANSWER: "answer",
    Stage.REVIEW: "look at it again",
    Stage.TAKE_OVER: "take it over",
} | {each: each.value for each in ENDINGS}

ATTENTION: Words = {
    Attention.NOT_PERMITTED: "an emergency, and nothing permits to ask anybody",
    Attention.NO_CONSENT: "nobody may be asked yet: it waits for a consent",
    Attention.EXHAUSTED: "nobody is left to ask: it waits for your decision",
    Attention.NOBODY_TOLD: "nobody could be told yet",
    Attention.NO_CONTACT: "no contact was made in time",
    Attention.NO_ANSWER: "several were told and do not answer",
    Attention.NOT_TAKEN_OVER: "the new case holder has not taken it over",
    Attention.REVIEW_OVERDUE: "the review date has passed",
}
LISTS: Mapping[str, Words] = {
    "reject_reasons": REJECT_REASONS,
    "fail_reasons": FAIL_REASONS,
    "cancel_reasons": CANCEL_REASONS,
    "hold_reasons": HOLD_REASONS,
    "handover_reasons": HANDOVER_REASONS,
    "void_reasons": VOID_REASONS,
    "close_reasons": CLOSE_REASONS,
    "outcomes": OUTCOMES,
    "why_not": WHY_NOT,
    "awaits": AWAITED,
    "can_do": CAN_DO,
    "stages": STAGES,
    "attention": ATTENTION,
    # whose codes are words already
    "urgencies": {each: each.value for each in Urgency},
    "offer_statuses": {each: each.value for each in OfferStatus},
    "service_request_statuses": {each: each.value for each in ServiceRequestStatus},
    "fulfilments": {each: each.value for each in Fulfilment},
}
"""Every list of the code; ``vocabularies`` adds the country's."""
SET_BY_SYSTEM = frozenset(
    {
        FailReason.RELEASED,
        FailReason.REVIEW_OVERDUE,
        CancelReason.SUPERSEDED,
        CancelReason.UNREACHABLE,
        CancelReason.NO_CAPACITY,
    }
)
"""Reasons that nobody chooses."""


def vocabularies(country: Jurisdiction, language: str) -> dict[str, list[Term]]:
    """Every list by its name, with its terms in ``language``."""
    say = country.wording.say
    of_code = {
        name: [
            Term(code, say(words, language), chosen=code not in SET_BY_SYSTEM)
            for code, words in codes.items()
        ]
        for name, codes in LISTS.items()
    }
    types = {code: each.names for code, each in country.service_types.items()}
    bands = [country.age_band(lowest) for lowest in country.profile.age_bands]
    return of_code | {
        "service_types": _named(types, language),
        "organisation_kinds": _named(country.kinds, language),
        "languages": _named(country.profile.language_names, language),
        "access_needs": _named(country.profile.access_needs, language),
        "age_bands": banded(bands, country.wording, language),
    }


def _named(names: Mapping[str, Mapping[str, str]], language: str) -> list[Term]:
    return [
        Term(code, own.get(language) or next(iter(own.values()), code))
        for code, own in names.items()
    ]
