"""Routes of aid: the register of a year, an entry with its story, entering by a decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from services.console.frame.desk import Desk
from services.console.frame.forms import Form
from services.console.frame.texts import say
from services.console.pages.committee import registers
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
from services.console.pages.committee.registers import Year, holds, spaced, years
from services.console.pages.committee.words import ACTIONS, label
from services.console.peers.client import PeerRefused
from shared.http.pages import Cursor
from shared.http.schemas import PathId

router = APIRouter()
AT = "/committee/aid"
REGISTER = "aid"
GIVING = frozenset({"aid-cash", "aid-house", "aid-other", "restore-documents"})
"""What a decision asks for by which something is given."""
FIELDS = ("given_on", "kind", "som", "source", "public_id")


@dataclass(slots=True)
class Typed:
    """The fields of the form, as they were typed."""

    given_on: str
    kind: str = "cash"
    som: str = ""
    source: str = ""
    public_id: str = ""

    @classmethod
    def of(cls, form: Form) -> "Typed":
        """Out of a form."""
        return cls(*(form.text(each, 40) for each in FIELDS))

    @classmethod
    def again(cls, entry: Mapping[str, Any]) -> "Typed":
        """As an entry stands, to be corrected."""
        return cls(*("" if entry[each] is None else str(entry[each]) for each in FIELDS))

    def wrong(self) -> Wrong:
        """What is no number, or not there at all."""
        wrong: Wrong = {}
        if not self.given_on:
            wrong["given_on"] = say("On which day was it given?")
        som = self.som.replace(" ", "")
        if som and not (som.isascii() and som.isdecimal()):
            wrong["som"] = say("Numbers only, please")
        elif not som and self.kind == "cash":
            wrong["som"] = say("How much, in som?")
        return wrong

    def body(self, decision: Mapping[str, Any], replaces: str | None) -> dict[str, Any]:
        """As the service takes it."""
        return {
            "matter_id": decision["matter_id"],
            "decision_id": decision["decision_id"],
            "kind": self.kind,
            "source": self.source,
            "given_on": self.given_on,
            "som": int(self.som.replace(" ", "")) if self.som else None,
            "public_id": self.public_id or None,
            "replaces": replaces,
        }


@router.get(AT)
async def register(desk: Sitting, year: Year = None, cursor: Cursor | None = None) -> Response:
    """That of a year, latest first."""
    year = year or desk.today.year
    found = await desk.get(SERVICE, "/aid", year=year, cursor=cursor)
    return show(
        desk,
        "aid/list.html",
        aid=found["aid"],
        next=found.get("next"),
        year=year,
        years=years(year, desk.today.year),
        keeps=await keeps(desk),
        spaced=spaced,
        words=await desk.words(SERVICE),
        told=desk.told(registers.SAID),
    )


@router.post(f"{AT}/table")
async def table(desk: Sitting) -> Response:
    """That of a year to take along."""
    return await desk.table(SERVICE, "/aid.csv", REGISTER, year=desk.form.text("year", 4))


@router.get(f"{AT}/print")
async def paper(desk: Sitting, year: Year = None) -> Response:
    """That of a year on paper."""
    year = year or desk.today.year
    found = await desk.get(SERVICE, "/aid", year=year, limit=registers.MOST)
    return show(
        desk,
        "aid/paper.html",
        committee=await own(desk),
        aid=found["aid"][::-1],
        total=sum(each["som"] or 0 for each in found["aid"]),
        whole=found.get("next") is None,
        year=year,
        spaced=spaced,
        words=await desk.words(SERVICE),
    )


@router.get(f"{AT}/new")
async def choose(desk: Keeping) -> Response:
    """By which decision?"""
    found = await _decisions(desk)
    return show(
        desk,
        "aid/choose.html",
        giving=[each for each in found if each["what"] in GIVING],
        others=[each for each in found if each["what"] not in GIVING],
        acts=ACTIONS,
        label=label,
    )


@router.get(f"{AT}/by/{{decision_id}}")
async def ask_new(desk: Keeping, decision_id: PathId) -> Response:
    """An empty form for what was given by a decision."""
    decision = await _decision(desk, decision_id)
    return await _form(desk, decision, Typed(desk.today.isoformat()), new_id())


@router.post(f"{AT}/by/{{decision_id}}")
async def new(desk: Keeping, decision_id: PathId) -> Response:
    """It is entered."""
    return await _save(desk, await _decision(desk, decision_id), None)


@router.get(f"{AT}/{{entry_id}}")
async def one(desk: Sitting, entry_id: PathId) -> Response:
    """An entry with its story."""
    story = await registers.story(desk, REGISTER, entry_id)
    return show(
        desk,
        "aid/one.html",
        story=story,
        holds=holds(story),
        keeps=await keeps(desk),
        last=story[-1],
        spaced=spaced,
        words=await desk.words(SERVICE),
        told=desk.told(registers.SAID),
    )


@router.get(f"{AT}/{{entry_id}}/correct")
async def ask_correction(desk: Keeping, entry_id: PathId) -> Response:
    """The form, as the entry stands."""
    entry = holds(await registers.story(desk, REGISTER, entry_id))
    if entry is None:
        return desk.to(f"{AT}/{entry_id}")
    decision = await _decision(desk, entry["decision_id"])
    return await _form(desk, decision, Typed.again(entry), new_id(), entry["entry_id"])


@router.post(f"{AT}/{{entry_id}}/correct")
async def correct(desk: Keeping, entry_id: PathId) -> Response:
    """It is replaced."""
    entry = (await registers.story(desk, REGISTER, entry_id))[-1]
    return await _save(desk, await _decision(desk, entry["decision_id"]), entry_id)


@router.get(f"{AT}/{{entry_id}}/withdraw")
async def ask_withdrawal(desk: Keeping, entry_id: PathId) -> Response:
    """Why?"""
    return await registers.ask_withdrawal(desk, f"{AT}/{entry_id}")


@router.post(f"{AT}/{{entry_id}}/withdraw")
async def withdraw(desk: Keeping, entry_id: PathId) -> Response:
    """It was entered in error."""
    return await registers.withdraw(desk, REGISTER, entry_id)


async def _decisions(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await desk.get(SERVICE, "/aid-decisions"))["decisions"]
    return found


async def _decision(desk: Desk, decision_id: str) -> dict[str, Any]:
    """One, however old; raises `PeerRefused` for none."""
    found: dict[str, Any] = await desk.get(SERVICE, f"/aid-decisions/{decision_id}")
    return found


async def _save(desk: Desk, decision: Mapping[str, Any], replaces: str | None) -> Response:
    typed = Typed.of(desk.form)
    wrong, entry_id = typed.wrong(), desk.form.text("entry_id", 64)
    if not wrong:
        try:
            await desk.put(SERVICE, f"/aid/{entry_id}", typed.body(decision, replaces))
        except PeerRefused as refused:
            wrong = wrong_of(refused)
    if wrong:
        return await _form(desk, decision, typed, entry_id, replaces, wrong)
    return desk.to(f"{AT}/{entry_id}", "corrected" if replaces else "entered")


async def _form(
    desk: Desk,
    decision: Mapping[str, Any],
    typed: Typed,
    entry_id: str,
    replaces: str | None = None,
    wrong: Wrong | None = None,
) -> Response:
    return show(
        desk,
        "aid/form.html",
        decision=decision,
        cases=[(each, each) for each in decision["cases"]],
        typed=typed,
        entry_id=entry_id,
        replaces=replaces,
        wrong=wrong,
        words=await desk.words(SERVICE),
        what=label(ACTIONS, decision["what"]),
    )
