"""Consents that come later than the report: a need that waited for one is referred at once.

What is in force already is not written twice, so the same body sent again changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from services.intake import visibility
from services.intake.bodies import ConsentsBody
from services.intake.deps import Deps
from services.intake.handlers.answering import answered
from services.intake.handlers.parse_report import Reader
from services.intake.model.consents import Consent, Given, standing
from services.intake.model.incidents import Incident
from services.intake.model.needs import Need, Supposed, further_needs, record_consents
from services.intake.model.persons import basis_of
from services.intake.model.plausible import CLAIM_YEARS
from services.intake.publish import act_of, emit_given
from services.intake.store import consents, incidents, persons
from services.intake.vault import seal
from services.intake.views import ConsentsGiven, ConsentView
from shared.db import Tx
from shared.errors import NotFound
from shared.plausible import past
from shared.security.visibility import Viewer


@dataclass(frozen=True, slots=True)
class _Found:
    """One consent that was asked for: as it would be new, and as it is in force already, if so."""

    given: Given
    asked: Consent
    stands: Consent | None


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was asked for (``found``), the needs and consents there are, and needs to be opened."""

    found: list[_Found]
    needs: list[Need]
    further: tuple[Need, ...]
    consents: list[Consent]

    @property
    def new(self) -> list[_Found]:
        """What is in force not yet."""
        return [each for each in self.found if each.stands is None]


async def give_consents(
    deps: Deps, tx: Tx, viewer: Viewer, incident_id: str, body: ConsentsBody
) -> ConsentsGiven:
    """Records what was allowed; what it is for is opened if the incident has no such need.

    Whoever may withdraw a consent may. Raises `NotFound` for everybody else, and `Invalid` as a
    report does.
    """
    await visibility.must_take_part(tx, viewer, incident_id)
    incident = await incidents.find(tx, incident_id, incidents.FIND_TO_CHANGE)
    past("claimed_at", body.claimed_at, tx.now, CLAIM_YEARS)
    past("sexual_violence_at", body.sexual_violence_at, tx.now)
    judged = await _judge(deps, tx, viewer, incident, body)
    if judged.new:
        changed = replace(incident, version=incident.version + 1)
        await _save(deps, tx, viewer, changed, judged)
        held = [*judged.consents, *(each.asked for each in judged.new)]
        concerned = {each.asked.need_id for each in judged.new}
        for need in (*judged.needs, *judged.further):
            if need.need_id in concerned:
                emit_given(tx, changed, need, held, act_of(tx, viewer, body.claimed_at))
    shown = [ConsentView.of(each.stands or each.asked) for each in judged.found]
    return ConsentsGiven(incident_id=incident_id, consents=shown)


async def _judge(
    deps: Deps, tx: Tx, viewer: Viewer, incident: Incident, body: ConsentsBody
) -> _Judged:
    reader = Reader(deps.jurisdiction, tx.now)
    given = [reader.given(*each) for each in enumerate(body.consents)]
    so_far = await incidents.needs_of(tx, [incident.incident_id])
    needs = [each.need for each in so_far.get(incident.incident_id, [])]
    lacking = Supposed(needs=_lacking(needs, given), sexual_violence_at=body.sexual_violence_at)
    further = further_needs(lacking, incident.urgency, deps.law, tx.now, tx.ids.new)
    asked = record_consents(given, (*needs, *further), (), deps.law, tx.ids.new)
    asked = await answered(tx, viewer, incident.excluded, asked)
    before = await consents.of_incident(tx, incident.incident_id)
    found = [
        _Found(one, new, standing(before, new, tx.now))
        for one, new in zip(given, asked, strict=True)
    ]
    return _Judged(found, needs, further, before)


async def _save(deps: Deps, tx: Tx, viewer: Viewer, incident: Incident, judged: _Judged) -> None:
    incident_id, new = incident.incident_id, judged.new
    await incidents.set_version(tx, incident_id, incident.version)
    await incidents.add_needs(tx, incident_id, judged.further, first=len(judged.needs))
    added = [each.asked for each in new]
    await consents.add(tx, incident_id, added, viewer.staff_id, first=len(judged.consents))
    await _keep_bases(deps, tx, incident_id, new)


def _lacking(there: Sequence[Need], given: Iterable[Given]) -> tuple[str, ...]:
    """The service types that the incident has no need of yet, each once."""
    known = {need.service_type for need in there}
    wanted = dict.fromkeys(each.terms.need for each in given)
    return tuple(each for each in wanted if each not in known)


async def _keep_bases(deps: Deps, tx: Tx, incident_id: str, new: Iterable[_Found]) -> None:
    """Seals on what basis somebody spoke for the survivor, under the survivor's own key."""
    bases = {each.asked.consent_id: each.given.basis for each in new if each.given.basis}
    if not bases:
        return
    person_id = await persons.survivor(tx, incident_id)
    found = await deps.keys.find([person_id])
    if person_id not in found:  # erased: nothing more is written of them
        raise NotFound
    key = deps.vault.unwrap(found[person_id])
    for consent_id, basis in bases.items():
        group = basis_of(consent_id)
        sealed = seal(key, person_id, group, {consent_id: basis})
        await persons.add_group(tx, person_id, group, sealed)
