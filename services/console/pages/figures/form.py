"""Form of the figures: what one may ask of them, and what of it is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Response

from services.console.frame.desk import Desk
from services.console.frame.texts import later, say
from services.console.frame.vocabulary import Words
from services.console.pages.figures.asked import WHOLE, Asked
from services.console.peers.client import PeerRefused
from shared.events.words import Role

AT, SERVICE, WRONG = "/figures", "audit", 422
ORGANISATION, CLOCK = "organisation", "clock"
FILTERS = (ORGANISATION, "service", "urgency", "channel")
FIELDS = {
    CLOCK: later("Which wait?"),
    "period": later("Which time?"),
    "by": later("Told apart by what?"),
    "area": later("Territory"),
    "service": later("Service"),
    "urgency": later("Urgency"),
}
"""Those of the form. What is wrong in others of an address is said above it; they are let go."""
OTHERS = {
    ORGANISATION: later("Organisation"),
    "channel": later("Told over"),
    "cut": later("As of"),
    "month": later("Month"),
    "number": later("What the number is made of"),
    "part": later("What the number is made of"),
    "cursor": later("More"),
}


async def form(
    desk: Desk, asked: Asked, wrong: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    """What a page with the form needs; ``wrong``: what is, by field."""
    words = await desk.words(SERVICE)
    return {
        "at": AT,
        "asked": asked,
        "words": words,
        "wrong": wrong or {},
        "whole": WHOLE,
        "axes": _axes(desk, words),
        "areas": areas(desk, asked.area),
        "filters": [(name, getattr(asked, name)) for name in FILTERS if getattr(asked, name)],
    }


async def again(desk: Desk, asked: Asked, refused: PeerRefused) -> Response:
    """The form with what is wrong; raises ``refused`` again where it is of something else."""
    if refused.status != WRONG:
        raise refused
    wrong = wrong_of(refused)
    page = await form(desk, asked, wrong)
    return desk.page("figures/form.html", WRONG, **page, errors=told(wrong))


def wrong_of(refused: PeerRefused) -> Mapping[str, str]:
    """What a service says is wrong, by field."""
    return {each["field"].rpartition(".")[2]: each["message"] for each in refused.errors}


def told(wrong: Mapping[str, str], else_at: str = CLOCK) -> Sequence[tuple[str, str]]:
    """Where to mend what is wrong, and of which field it is said; ``else_at``: where, if it is of
    no field here."""
    names = FIELDS | OTHERS
    return [
        (name if name in FIELDS else else_at, f"{say(names.get(name, name))}: {words}")
        for name, words in wrong.items()
    ]


def areas(desk: Desk, asked: str) -> Sequence[tuple[str, str]]:
    """Places whose figures this person may ask for, to choose from: the country and its oblasts, or
    their territories and what is right below; the one that is ``asked`` for too."""
    country = desk.deps.country.current
    places, depths = country.territories, country.territories.rules.depths
    theirs = desk.caller.territories
    all_of_it = desk.has(Role.AUDITOR) or any(len(each) <= depths[0] for each in theirs)
    found = (
        [places.rules.country] if all_of_it else [each for each in theirs if len(each) in depths]
    )
    for each in tuple(found):
        full = None if each == places.rules.country else each.ljust(places.rules.digits, "0")
        below = [place.prefix for place in places.below(full)]
        found += [code for code in below if len(code) in depths]
    known = any(place.prefix == asked for place in places.listed.values()) and len(asked) in depths
    codes = dict.fromkeys([*found, asked] if known else found)
    return [
        (code, places.name_of(code, desk.language) or country.profile.names[desk.language])
        for code in codes
    ]


def _axes(desk: Desk, words: Words) -> Sequence[tuple[str, str]]:
    """By what waits may be told apart: by organisation for those alone who may be shown some."""
    may = desk.has(Role.COORDINATOR)
    return [(code, label) for code, label in words.of("axes") if may or code != ORGANISATION]
