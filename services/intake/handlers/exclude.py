"""Excluding late: more must not know of an incident than was said when it was reported.

Somebody says so, or another report of the same survivor does. It holds here with this transaction,
and everywhere else as soon as it is heard.
"""

from dataclasses import replace

import structlog

from services.intake import visibility
from services.intake.bodies import ExcludeBody
from services.intake.deps import Deps
from services.intake.handlers.parse_report import Reader
from services.intake.model.exclusions import Exclusions, carried
from services.intake.model.incidents import Incident
from services.intake.opening import Opening, tagged
from services.intake.publish import act_of, emit_excluded
from services.intake.store import incidents, units
from services.intake.views import Excluded
from shared.db import Tx
from shared.events import Act
from shared.security.visibility import Viewer

EARLIER_MAX = 20
"""Incidents under one tag of a survivor that a report is held against, the newest."""


async def exclude(
    deps: Deps, tx: Tx, viewer: Viewer, incident_id: str, body: ExcludeBody
) -> Excluded:
    """Adds to whom an incident is hidden from; what it has already changes nothing.

    Whoever may withdraw a consent may. Raises `NotFound` for everybody else. Nothing of an accused
    is kept but tags.
    """
    await visibility.must_take_part(tx, viewer, incident_id)
    await visibility.act_as_system(tx)
    await units.hold(tx)
    incident = await incidents.find(tx, incident_id, incidents.FIND_TO_CHANGE)
    accused, named = Reader(deps.jurisdiction, tx.now).excluded(body)
    others = [each.name for each in body.hidden_from]
    more = tagged(deps, incident.territory, accused, named, others)
    await add(deps, tx, incident, more, act_of(tx, viewer, None))
    return Excluded(incident_id=incident_id)


async def with_earlier(deps: Deps, tx: Tx, viewer: Viewer, opening: Opening) -> Opening:
    """A new incident and the earlier ones of its survivor, each hidden from all whom any of them
    excludes as a person: whoever is accused now must not read on in what was reported before."""
    await visibility.act_as_system(tx)
    await units.hold(tx)
    earlier = await incidents.of_survivor(tx, opening.survivor_tags, EARLIER_MAX)
    newest_first = sorted(earlier, key=lambda each: each.received_at, reverse=True)
    excluded = carried(opening.incident.excluded, (each.excluded for each in newest_first))
    for each in earlier:
        more = carried(each.excluded, [excluded])
        await add(deps, tx, each, more, act_of(tx, viewer, None))
    excluded = await _with_units(tx, excluded)
    return replace(opening, incident=replace(opening.incident, excluded=excluded))


async def _with_units(tx: Tx, excluded: Exclusions) -> Exclusions:
    """The same, and each police unit in which somebody of it serves or did."""
    found = await units.excluded_by(tx, excluded.tags)
    return excluded.and_also(Exclusions(organisations=found))


async def add(
    deps: Deps, tx: Tx, incident: Incident, more: Exclusions, act: Act | None = None
) -> Incident:
    """The incident hidden from more, written and said; as it was if there is nothing more to it."""
    excluded = incident.excluded.and_also(await _with_units(tx, more))
    if excluded is incident.excluded:
        return incident
    changed = replace(incident, excluded=excluded, version=incident.version + 1)
    await incidents.set_excluded(tx, changed)
    emit_excluded(deps, tx, changed, act)
    structlog.get_logger().info("incident.excluded", incident_id=incident.incident_id)
    return changed
