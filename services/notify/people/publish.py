"""Publishing of the register: who belongs where, as `StaffChanged`, whenever it is otherwise."""

from collections.abc import Iterable
from hashlib import sha256

from services.notify.people import store
from services.notify.people.exclusions import Exclusions
from services.notify.people.model import Person
from shared.db import Tx
from shared.events import Act
from shared.events.notify import StaffChanged


def body_of(person: Person, exclusions: Exclusions) -> StaffChanged:
    """What others are told of somebody: always in the same order."""
    return StaffChanged(
        staff_id=person.staff_id,
        organisation=person.organisation,
        roles=tuple(sorted(person.roles)),
        active=person.active,
        tags=tuple(sorted(exclusions.tags(person))),
        organisation_kind=person.organisation_kind,
    )


def fingerprint(body: StaffChanged) -> str:
    """SHA-256 of what is said: another one is said anew."""
    return sha256(body.model_dump_json().encode()).hexdigest()


async def emit_changed(
    tx: Tx, exclusions: Exclusions, people: Iterable[Person], act: Act | None = None
) -> None:
    """Emits what is otherwise than was last said of these people, whose rows this transaction
    holds, each in its next version."""
    bodies = {person.staff_id: body_of(person, exclusions) for person in people}
    prints = {staff_id: fingerprint(body) for staff_id, body in bodies.items()}
    for staff_id, version in await store.mark_said(tx, prints):
        tx.emit(bodies[staff_id], subject=staff_id, version=version, act=act)
