"""Directory as it runs now, for those who answer for it: organisations, services, free places."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.referral.bodies import Listed
from services.referral.deps import Deps
from services.referral.directory.model import Organisation, Service
from services.referral.handlers.places import Room, must_serve, rooms
from services.referral.store.lists import InDirectory
from shared.db import Tx
from shared.http.pages import Page, filled
from shared.security.visibility import Viewer


@dataclass(frozen=True, slots=True)
class Entry:
    """An organisation with its services."""

    organisation: Organisation
    services: list[Room]


async def directory(tx: Tx, deps: Deps, viewer: Viewer, wanted: Listed) -> Page[Entry]:
    """Organisations by id, those that are asked for."""
    await must_serve(tx, deps, viewer)
    services: dict[str, list[Service]] = {}
    for each in sorted(deps.directory.services.values(), key=lambda each: each.id):
        if wanted.service_type in (None, each.service_type):
            services.setdefault(each.organisation, []).append(each)
    found = [
        each
        for each in sorted(deps.directory.organisations.values(), key=lambda each: each.id)
        if wanted.organisation in (None, each.id)
        and wanted.kind in (None, each.kind)
        and (wanted.service_type is None or each.id in services)
    ]

    async def read(
        after: InDirectory | None, most: int
    ) -> list[tuple[InDirectory, Organisation | None]]:
        behind = [each for each in found if after is None or each.id > after.id]
        return [(InDirectory(id=each.id), each) for each in behind[:most]]

    page = await filled(read, InDirectory.at(wanted.cursor), wanted.limit)
    shown = [one for each in page.rows for one in services.get(each.id, ())]
    by_id = {room.service.id: room for room in await rooms(tx, shown)}
    entries = [
        Entry(each, [by_id[one.id] for one in services.get(each.id, ())]) for each in page.rows
    ]
    return Page(entries, page.next)


def called(deps: Deps, organisations: Iterable[str]) -> list[Organisation]:
    """These organisations, without those that are no more."""
    known = deps.directory.organisations
    return [known[each] for each in organisations if each in known]


def near(deps: Deps, territory: str) -> list[Organisation]:
    """Organisations of the oblast of a place, and those that serve beyond it, by name. Raises
    `Invalid` for a code that is none."""
    territories = deps.jurisdiction.territories
    oblast = territories.place(territory, "near").code[: territories.rules.levels[0].digits]

    def is_there(code: str) -> bool:
        return code.startswith(oblast) or oblast.startswith(code)

    found = [
        each
        for each in deps.directory.organisations.values()
        if any(is_there(code) for code in each.territories)
    ]
    return sorted(found, key=lambda each: each.name)
