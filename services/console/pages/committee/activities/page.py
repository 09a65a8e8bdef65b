"""Routes of activities: the register of a year, an entry with its story, entering, correcting."""

from typing import Any, Literal

from fastapi import APIRouter, Response

from services.console.frame.desk import Desk
from services.console.frame.texts import later
from services.console.frame.vocabulary import Words
from services.console.pages.committee import registers
from services.console.pages.committee.activities.typed import KINDS, Group, Typed, name
from services.console.pages.committee.activities.where import Where
from services.console.pages.committee.house import (
    SERVICE,
    Keeping,
    Sitting,
    Wrong,
    keeps,
    new_id,
    own,
    show,
    wrong_of,
)
from services.console.pages.committee.registers import Year, holds, years
from services.console.peers.client import PeerRefused
from shared.errors import NotFound
from shared.http.pages import Cursor
from shared.http.schemas import PathId

router = APIRouter()
AT = "/committee/activities"
REGISTER = "activities"
OneKind = Literal["meeting", "training", "informing"]
NEW = {
    "meeting": later("A prevention meeting…"),
    "training": later("A training…"),
    "informing": later("Informing…"),
}


@router.get(AT)
async def register(
    desk: Sitting, year: Year = None, kind: OneKind | None = None, cursor: Cursor | None = None
) -> Response:
    """Those of a year, latest first."""
    year = year or desk.today.year
    found = await desk.get(SERVICE, "/activities", year=year, kind=kind, cursor=cursor)
    return show(
        desk,
        "activities/list.html",
        activities=found["activities"],
        next=found.get("next"),
        year=year,
        years=years(year, desk.today.year),
        keeps=await keeps(desk),
        kind=kind,
        new=NEW,
        words=await desk.words(SERVICE),
        people=people,
        told=desk.told(registers.SAID),
    )


@router.post(f"{AT}/table")
async def table(desk: Sitting) -> Response:
    """Those of a year to take along."""
    return await desk.table(SERVICE, "/activities.csv", REGISTER, year=desk.form.text("year", 4))


@router.get(f"{AT}/print")
async def paper(desk: Sitting, year: Year = None) -> Response:
    """Those of a year on paper."""
    year = year or desk.today.year
    found = await desk.get(SERVICE, "/activities", year=year, limit=registers.MOST)
    return show(
        desk,
        "activities/paper.html",
        committee=await own(desk),
        activities=found["activities"][::-1],
        whole=found.get("next") is None,
        year=year,
        words=await desk.words(SERVICE),
        people=people,
        by_sex=by_sex,
    )


@router.get(f"{AT}/new")
async def ask_new(desk: Keeping, kind: OneKind = "meeting") -> Response:
    """An empty form for one kind."""
    here = Where.here(await own(desk))
    return await _form(desk, Typed(kind, here, happened_on=desk.today.isoformat()), new_id())


@router.post(f"{AT}/new")
async def new(desk: Keeping) -> Response:
    """It is entered."""
    return await _save(desk, desk.form.text("kind", 20), None)


@router.get(f"{AT}/{{entry_id}}")
async def one(desk: Sitting, entry_id: PathId) -> Response:
    """An entry with its story."""
    story = await registers.story(desk, REGISTER, entry_id)
    words = await desk.words(SERVICE)
    return show(
        desk,
        "activities/one.html",
        story=story,
        holds=holds(story),
        keeps=await keeps(desk),
        last=story[-1],
        words=words,
        people=people,
        groups=_groups(words),
        told=desk.told(registers.SAID),
    )


@router.get(f"{AT}/{{entry_id}}/correct")
async def ask_correction(desk: Keeping, entry_id: PathId) -> Response:
    """The form, as the entry stands."""
    entry = holds(await registers.story(desk, REGISTER, entry_id))
    if entry is None:
        return desk.to(f"{AT}/{entry_id}")
    typed = Typed.again(entry, Where.here(await own(desk)))
    return await _form(desk, typed, new_id(), entry["entry_id"])


@router.post(f"{AT}/{{entry_id}}/correct")
async def correct(desk: Keeping, entry_id: PathId) -> Response:
    """It is replaced."""
    return await _save(desk, desk.form.text("kind", 20), entry_id)


@router.get(f"{AT}/{{entry_id}}/withdraw")
async def ask_withdrawal(desk: Keeping, entry_id: PathId) -> Response:
    """Why?"""
    return await registers.ask_withdrawal(desk, f"{AT}/{entry_id}")


@router.post(f"{AT}/{{entry_id}}/withdraw")
async def withdraw(desk: Keeping, entry_id: PathId) -> Response:
    """It was entered in error."""
    return await registers.withdraw(desk, REGISTER, entry_id)


async def _save(desk: Desk, kind: str, replaces: str | None) -> Response:
    if kind not in KINDS:
        raise NotFound
    typed = Typed.of(desk.form, kind, _groups(await desk.words(SERVICE)))
    typed.where, lost = await typed.where.looked_for(desk)
    wrong, entry_id = typed.wrong() | lost, desk.form.text("entry_id", 64)
    if not wrong:
        try:
            await desk.put(SERVICE, f"/activities/{entry_id}", typed.body(replaces))
        except PeerRefused as refused:
            wrong = wrong_of(refused)
    if wrong:
        return await _form(desk, typed, entry_id, replaces, wrong)
    return desk.to(f"{AT}/{entry_id}", "corrected" if replaces else "entered")


async def _form(
    desk: Desk,
    typed: Typed,
    entry_id: str,
    replaces: str | None = None,
    wrong: Wrong | None = None,
) -> Response:
    words = await desk.words(SERVICE)
    return show(
        desk,
        "activities/form.html",
        typed=typed,
        entry_id=entry_id,
        replaces=replaces,
        wrong=wrong,
        words=words,
        name=name,
    )


def _groups(words: Words) -> list[Group]:
    """Each sex with each age band, as the form has them."""
    bands, sexes = words.of("age_bands"), words.of("sexes")
    return [(sex, band) for band, _ in bands for sex, _ in sexes]


def people(entry: dict[str, Any]) -> int:
    """How many were there, or were reached."""
    reach: int | None = entry["reach"]
    return sum(each["count"] for each in entry["present"]) if reach is None else reach


def by_sex(entry: dict[str, Any], sex: str) -> int:
    """How many of one sex were there."""
    return sum(each["count"] for each in entry["present"] if each["sex"] == sex)
