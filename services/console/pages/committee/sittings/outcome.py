"""Routes of what came of an item: heard, voted, decided; each decision with who does it by when."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Response

from services.console.frame.desk import Desk
from services.console.frame.texts import say
from services.console.pages.committee.house import SERVICE, Keeping, Wrong, show
from services.console.pages.committee.plan.words import WORKS
from services.console.pages.committee.sittings import table
from services.console.pages.committee.sittings.table import Table
from services.console.pages.committee.sittings.words import CONTROLS, RESULTS, TOPICS
from services.console.pages.committee.words import ACTIONS, bodies, label, options
from services.console.peers.client import PeerRefused
from shared.http.schemas import PathId

router = APIRouter()
VOTES = ("in_favour", "against", "abstained")
PARTS = ("what", "body", "person", "due", "control")
MOST = 20
"""Decisions of an item that are read of a form."""
USUAL = timedelta(days=30)
"""When a decision is offered to be done by."""


@router.get("/committee/sittings/{sitting_id}/agenda/{item_id}/outcome")
async def ask(desk: Keeping, sitting_id: PathId, item_id: PathId) -> Response:
    """What came of it?"""
    found = await table.read(desk, sitting_id)
    return _form(desk, found, found.item(item_id), _known(found.item(item_id)))


@router.post("/committee/sittings/{sitting_id}/agenda/{item_id}/outcome")
async def save(desk: Keeping, sitting_id: PathId, item_id: PathId) -> Response:
    """This came of it, in the place of what was said before."""
    found = await table.read(desk, sitting_id)
    item, given = found.item(item_id), _typed(desk)
    if desk.form.has("more"):
        return _form(desk, found, item, given | {"lines": len(given["decisions"]) + 3})
    wrong: Wrong = {}
    sent = _body(given, wrong)
    if not wrong:
        try:
            path = f"/sittings/{sitting_id}/agenda/{item_id}/outcome"
            await desk.put(SERVICE, path, sent | {"seen": given["seen"] or None})
        except PeerRefused as refused:
            given |= {"seen": item["seen"]} if refused.status == 409 else {}
            wrong = table.wrong_at(refused, _fields(len(given["decisions"])))
    if wrong:
        return _form(desk, found, item, given, wrong)
    return desk.to(found.at, "settled")


def _known(item: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of it before. How many were for it nobody guesses."""
    votes = item["votes"] or {"in_favour": "", "against": 0, "abstained": 0}
    return {
        "seen": item["seen"],
        "result": item["result"] or "decided",
        "chair": item["chair"] or "",
        **{name: str(votes[name]) for name in VOTES},
        "decisions": [{part: each[part] or "" for part in PARTS} for each in item["decisions"]],
    }


def _typed(desk: Desk) -> dict[str, Any]:
    """What stands in the form; a decision without a task is none."""
    form = desk.form
    rows = [
        {part: form.text(f"{part}-{n}", 120) for part in PARTS}
        for n in range(MOST)
        if form.text(f"what-{n}", 120)
    ]
    names = ("result", "chair", "seen", *VOTES)
    return {name: form.text(name, 120) for name in names} | {"decisions": rows}


def _body(given: Mapping[str, Any], wrong: Wrong) -> dict[str, Any]:
    """As the service takes it; says in ``wrong`` what is no number and no day.

    Votes and decisions that were typed are sent with any result: the service refuses those that
    do not belong to it, and nothing is dropped without a word.
    """
    voted = given["result"] in ("decided", "not-adopted")
    votes = {name: given[name] or ("" if voted else "0") for name in VOTES}
    sent: dict[str, Any] = {"result": given["result"], "chair": given["chair"] or None}
    if voted or set(votes.values()) != {"0"}:
        for name, typed in votes.items():
            if not typed.isdecimal():
                wrong[name] = say("Give a number")
        if not wrong:
            sent["votes"] = {name: int(typed) for name, typed in votes.items()}
    for n, each in enumerate(given["decisions"]):
        if not each["due"]:
            wrong[f"due-{n}"] = say("Say by which day")
    sent["decisions"] = [each | {"person": each["person"] or None} for each in given["decisions"]]
    return sent


def _fields(count: int) -> dict[str, str]:
    parts = {f"decisions[{n}].{part}": f"{part}-{n}" for n in range(count) for part in PARTS}
    votes = {f"votes.{name}": name for name in VOTES} | {"votes": "in_favour"}
    return parts | votes | {"result": "result", "chair": "chair", "decisions": "what-0"}


def _form(
    desk: Desk,
    found: Table,
    item: Mapping[str, Any],
    given: Mapping[str, Any],
    wrong: Wrong | None = None,
) -> Response:
    staying = [each for each in found.here if each not in item["left"]]
    quorum = found.sitting["quorum"] or {"seats": 0, "needed": 0, "filled": 0}
    return show(
        desk,
        "sittings/outcome.html",
        at=found.at,
        item=item,
        table=found,
        given=given,
        lines=_lines(desk, given, found),
        quorum=quorum,
        results=options(RESULTS),
        chairs=found.people(staying, say("who led the sitting")),
        led=found.sitting["chair"] in item["left"],
        tasks=options(ACTIONS, say("choose a task")),
        bodies=list(bodies(desk).items()),
        people=found.people(
            [e["staff_id"] for e in found.members if e["staff_id"] not in item["left"]],
            say("nobody in particular"),
        ),
        controls=options(CONTROLS),
        label=label,
        topics=TOPICS,
        works=WORKS,
        wrong=wrong or {},
    )


def _lines(desk: Desk, given: Mapping[str, Any], found: Table) -> Sequence[Mapping[str, str]]:
    """The decisions, and empty lines behind them: one, or so many as were asked for."""
    rows = list(given["decisions"])
    due = (max(found.day, desk.today) + USUAL).isoformat()
    empty = {"what": "", "body": "", "person": "", "due": due, "control": "report-in-writing"}
    wanted = given.get("lines", max(1, len(rows) + (1 if rows else 0)))
    return (rows + [empty] * (wanted - len(rows)))[:MOST]
