"""Steps of a report: their order, and what keeps each from being left. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.console.frame.texts import later, say
from services.console.pages.report.body import (
    ACCUSED,
    CHILDREN,
    NOBODY_KNOWS,
    YES,
    Answers,
    number,
    one,
    some,
)

STEPS: Mapping[str, str] = {
    "place": later("Where, and is there danger now?"),
    "who": later("Who is it about?"),
    "danger": later("What makes it dangerous?"),
    "family": later("Children, and who must not hear of it"),
    "needs": later("What is needed?"),
    "consents": later("What may we tell, and to whom?"),
    "contact": later("How may we reach her without harm?"),
    "summary": later("Read it aloud, then send it"),
}
"""In their order: the name of each is its template, and the title of its page."""
ORDER = tuple(STEPS)
ASKED_FOR: Mapping[str, tuple[str, str]] = {
    "territory": ("place", later("Where")),
    "occurred_at": ("place", later("When did it happen? (if known)")),
    "reporter": ("who", later("Who tells it")),
    "survivor": ("who", later("Who is it about?")),
    "danger_signs": ("danger", later("Danger signs")),
    "sexual_violence_at": ("danger", later("Was there sexual violence?")),
    "text": ("danger", later("What happened")),
    "children": ("family", later("Children who were hurt, or saw it")),
    "accused": ("family", later("Who is said to have done it")),
    "exclusions": ("family", later("Must not hear of it")),
    "hidden_from": ("family", later("Must not hear of it")),
    "needs": ("needs", later("What does she ask for?")),
    "consents": ("consents", later("What may we tell, and to whom?")),
    "safe_contact": ("contact", later("Safe contact")),
}
"""Fields of intake's report: where the summary has them, and what it calls them."""
Errors = list[tuple[str, str]]
"""What is wrong: the id of a field on the page, and words."""
ADULT = 18
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def beside(step: str, by: int) -> str:
    """The step so many behind this one; the first and the last have none beyond."""
    return ORDER[min(max(ORDER.index(step) + by, 0), len(ORDER) - 1)]


def wrong_in(step: str, answers: Answers, forms: Mapping[str, Any]) -> Errors:
    """What keeps a step from being left; ``forms`` is intake's."""
    check = CHECKS.get(step)
    return list(check(answers, forms)) if check else []


def unfinished(answers: Answers, forms: Mapping[str, Any]) -> tuple[str, Errors] | None:
    """The first step that something is wrong in, and what; none once all may be sent."""
    for step in ORDER:
        if errors := wrong_in(step, answers, forms):
            return step, errors
    return None


def of_service(errors: list[dict[str, str]]) -> Errors:
    """What intake refuses of a report, with the names that the summary has for its fields."""
    told = []
    for each in errors:
        at, name = ASKED_FOR.get(re.split(r"[.\[]", each["field"])[0], ("main", ""))
        told.append((at, f"{say(name)}: {each['message']}" if name else each["message"]))
    return told


def _place(answers: Answers, _: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    typed, codes = one(answers, "place"), some(answers, "place_code")
    if len(typed) < 2:
        yield "place", say("Type the name of the village, town or district")
    elif not codes or one(answers, "place_sought") != typed:
        yield "place", say("No such place is known. Try the district.")
    elif one(answers, "territory") not in codes:
        yield "territory", say("Choose which place is meant")
    yield from _day(answers, "happened")


def _day(answers: Answers, name: str) -> Iterator[tuple[str, str]]:
    if one(answers, f"{name}_time") and not one(answers, f"{name}_day"):
        yield f"{name}_day", say("Give the day too, or clear the time")


def _who(answers: Answers, _: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    typed = one(answers, "age")
    if typed and number(typed) is None:
        yield "age", say("Write the age in digits, or leave it empty")


def _danger(answers: Answers, _: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if one(answers, "sexual") != YES and one(answers, "sexual_day"):
        yield "sexual", say("A day is given: was there sexual violence?")
    yield from _day(answers, "sexual")


def _family(answers: Answers, _: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for n in range(CHILDREN):
        typed = one(answers, f"child{n}_age")
        age = number(typed)
        if typed and typed != NOBODY_KNOWS and (age is None or age >= ADULT):
            yield f"child{n}_age", say("Write the age in digits, from 0 to 17; ? if nobody knows")
    for n in range(ACCUSED):
        serves = one(answers, f"accused{n}_organisation")
        if serves and not any(one(answers, f"accused{n}_{each}") for each in ("name", "relation")):
            yield f"accused{n}_name", say("Who serves there? A name, or what they are to her")


def _needs(answers: Answers, _: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not some(answers, "needs"):
        yield "needs", say("Choose at least one")


def _consents(answers: Answers, forms: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    told = []
    for need in forms["needs"]:
        code, label = need["code"], need["label"]
        if code not in some(answers, "needs"):
            continue
        told.append(one(answers, f"tell-{code}"))
        if told[-1] not in (YES, "no"):
            yield f"tell-{code}", say("Yes or no: %(need)s") % {"need": label}
        elif told[-1] == YES and not some(answers, f"scope-{code}"):
            yield f"scope-{code}", say("Tick what they may know: %(need)s") % {"need": label}
    speaks = one(answers, "given_by") == "representative"
    if speaks and YES in told and not one(answers, "basis"):
        yield "basis", say("Write on what basis they speak for her")


def _contact(answers: Answers, _: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if one(answers, "channel") in ("", "none"):
        return
    if not (one(answers, "safe_phone") or one(answers, "phone")):
        yield "safe_phone", say("Write the number on which it is safe")
    if not some(answers, "days"):
        yield "days", say("Choose the days on which it is safe")
    times = {name: one(answers, name) for name in ("from", "to")}
    for name, typed in times.items():
        if typed and not TIME.fullmatch(typed):
            yield name, say("Write the time like this: 09:00")
    if times["from"] and times["from"] == times["to"]:
        yield "to", say("It must end at another time than it begins")


CHECKS: Mapping[str, Callable[[Answers, Mapping[str, Any]], Iterator[tuple[str, str]]]] = {
    "place": _place,
    "who": _who,
    "danger": _danger,
    "family": _family,
    "needs": _needs,
    "consents": _consents,
    "contact": _contact,
}
