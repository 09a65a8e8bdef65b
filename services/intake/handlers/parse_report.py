"""Reads a report: every word of it judged by the country's files and the clock, or refused by name.

Nothing has been stored when a report is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.intake.bodies import (
    AccusedBody,
    ChildBody,
    ConsentBody,
    ExclusionBody,
    ReportBody,
    SafeContactBody,
    SurvivorBody,
)
from services.intake.model import plausible
from services.intake.model.consents import Given, Group, Terms, check_source
from services.intake.model.exclusions import Exclusions, with_accused
from services.intake.model.report import Accused, Child, Report, Reporter, SafeContact, Survivor
from shared.errors import Invalid
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.phones import normalise
from shared.plausible import past

OTHER = "other"
"""Spoken by some survivors; no text can be written in it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads for one country at one moment."""

    country: Jurisdiction
    now: datetime

    def report(self, body: ReportBody) -> Report:
        """The report, as it may be relied on; raises `Invalid` naming the field."""
        self.country.territories.place(body.territory)
        past("claimed_at", body.claimed_at, self.now, plausible.CLAIM_YEARS)
        past("occurred_at", body.occurred_at, self.now)
        past("sexual_violence_at", body.sexual_violence_at, self.now)
        accused = tuple(self._accused(*each) for each in enumerate(body.accused))
        excluded = with_accused(self._exclusions(body.exclusions), accused)
        return Report(
            reporter=Reporter(
                kind=body.reporter.kind,
                name=body.reporter.name,
                phone=self._phone("reporter.phone", body.reporter.phone),
            ),
            received_by_channel=body.received_by_channel,
            claimed_at=body.claimed_at,
            territory=body.territory,
            occurred_at=body.occurred_at,
            immediate_danger=body.immediate_danger,
            needs=self._needs(body.needs),
            danger_signs=tuple(dict.fromkeys(body.danger_signs)),
            sexual_violence_at=body.sexual_violence_at,
            survivor=self._survivor(body.survivor),
            accused=accused,
            children=tuple(_child(*each) for each in enumerate(body.children)),
            safe_contact=self._safe_contact(body.safe_contact, accused),
            excluded=excluded,
            given=tuple(self._given(*each) for each in enumerate(body.consents)),
            text=body.text,
            language=self._language("language", body.language, written=True),
        )

    def _needs(self, needs: list[str]) -> tuple[str, ...]:
        for position, need in enumerate(needs):
            field = f"needs[{position}]"
            self.country.service_type(need, field)
            if need in needs[:position]:
                raise Invalid(field, "is asked for already")
        return tuple(needs)

    def _phone(self, field: str, typed: str | None) -> str | None:
        if typed is None:
            return None
        rules = self.country.profile.phones
        return normalise(typed, rules.country_code, rules.national_digits, field)

    def _language(self, field: str, language: str, *, written: bool = False) -> str:
        known = [each for each in self.country.profile.spoken if not written or each != OTHER]
        if language not in known:
            raise Invalid(field, f"must be one of {', '.join(known)}")
        return language

    def _survivor(self, body: SurvivorBody) -> Survivor:
        local = self.now.astimezone(self.country.zone)
        return Survivor(
            name=body.name,
            age=plausible.age_of(body.age, body.birth_year, local.year),
            birth_year=body.birth_year,
            phone=self._phone("survivor.phone", body.phone),
            address=body.address,
            language=self._language("survivor.language", body.language),
            access_needs=tuple(dict.fromkeys(body.access_needs)),
        )

    def _accused(self, position: int, body: AccusedBody) -> Accused:
        return Accused(
            name=body.name,
            phone=self._phone(f"accused[{position}].phone", body.phone),
            relation=body.relation,
            organisation=body.organisation,
            staff_id=None if body.staff_id is None else body.staff_id.lower(),
        )

    def _safe_contact(
        self, body: SafeContactBody | None, accused: Iterable[Accused]
    ) -> SafeContact | None:
        if body is None:
            return None
        phone = self._phone("safe_contact.phone", body.phone)
        if phone is not None and phone in {each.phone for each in accused}:
            raise Invalid("safe_contact.phone", "is the number of somebody accused")
        if body.channel != "none":
            required = {"phone": body.phone, "days": body.days}
            required |= {"from": body.opens, "to": body.closes}
            for field, value in required.items():
                if not value:
                    raise Invalid(f"safe_contact.{field}", "is needed to reach somebody safely")
        if body.opens is not None and body.opens == body.closes:
            raise Invalid("safe_contact.to", "must not be the same as from")
        return SafeContact(
            channel=body.channel,
            phone=phone,
            days=tuple(dict.fromkeys(body.days)),
            opens=body.opens,
            closes=body.closes,
            who_may_answer=body.who_may_answer,
            leave_message=body.leave_message,
            code_word=body.code_word,
            language=self._language("safe_contact.language", body.language),
        )

    def _exclusions(self, bodies: list[ExclusionBody]) -> Exclusions:
        found: dict[str, list[str]] = {"staff": [], "organisation": [], "place": []}
        for position, body in enumerate(bodies):
            value = body.value.lower()  # as the register and the directory spell ids
            if body.kind == "place":
                value = self.country.territories.area(value, f"exclusions[{position}].value")
            found[body.kind].append(value)
        return Exclusions(
            staff=tuple(found["staff"]),
            organisations=tuple(found["organisation"]),
            places=tuple(found["place"]),
        )

    def _given(self, position: int, body: ConsentBody) -> Given:
        field = f"consents[{position}]"
        kinds = self.country.service_type(body.need, f"{field}.need").kinds
        if body.recipient_kind not in kinds:
            raise Invalid(f"{field}.recipient_kind", f"must be one of {', '.join(kinds)}")
        plausible.ahead(f"{field}.until", body.until, self.now)
        grounds = self.country.profile.grounds
        if body.ground is not None and body.ground not in grounds:
            raise Invalid(f"{field}.ground", f"must be one of {', '.join(grounds)}")
        given = Given(
            terms=Terms(
                need=body.need,
                recipient_kind=body.recipient_kind,
                organisation=body.organisation,
                purpose=body.purpose,
                scope=tuple(group for group in Group if group.value in body.scope),
                given_by=body.given_by.who,
                how=body.how,
                until=body.until,
                ground=body.ground,
                named_person=body.named_person,
            ),
            basis=body.given_by.basis,
        )
        check_source(field, given)
        return given


def _child(position: int, body: ChildBody) -> Child:
    age = plausible.child_age(f"children[{position}].age", body.age)
    return Child(age=age, witness=body.witness, name=body.name)
