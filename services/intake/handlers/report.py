"""Taking a report: once, whatever the network does, or not at all."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace

from services.intake.bodies import ReportBody
from services.intake.deps import Deps
from services.intake.handlers.answering import answered
from services.intake.handlers.exclude import with_earlier
from services.intake.handlers.parse_report import Reader
from services.intake.model.incidents import View
from services.intake.opening import Opening, open_incident
from services.intake.publish import emit_reported
from services.intake.store import consents, drafts, incidents, persons, requests
from services.intake.store.incidents import NeedSoFar
from services.intake.store.requests import Answered
from services.intake.views import Notice, ReadAs, Taken, incident_view, need_view
from shared.db import Tx
from shared.errors import Conflict, Invalid, NotFound
from shared.events.canonical import canonical
from shared.security.visibility import Viewer

KEY = "Idempotency-Key"


class InFlight(Conflict):
    """The same request is being worked on right now: ask again in a moment."""

    def __init__(self) -> None:
        super().__init__("a request with this key is being worked on")


async def report_once(deps: Deps, tx: Tx, viewer: Viewer, key: str, body: ReportBody) -> Taken:
    """Takes a report, or answers as it did when this caller first sent it under this key.

    The numbers in the answer are read anew each time: they are kept under seal alone.

    Raises `InFlight` while it is being taken elsewhere, and `Invalid` for another body under a key
    that was used, or for a report that cannot be.
    """
    if not await requests.lock(tx, viewer.staff_id, key):
        raise InFlight
    digests = _digests(deps, body)
    known = await requests.find(tx, viewer.staff_id, key)
    if known is None:
        answer = await _report(deps, tx, viewer, body)
        answered = Answered(digests[0], answer.model_dump_json())
        await requests.keep(tx, viewer.staff_id, key, answered)
    elif known.fingerprint in (*digests, *_digests(deps, body, told_apart=True)):
        answer = Taken.model_validate_json(known.answer)
    else:
        raise Invalid(KEY, "was used for another report")
    numbers = Reader(deps.jurisdiction, tx.now).numbers(body)
    return answer.model_copy(
        update={"read": [ReadAs(field=at, value=e164) for at, e164 in numbers]}
    )


async def taken(tx: Tx, viewer: Viewer, key: str) -> Taken:
    """What was answered under this key; raises `NotFound` where the caller sent nothing under it.

    For whoever sends twice and has nothing left to send: the draft went with the first time.
    """
    known = await requests.find(tx, viewer.staff_id, key)
    if known is None:
        raise NotFound
    return Taken.model_validate_json(known.answer)


def _digests(deps: Deps, body: ReportBody, *, told_apart: bool = False) -> Sequence[bytes]:
    """Digests of what was asked, the newest key's first.

    What is said outright and what goes without saying (null, an empty list) are one report;
    ``told_apart``: as the release before took them.
    """
    said = body.model_dump(
        mode="json", by_alias=True, exclude_unset=told_apart, exclude_defaults=not told_apart
    )
    return deps.vault.fingerprints(canonical(said))


async def _report(deps: Deps, tx: Tx, viewer: Viewer, body: ReportBody) -> Taken:
    reader = Reader(deps.jurisdiction, tx.now)
    draft_id = reader.side.kept("draft", body.draft)
    report = reader.report(body)
    if draft_id is not None:  # while it is the caller who acts; it may be gone already
        await drafts.end(tx, viewer.staff_id, draft_id)
    opening = open_incident(deps, viewer, report, tx.now, tx.ids.new)
    opening = await with_earlier(deps, tx, viewer, opening)
    excluded = opening.incident.excluded
    given = await answered(tx, viewer, excluded, opening.consents)
    opening = replace(opening, consents=given)
    await _save(deps, tx, opening)
    emit_reported(deps, tx, viewer, opening)
    raion = deps.raion(report.territory, viewer.language)
    view = View.LAY if opening.incident.lay else View.REPORTER
    needs = [need_view(NeedSoFar(need), opening.consents, view, tx.now) for need in opening.needs]
    shown = incident_view(opening.incident, raion, needs, opening.consents, view)
    notices = [Notice(**asdict(each)) for each in report.left_out]
    return Taken(**dict(shown), notices=notices)


async def _save(deps: Deps, tx: Tx, opening: Opening) -> None:
    made = [deps.vault.new_key(person.person_id) for person in opening.people]
    # keys are committed before what is sealed under them, but need not be waited for before that
    keeping = asyncio.ensure_future(  # noqa: RUF006 - awaited below, whatever happens
        deps.keys.keep([wrapped for _, wrapped in made])
    )
    try:
        keys = {wrapped.person_id: key for key, wrapped in made}
        incident_id = opening.incident.incident_id
        await incidents.add(tx, opening.incident, opening.needs)
        await incidents.add_survivor(tx, opening.incident, opening.survivor_tags)
        await consents.add(tx, incident_id, opening.consents, opening.incident.entered_by)
        await persons.add(tx, incident_id, opening.people, keys)
    finally:
        await keeping
