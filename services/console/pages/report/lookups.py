"""Look-ups of a report: places by their name, and whoever of the register may be meant.

What was found stands in the form and in the draft beside what was typed, so that it is asked for
once: the register answers twenty times an hour, and a page that comes back shows it all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.console.frame.desk import Desk
from services.console.frame.texts import say
from services.console.pages.report.body import Answers, Found, found, names, one, some
from services.console.pages.report.steps import Errors
from services.console.peers.client import PeerDown, PeerRefused

TYPED = 100
"""Characters of a place that intake reads."""


async def places(desk: Desk, answers: Answers) -> Answers:
    """The answers with the places that may be meant; one that is called just so is chosen, if no
    other is. Raises `PeerDown`."""
    typed = one(answers, "place")
    if len(typed) < 2 or typed == one(answers, "place_sought"):
        return answers
    answer = await desk.get("intake", "/territories", q=typed[:TYPED])
    exact = [each["code"] for each in answer["places"] if each["exact"]]
    return {
        **answers,
        "place_sought": [typed],
        "place_code": [each["code"] for each in answer["places"]],
        "place_name": [_whole(each) for each in answer["places"]],
        "territory": exact if len(exact) == 1 else [],
    }


def _whole(place: dict[str, Any]) -> str:
    return ", ".join([place["label"], *(each["label"] for each in reversed(place["path"]))])


@dataclass(frozen=True, slots=True)
class Looked:
    """The answers with what was found; ``errors``: what is to be looked at before one goes on."""

    answers: Answers
    errors: Errors


async def register(desk: Desk, answers: Answers, *, again: bool) -> Looked:
    """Looks for every name that was not looked for; ``again``: also for those that found nobody."""
    wanted, sought = names(answers), some(answers, "sought")
    rows = [row for row in found(answers) if row.meant in wanted]
    settled = {row.meant for row in rows} if again else {*sought, *some(answers, "unasked")}
    fresh: list[Found] = []
    silent = False
    for name in wanted:
        if name in settled or silent:
            continue
        asked = {"name": name, "raion": one(answers, "territory")}
        try:
            answer = await desk.post("notify", "/people/matches", asked)
        except (PeerRefused, PeerDown):
            silent = True
            continue
        sought = [*sought, name]
        fresh += [Found(name, each["name"], each["organisation"]) for each in answer["matches"]]
    errors = [("look", _silent())] if silent else []
    if fresh:
        errors += [("hide", say("Somebody called so is in the register: is it they?"))]
    return Looked(_with(answers, wanted, sought, [*rows, *fresh]), errors)


def _with(
    answers: Answers, wanted: list[str], sought: list[str], rows: list[Found]
) -> dict[str, Sequence[str]]:
    there = {row.organisation for row in rows}
    return {
        **answers,
        "sought": [name for name in wanted if name in sought],
        "unasked": [name for name in wanted if name not in sought],
        "found_for": [row.meant for row in rows],
        "found_name": [row.name for row in rows],
        "found_at": [row.organisation for row in rows],
        "hide": [each for each in some(answers, "hide") if each in there],
    }


def _silent() -> str:
    return say(
        "The register cannot be asked now. Whoever is called so and serves near her will not hear "
        "of it all the same. “Next” goes on; “Look in the register” asks once more."
    )
