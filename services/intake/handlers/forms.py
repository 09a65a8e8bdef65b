"""What a report is asked with: the country's words for the codes that a report takes."""

from collections.abc import Iterable, Mapping
from typing import get_args

from services.intake.asking import (
    Choice,
    FormsView,
    KindChoice,
    NeedChoice,
    NumberToCall,
    SignChoice,
)
from services.intake.bodies import (
    Day,
    ExclusionKind,
    GivenBy,
    GroupName,
    How,
    ReceivedBy,
    ReporterKind,
    SafeChannel,
)
from services.intake.handlers.parse_report import written
from services.intake.model.consents import SERVICE
from shared.events.words import Urgency
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.forms import named


def forms(country: Jurisdiction, language: str) -> FormsView:
    """Every list, each in the order in which it is to be shown."""
    words, profile = country.forms, country.profile

    def choices(labels: Mapping[str, Mapping[str, str]], codes: Iterable[str]) -> list[Choice]:
        return [Choice(code=code, label=named(labels, code, language)) for code in codes]

    urgencies = [Choice(code=each, label=country.wording.say(each, language)) for each in Urgency]
    return FormsView(
        checklist=country.checklist.version,
        needs=_needs(country, language),
        kinds=[
            KindChoice(
                code=each.code, label=each.label, ask=named(words.recipients, each.code, language)
            )
            for each in choices(country.kinds, country.kinds)
        ],
        groups=choices(words.groups, get_args(GroupName)),
        danger_signs=_signs(country, language),
        purposes=choices(words.purposes, words.purposes or [SERVICE]),
        given_by=choices(words.given_by, get_args(GivenBy)),
        how=choices(words.how, get_args(How)),
        grounds=choices(profile.grounds, profile.grounds),
        reporters=choices(words.reporters, get_args(ReporterKind)),
        received_by=choices(words.received_by, get_args(ReceivedBy)),
        languages=choices(profile.language_names, profile.spoken),
        written=choices(profile.language_names, written(country)),
        access_needs=choices(profile.access_needs, profile.access_needs),
        relations=choices(words.relations, words.relations),
        safe_contact=choices(words.safe_contact, get_args(SafeChannel)),
        exclusions=choices(words.exclusions, get_args(ExclusionKind)),
        days=choices(words.days, get_args(Day)),
        urgencies=urgencies,
        numbers=_numbers(country, language),
        consent_days=words.consent_for.days,
        safe_contact_days=profile.safe_contact_expires.days,
    )


def _needs(country: Jurisdiction, language: str) -> list[NeedChoice]:
    types = {code: each.names for code, each in country.service_types.items()}
    return [
        NeedChoice(
            code=code,
            label=named(types, code, language),
            kinds=list(each.kinds),
            scope=list(country.forms.scope(code)),
            for_accused=each.for_perpetrator,
        )
        for code, each in country.service_types.items()
    ]


def _signs(country: Jurisdiction, language: str) -> list[SignChoice]:
    return [
        SignChoice(
            code=sign.id,
            label=named({sign.id: sign.names}, sign.id, language),
            makes=None if sign.floor is Urgency.STANDARD else sign.floor,
        )
        for sign in country.checklist.signs
    ]


def _numbers(country: Jurisdiction, language: str) -> list[NumberToCall]:
    return [
        NumberToCall(
            number=each.number,
            label=named({each.number: each.names}, each.number, language),
            calls_recorded=each.calls_recorded,
        )
        for each in country.profile.emergency_numbers
        if each.printed
    ]
