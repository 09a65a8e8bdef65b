"""Showing somebody: their entry, what stands of their account, their telephones."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Response

from services.console.accounts import handlers as accounts
from services.console.accounts.model import AccountLine
from services.console.devices import handlers as devices
from services.console.devices.model import Device
from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import later, say
from services.console.pages.people.person import CHANNELS, ROLES
from services.console.sessions import handlers as sessions
from services.console.sessions.model import Session, SessionKind
from shared.db import Tx
from shared.errors import NotFound
from shared.events.words import SYSTEM, Role

Keeping = Annotated[Desk, Depends(somebody(Role.ADMINISTRATOR))]
SAID = {
    "saved": later("Saved. It holds from now on."),
    "code-sent": later("A code is on its way. Ask them to read it to you."),
    "verified": later("Right. Who reads there is them."),
    "reset-asked": later("Asked for. Another administrator has to confirm it within a day."),
    "sessions-ended": later("They are signed out everywhere."),
    "revoked": later("That telephone opens nothing any more."),
}
PERSON = "person"
"""What a record of the register is called where it is recorded who saw it."""


@dataclass(frozen=True, slots=True)
class Access:
    """By what somebody gets in, as far as the console has it."""

    account: AccountLine | None
    sessions: list[Session] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)


async def one(desk: Desk, staff_id: str) -> dict[str, Any]:
    """Somebody's whole entry; raises `NotFound`."""
    asked = {"q": staff_id, "limit": 50}
    found = (await desk.post("notify", "/people/search", asked))["people"]
    person: dict[str, Any] | None = next(
        (each for each in found if each["staff_id"] == staff_id), None
    )
    if person is None:
        raise NotFound
    return person


async def show(
    desk: Desk, staff_id: str, *, contacts: bool = False, wrong: str = "", status: int = 200
) -> Response:
    """Their page; ``contacts``: with numbers and addresses, which is recorded first."""
    person = await one(desk, staff_id)
    if contacts:
        await desk.viewed(PERSON, staff_id)
    async with desk.deps.db.transaction(actor=SYSTEM) as tx:
        access = await _access(tx, staff_id)
    organisations = await desk.organisations()
    known = organisations.get(person["organisation"])
    return desk.page(
        "people/person.html",
        status,
        person=person,
        organisation=known.name if known else person["organisation"],
        roles=[say(ROLES.get(each, each)) for each in person["roles"]],
        words=await desk.words(),
        territories=[name for _, name in territories(desk, person["territories"])],
        contacts=contacts,
        channels=CHANNELS,
        access=access,
        may_have_telephone=SessionKind.OFFICER.allows(
            frozenset(person["roles"]), person["organisation_kind"]
        ),
        wrong=wrong,
        told=desk.told(SAID),
    )


async def _access(tx: Tx, staff_id: str) -> Access:
    lines = await accounts.list_accounts(tx)
    return Access(
        next((each for each in lines if each.staff_id == staff_id), None),
        await sessions.of_staff(tx, staff_id),
        await devices.of_staff(tx, staff_id),
    )


def territories(desk: Desk, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Territories with their names; the country's own prefix is the whole of it."""
    country = desk.deps.country.current
    whole = country.profile.names.get(desk.language, "")
    return [
        (code, country.territories.name_of(code, desk.language) or whole or code) for code in codes
    ]
