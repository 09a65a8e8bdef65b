"""Body: what was answered, step by step, as intake's report. Pure: answers in, a report out.

Answers are the fields of the forms as they were sent, kept in the draft. What nobody answered is
left out; intake judges the rest, and names what it could not take.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from services.console.pages import consents

Answers = Mapping[str, Sequence[str]]
"""Values by the name of their field."""
CHILDREN, ACCUSED, HIDDEN = 6, 2, 3
"""Rows that a form has at most."""
NOBODY_KNOWS = "?"
"""Stands for an age."""
YES = "yes"
LAST = time(23, 59)


def one(answers: Answers, name: str) -> str:
    """The only value of a field; empty where there is none."""
    return next(iter(answers.get(name, ())), "").strip()


def some(answers: Answers, name: str) -> list[str]:
    """The values of a field that may have several."""
    return [value for value in answers.get(name, ()) if value]


class Found(NamedTuple):
    """Somebody of the register who may be ``meant`` by a name that was typed."""

    meant: str
    name: str
    organisation: str


def found(answers: Answers) -> list[Found]:
    """Who was found, by the names that were looked for."""
    columns = (some(answers, name) for name in ("found_for", "found_name", "found_at"))
    return [Found(*row) for row in zip(*columns, strict=False)]


def names(answers: Answers) -> list[str]:
    """Whoever is said to have done it, and whoever else must not hear of it, each name once."""
    typed = [one(answers, f"accused{n}_name") for n in range(ACCUSED)]
    return list(dict.fromkeys(filter(None, [*typed, *hidden(answers)])))


def hidden(answers: Answers) -> list[str]:
    """Names of those who did nothing and must not hear of it."""
    return [name for n in range(HIDDEN) if (name := one(answers, f"hidden{n}"))]


def chosen_place(answers: Answers) -> str:
    """The place that was chosen, with all that it lies in; as it was typed, before."""
    known = zip(some(answers, "place_code"), some(answers, "place_name"), strict=False)
    return dict(known).get(one(answers, "territory")) or one(answers, "place")


def rows(answers: Answers, fields: Sequence[str], room: tuple[int, int], empty: int) -> range:
    """Rows to show of a part of the form: those that are filled in, and so many empty ones behind
    them. ``fields`` are those of a row, with its number as ``%d``; ``room``: at least, at most."""
    least, most = room
    filled = [n for n in range(most) if any(one(answers, each % n) for each in fields)]
    return range(min(most, max(least, max(filled, default=-1) + 1 + empty)))


def number(typed: str) -> int | None:
    """A number in digits; none for anything else."""
    return int(typed) if typed.isdecimal() and typed.isascii() and len(typed) < 4 else None


def report_of(answers: Answers, forms: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> Any:
    """The report; ``forms`` is intake's, for whom each need may be told to and how long."""
    language = one(answers, "language") or "ky"
    body: dict[str, Any] = {
        "reporter": _known(
            kind=one(answers, "reporter") or "staff",
            name=one(answers, "reporter_name"),
            phone=one(answers, "reporter_phone"),
        ),
        "received_by_channel": one(answers, "received_by") or "desk",
        "territory": one(answers, "territory"),
        "immediate_danger": one(answers, "danger") == YES,
        "needs": some(answers, "needs"),
        "danger_signs": some(answers, "signs"),
        "survivor": _known(
            name=one(answers, "name"),
            age=number(one(answers, "age")),
            phone=one(answers, "phone"),
            address=one(answers, "address"),
            language=language,
        )
        | {"access_needs": some(answers, "access_needs")},
        "accused": list(_accused(answers)),
        "children": list(_children(answers)),
        "exclusions": [{"kind": "organisation", "value": each} for each in some(answers, "hide")],
        "hidden_from": [{"name": each} for each in hidden(answers)],
        "consents": list(_consents(answers, forms, now)),
        "safe_contact": _safe_contact(answers, language),
        "language": _written(language, forms),
    }
    more = {
        "occurred_at": _moment(answers, "happened", zone, now),
        "sexual_violence_at": _violence(answers, zone, now),
        "text": one(answers, "story"),
    }
    return body | {name: value for name, value in more.items() if value}


def circumstances(answers: Answers, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """As much as intake's preview takes: what decides the urgency and the needs."""
    return _known(age=number(one(answers, "age"))) | {
        "immediate_danger": one(answers, "danger") == YES,
        "danger_signs": some(answers, "signs"),
        "needs": some(answers, "needs"),
        "children": list(_children(answers)),
        "sexual_violence_at": _violence(answers, zone, now),
    }


def _written(language: str, forms: Mapping[str, Any]) -> str:
    codes = [each["code"] for each in forms["written"]]
    return language if language in codes else str(codes[-1])


def _accused(answers: Answers) -> Iterator[dict[str, Any]]:
    for n in range(ACCUSED):
        row = _known(
            name=one(answers, f"accused{n}_name"),
            phone=one(answers, f"accused{n}_phone"),
            relation=one(answers, f"accused{n}_relation"),
            organisation=one(answers, f"accused{n}_organisation"),
        )
        if row:
            yield row


def _children(answers: Answers) -> Iterator[dict[str, Any]]:
    for n in range(CHILDREN):
        age, saw = one(answers, f"child{n}_age"), one(answers, f"child{n}_witness")
        if age or saw:
            yield _known(age=number(age)) | {"witness": saw == YES}


def _consents(
    answers: Answers, forms: Mapping[str, Any], now: datetime
) -> Iterator[dict[str, Any]]:
    said = {name: one(answers, name) for name in ("given_by", "basis", "how")}
    for need in forms["needs"]:
        code = need["code"]
        scope = some(answers, f"scope-{code}")
        if code in some(answers, "needs") and one(answers, f"tell-{code}") == YES and scope:
            yield from consents.given(need, scope, said, consents.ends(now, forms))


def _safe_contact(answers: Answers, language: str) -> dict[str, Any]:
    """How she may be reached. That she may not is said as well: with nothing on record the number
    that she gave as her own would be bound to no hours."""
    channel = one(answers, "channel") or "none"
    if channel == "none":
        return {"channel": "none", "language": language}
    return _known(
        channel=channel,
        phone=one(answers, "safe_phone") or one(answers, "phone"),
        who_may_answer=one(answers, "who_may_answer"),
        code_word=one(answers, "code_word"),
        language=language,
    ) | {
        "days": some(answers, "days"),
        "from": one(answers, "from") or "09:00",
        "to": one(answers, "to") or "18:00",
        "leave_message": one(answers, "leave_message") == YES,
    }


def _violence(answers: Answers, zone: ZoneInfo, now: datetime) -> str | None:
    """When there was sexual violence. Without an hour the latest one of the day is taken: care that
    may still work is not withheld."""
    if one(answers, "sexual") != YES:
        return None
    return _moment(answers, "sexual", zone, now) or now.isoformat()


def _moment(answers: Answers, name: str, zone: ZoneInfo, now: datetime) -> str | None:
    try:
        day = date.fromisoformat(one(answers, f"{name}_day"))
        at = one(answers, f"{name}_time")
        clock = time.fromisoformat(at) if at else LAST
    except ValueError:
        return None
    return min(datetime.combine(day, clock, zone), now).isoformat()


def _known(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in ("", None)}
