"""Routes of people: found by a POST; contacts are masked until they are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response

from services.console.accounts import handlers as accounts
from services.console.accounts.model import AccountState
from services.console.frame.desk import Desk
from services.console.frame.texts import say
from services.console.pages.people.person import CHANNELS, ROLES, Entry, new_staff_id
from services.console.pages.people.showing import PERSON, Keeping, one, show, territories
from services.console.peers.client import PeerRefused
from shared.errors import NotFound
from shared.events.words import SYSTEM
from shared.http.schemas import PathId

router = APIRouter()
A_PAGE = 25
NEW = "new"
"""Stands in the place of a staff id while there is none."""


@router.get("/people")
async def ask(desk: Keeping) -> Response:
    """Whom? And whose reset waits for a second administrator."""
    async with desk.deps.db.transaction(actor=SYSTEM) as tx:
        lines = await accounts.list_accounts(tx)
    waiting = [each for each in lines if each.state is AccountState.RESET_ASKED]
    return await _search(desk, waiting=waiting)


@router.post("/people")
async def search(desk: Keeping) -> Response:
    """Who is called so, or serves there; the question stands in no address, and is recorded."""
    q, organisation = desk.form.text("q", 200), desk.form.text("organisation", 120)
    asked = {
        "q": q or None,
        "organisation": organisation or None,
        "cursor": desk.form.text("cursor", 512) or None,
        "limit": A_PAGE,
    }
    found = await desk.post("notify", "/people/search", asked)
    await desk.searched(PERSON, found=bool(found["people"]))
    return await _search(desk, found=found, q=q, organisation=organisation)


@router.get("/people/new")
async def ask_new(desk: Keeping) -> Response:
    """Nobody yet."""
    language = desk.deps.country.current.profile.languages[0]
    return await _form(desk, NEW, Entry(language=language, roles=("worker",)))


@router.get("/people/{staff_id}")
async def person(desk: Keeping, staff_id: PathId) -> Response:
    """Somebody, without contacts."""
    return await show(desk, staff_id)


@router.post("/people/{staff_id}/contacts")
async def contacts(desk: Keeping, staff_id: PathId) -> Response:
    """With contacts. Recorded before they are shown."""
    return await show(desk, staff_id, contacts=True)


@router.post("/people/{staff_id}/edit")
async def edit(desk: Keeping, staff_id: PathId) -> Response:
    """Their entry to change: it shows contacts, so it is recorded."""
    entry = Entry.of(await one(desk, staff_id))
    await desk.viewed(PERSON, staff_id)
    return await _form(desk, staff_id, entry)


@router.post("/people/{staff_id}/save")
async def save(desk: Keeping, staff_id: PathId) -> Response:
    """As it was typed; what cannot be is said beside its field."""
    entry, at = Entry.typed(desk.form), new_staff_id() if staff_id == NEW else staff_id
    if entry.place and entry.place != desk.form.text("place_chosen"):
        found = (await desk.get("intake", "/territories", q=entry.place))["places"]
        wrong = {} if found else {"place": say("No such place is known. Try the district.")}
        return await _form(desk, staff_id, entry, wrong, found)
    try:
        await desk.put("notify", f"/people/{at}", entry.body())
    except PeerRefused as refused:
        if refused.status != 422:
            raise
        wrong = {each["field"].split("[")[0]: each["message"] for each in refused.errors}
        return await _form(desk, staff_id, entry, wrong)
    return desk.to(f"/people/{at}", "saved")


@router.post("/people/{staff_id}/contact/{channel}/code")
async def send_code(desk: Keeping, staff_id: PathId, channel: str) -> Response:
    """Six digits go there."""
    _known(channel)
    await desk.post("notify", f"/people/{staff_id}/contacts/code", {"channel": channel})
    return desk.to(f"/people/{staff_id}", "code-sent")


@router.post("/people/{staff_id}/contact/{channel}/verify")
async def verify(desk: Keeping, staff_id: PathId, channel: str) -> Response:
    """The digits that they read there."""
    _known(channel)
    code = "".join(desk.form.text("code", 20).split())
    if len(code) != 6 or not (code.isascii() and code.isdecimal()):
        return await show(desk, staff_id, wrong=say("The code has six digits"), status=422)
    body = {"channel": channel, "code": code}
    found = await desk.post("notify", f"/people/{staff_id}/contacts/verify", body)
    if found["verified"]:
        return desk.to(f"/people/{staff_id}", "verified")
    wrong = say("This is not the code. Tries left: %(n)s") % {"n": found["tries"]}
    return await show(desk, staff_id, wrong=wrong, status=422)


def _known(channel: str) -> None:
    if channel not in CHANNELS:
        raise NotFound


async def _search(desk: Desk, **values: Any) -> Response:
    given = {"found": None, "q": "", "organisation": "", "waiting": []} | values
    organisations = await desk.organisations()
    return desk.page(
        "people/search.html",
        organisations=organisations,
        roles={code: say(words) for code, words in ROLES.items()},
        **given,
    )


async def _form(
    desk: Desk,
    staff_id: str,
    entry: Entry,
    wrong: Mapping[str, str] | None = None,
    found: Sequence[Mapping[str, Any]] = (),
) -> Response:
    """``found``: places that were looked for by name, to tick."""
    known = dict((await desk.words()).of("languages"))
    spoken = [(code, known.get(code, code)) for code in desk.deps.country.current.profile.languages]
    organisations = {name: each.name for name, each in (await desk.organisations()).items()}
    own = {entry.organisation: organisations.get(entry.organisation, entry.organisation)}
    return desk.page(
        "people/form.html",
        422 if wrong else 200,
        staff_id=staff_id,
        entry=entry,
        organisations=list((own | organisations).items()),
        spoken=spoken,
        roles=[(code, say(words)) for code, words in ROLES.items()],
        territories=_to_tick(desk, entry, found),
        found=bool(found),
        wrong=wrong or {},
    )


def _to_tick(desk: Desk, entry: Entry, found: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The whole country, what is theirs, and what was found."""
    whole = desk.deps.country.current.territories.rules.country
    known = territories(desk, dict.fromkeys([whole, *entry.territories]))
    return known + [
        (each["code"], _named(each)) for each in found if each["code"] not in entry.territories
    ]


def _named(place: Mapping[str, Any]) -> str:
    """A place and those above it, the nearest first."""
    return ", ".join([place["label"], *(each["label"] for each in reversed(place["path"]))])
