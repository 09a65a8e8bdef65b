"""Reads a report: every word of it judged by the country's files and the clock.

What decides who is asked, how urgently, who must not hear and what may be told is read as it stands
or refused by name, and nothing has been stored then. Anything else that cannot be is left out, and
the report says so (`Report.left_out`): a slip in a side field must not cost somebody their help.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.intake.bodies import (
    TEXT_MAX,
    AccusedBody,
    ChildBody,
    ConsentBody,
    ExcludeBody,
    ExclusionBody,
    ReportBody,
    SafeContactBody,
    SurvivorBody,
)
from services.intake.handlers.side_fields import CUT, NO_CONTACT, TAKEN_AS, SideFields
from services.intake.model import plausible
from services.intake.model.consents import Given, Group, Terms, check_source
from services.intake.model.exclusions import Exclusions, with_accused
from services.intake.model.report import (
    Accused,
    Child,
    Report,
    Reporter,
    SafeContact,
    Survivor,
)
from shared.errors import Invalid
from shared.http.schemas import Unread
from shared.jurisdiction import Jurisdiction
from shared.plausible import past

OTHER = "other"
"""Spoken by some survivors; no text can be written in it. Also a channel that has no name."""


def written(country: Jurisdiction) -> tuple[str, ...]:
    """The languages that a case can be worked in; the last is the country's own."""
    profile = country.profile
    spoken = [each for each in profile.spoken if each not in (OTHER, profile.languages[0])]
    return (*spoken, profile.languages[0])


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one report, for one country at one moment."""

    country: Jurisdiction
    now: datetime
    side: SideFields = field(default_factory=SideFields)

    def report(self, body: ReportBody) -> Report:
        """The report, as it may be relied on; raises `Invalid` naming the field."""
        self.country.territories.place(body.territory)
        past("sexual_violence_at", body.sexual_violence_at, self.now)
        accused = tuple(self._accused(*each) for each in enumerate(body.accused))
        excluded = with_accused(self._exclusions(body.exclusions), accused)
        report = Report(
            reporter=Reporter(
                kind=body.reporter.kind,
                name=self.side.kept("reporter.name", body.reporter.name),
                phone=self._phone("reporter.phone", body.reporter.phone),
            ),
            received_by_channel=self.side.kept("received_by_channel", body.received_by_channel)
            or OTHER,
            claimed_at=self._past("claimed_at", body.claimed_at, plausible.CLAIM_YEARS),
            territory=body.territory,
            occurred_at=self._past("occurred_at", body.occurred_at),
            immediate_danger=body.immediate_danger,
            needs=self.needs(body.needs),
            danger_signs=tuple(dict.fromkeys(body.danger_signs)),
            sexual_violence_at=body.sexual_violence_at,
            survivor=self._survivor(body.survivor),
            accused=accused,
            children=tuple(self.children(body.children)),
            safe_contact=self._safe_contact(body.safe_contact, accused),
            excluded=excluded,
            hidden_from=tuple(each.name for each in body.hidden_from),
            given=tuple(self.given(*each) for each in enumerate(body.consents)),
            text=self._story(body.text),
            language=self._language("language", body.language, written(self.country)),
        )
        return replace(report, left_out=tuple(self.side.left_out))

    def excluded(self, body: ExcludeBody) -> tuple[tuple[Accused, ...], Exclusions]:
        """Who must not know of an incident either: as named, and as excluded by an id or a code.

        Here each field decides who must not hear; raises `Invalid` for the first that cannot be.
        """
        accused = tuple(self._accused(*each) for each in enumerate(body.accused))
        for slip in self.side.left_out:
            raise Invalid(slip.field, slip.message)
        return accused, with_accused(self._exclusions(body.exclusions), accused)

    def numbers(self, body: ReportBody) -> Iterator[tuple[str, str]]:
        """Each telephone number of a report as it is read, with the path of its field."""
        typed = {"reporter.phone": body.reporter.phone, "survivor.phone": body.survivor.phone}
        typed |= {f"accused[{at}].phone": each.phone for at, each in enumerate(body.accused)}
        if isinstance(body.safe_contact, SafeContactBody):
            typed["safe_contact.phone"] = body.safe_contact.phone
        for path, number in typed.items():
            if isinstance(number, str):
                with suppress(Invalid):
                    yield path, self._number(path, number)

    # --- side fields ------------------------------------------------------------------------------

    def _phone(self, path: str, typed: str | Unread | None) -> str | None:
        number = self.side.kept(path, typed)
        return None if number is None else self.side.fit(lambda: self._number(path, number))

    def _past(self, path: str, at: datetime | Unread | None, years: int = 100) -> datetime | None:
        known = self.side.kept(path, at)

        def judged() -> datetime | None:
            past(path, known, self.now, years)
            return known

        return self.side.fit(judged)

    def _story(self, text: str | Unread | None) -> str | None:
        told = self.side.kept("text", text)
        if told is not None and len(told) > TEXT_MAX:
            self.side.leave_out("text", f"longer than {TEXT_MAX} characters", CUT)
            return told[:TEXT_MAX]
        return told

    def _language(self, path: str, said: str | Unread, known: Sequence[str]) -> str:
        """The language that was said; else the last of ``known``."""
        instead = TAKEN_AS.format(known[-1])
        language = self.side.kept(path, said, instead)
        if language in known:
            return str(language)
        if language is not None:
            self.side.leave_out(path, f"must be one of {', '.join(known)}", instead)
        return known[-1]

    def _age(self, body: SurvivorBody) -> tuple[int | None, int | None]:
        """Age and birth year: of two that were told the one that makes her younger."""
        this_year = self.now.astimezone(self.country.zone).year
        told = self.side.kept("survivor.age", body.age)
        born = self.side.kept("survivor.birth_year", body.birth_year)
        age = None if told is None else self.side.fit(lambda: plausible.age_of(told))
        reached = (
            None if born is None else self.side.fit(lambda: plausible.age_born(born, this_year))
        )
        if age is None or reached is None:
            return (age, None) if reached is None else (reached, born)
        dropped = "age" if reached <= age else "birth_year"
        self.side.leave_out(f"survivor.{dropped}", "give either a birth year or an age")
        return (reached, born) if dropped == "age" else (age, None)

    def children(self, bodies: list[ChildBody]) -> Iterator[Child]:
        """The children; one of no known age is a child, and who is grown up is none."""
        for at, body in enumerate(bodies):
            age = self.side.kept(f"children[{at}].age", body.age)
            if age is not None and age >= plausible.ADULT:
                self.side.leave_out(f"children[{at}]", f"a child is under {plausible.ADULT}")
                continue
            name = self.side.kept(f"children[{at}].name", body.name)
            yield Child(age=age, witness=body.witness, name=name)

    def _survivor(self, body: SurvivorBody) -> Survivor:
        age, birth_year = self._age(body)
        needs = self.side.kept("survivor.access_needs", body.access_needs) or []
        kept = (
            self.side.kept(f"survivor.access_needs[{at}]", each) for at, each in enumerate(needs)
        )
        return Survivor(
            name=self.side.kept("survivor.name", body.name),
            age=age,
            birth_year=birth_year,
            phone=self._phone("survivor.phone", body.phone),
            address=self.side.kept("survivor.address", body.address),
            language=self._language(
                "survivor.language", body.language, self.country.profile.spoken
            ),
            access_needs=tuple(dict.fromkeys(each for each in kept if each is not None)),
        )

    def _accused(self, position: int, body: AccusedBody) -> Accused:
        path = f"accused[{position}]"
        return Accused(
            name=self.side.kept(f"{path}.name", body.name),
            phone=self._phone(f"{path}.phone", body.phone),
            relation=self.side.kept(f"{path}.relation", body.relation),
            organisation=body.organisation,
            staff_id=None if body.staff_id is None else body.staff_id.lower(),
        )

    def _safe_contact(
        self, body: SafeContactBody | Unread | None, accused: Sequence[Accused]
    ) -> SafeContact | None:
        """How she may be reached; in doubt, that she may not: with none at all on record, the
        number that she gave as her own would be bound to no hours."""
        if body is None or (isinstance(body, Unread) and body.blank):
            return None
        contact = self.side.kept("safe_contact", body, NO_CONTACT)
        fit = None if contact is None else self.side.fit(lambda: self._reach(contact), NO_CONTACT)
        if fit is None:
            return SafeContact(channel="none", language=OTHER, leave_message=False)
        if fit.phone is not None and fit.phone in {each.phone for each in accused}:
            self.side.leave_out("safe_contact.phone", "is given for somebody else too")
            return replace(fit, phone=None)
        return fit

    def _reach(self, body: SafeContactBody) -> SafeContact:
        """Raises `Invalid` for what could do harm."""
        if body.channel != "none":
            for name, value in {"days": body.days, "from": body.opens, "to": body.closes}.items():
                if not value:
                    raise Invalid(f"safe_contact.{name}", "is needed to reach somebody safely")
        if body.opens is not None and body.opens == body.closes:
            raise Invalid("safe_contact.to", "must not be the same as from")
        spoken = self.country.profile.spoken
        if body.language not in spoken:
            raise Invalid("safe_contact.language", f"must be one of {', '.join(spoken)}")
        return SafeContact(
            channel=body.channel,
            phone=self._phone("safe_contact.phone", body.phone),
            days=tuple(dict.fromkeys(body.days)),
            opens=body.opens,
            closes=body.closes,
            who_may_answer=body.who_may_answer,
            leave_message=body.leave_message,
            code_word=body.code_word,
            language=body.language,
        )

    # --- what is read as it stands, or refused ----------------------------------------------------

    def _number(self, path: str, typed: str) -> str:
        return self.country.phone(typed, path)

    def needs(self, needs: list[str]) -> tuple[str, ...]:
        """What is asked for; raises `Invalid` for what there is not, and for what stands twice."""
        for position, need in enumerate(needs):
            path = f"needs[{position}]"
            self.country.service_type(need, path)
            if need in needs[:position]:
                raise Invalid(path, "is asked for already")
        return tuple(needs)

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

    def given(self, position: int, body: ConsentBody) -> Given:
        """What was allowed, as it may be relied on; raises `Invalid`."""
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
