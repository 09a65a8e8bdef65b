"""Model of a roster as a form: people in order, watches as days and hours, and whether they take
turns. Pure.

What these choices cannot say (every second week, until a day) is kept as it was written.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from services.console.frame.forms import Form
from services.console.frame.texts import later, say
from services.console.frame.weekdays import CODES, days_of
from shared.errors import Invalid
from shared.times import duration

Json = Mapping[str, Any]
DAY = timedelta(days=1)
SPARE = 2
"""Empty lines behind the people; behind the watches there is one."""
PARTS = {
    "people": later("People"),
    "tier": later("Tier"),
    "phone": later("Duty number"),
    "windows": later("When are they on duty?"),
}
MOST = 60
"""Lines that are read of a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Days of the week, from a time until another: of the next day where it is not later."""

    days: tuple[str, ...] = ()
    starts: str = ""
    ends: str = ""
    since: str = ""
    holidays: str = "as-ever"

    @classmethod
    def of(cls, window: Json) -> Self | None:
        """A window as notify says it; none for one that is not so plain."""
        starts, lasts = datetime.fromisoformat(window["dtstart"]), duration(window["duration"])
        days = days_of(window["rrule"], starts)
        if days is None or lasts > DAY or lasts % timedelta(minutes=1) or starts.second:
            return None
        return cls(
            days=days,
            starts=starts.strftime("%H:%M"),
            ends=(starts + lasts).strftime("%H:%M"),
            since=starts.date().isoformat(),
            holidays=window["holidays"],
        )

    def window(self, turns: Json | None) -> Json:
        """As notify takes it. Raises `Invalid` where something is missing."""
        try:
            starts = datetime.fromisoformat(f"{self.since}T{self.starts}")
            ends = datetime.fromisoformat(f"{self.since}T{self.ends}")
        except ValueError:
            raise Invalid(
                "form", later("Each watch needs its days, from when, to when, and since when")
            ) from None
        minutes = int((ends - starts) % DAY / timedelta(minutes=1)) or 24 * 60
        every = len(self.days) == len(CODES)
        rule = "FREQ=DAILY" if every else f"FREQ=WEEKLY;BYDAY={','.join(self.days)}"
        return {
            "dtstart": starts.isoformat(timespec="minutes"),
            "duration": f"PT{minutes}M",
            "rrule": rule,
            "turns": turns,
            "holidays": self.holidays,
        }


@dataclass(slots=True, kw_only=True)
class Rota:
    """The whole form. ``people``: staff id and the number of a group, empty without one; ``kept``:
    windows as they were written, JSON."""

    tier: str = "1"
    phone: str = ""
    people: list[tuple[str, str]] = field(default_factory=list)
    watches: list[Watch] = field(default_factory=list)
    turns: bool = False
    every: str = "7"
    handover: str = ""
    kept: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, roster: Json) -> Self:
        """A roster as notify says it."""
        windows = [(each, Watch.of(each)) for each in roster["windows"]]
        turns = next((each["turns"] for each, watch in windows if watch), None)
        groups = turns["groups"] if turns else []
        number = {who: str(at) for at, group in enumerate(groups, 1) for who in group}
        plain = sum(map(len, groups)) == len(number)
        fits = [
            (each, watch if plain and each["turns"] == turns else None) for each, watch in windows
        ]
        return cls(
            tier=str(roster["tier"]),
            phone=roster["phone"] or "",
            people=[
                (each["staff_id"], number.get(each["staff_id"], "")) for each in roster["people"]
            ],
            watches=[watch for _, watch in fits if watch],
            turns=bool(turns and plain),
            every=str(duration(turns["every"]).days) if turns else "7",
            handover=turns["since"][:16] if turns else "",
            kept=[json.dumps(each) for each, watch in fits if not watch],
        )

    @classmethod
    def typed(cls, form: Form) -> Self:
        """What was typed; raises `Invalid` for what is too long."""
        people = [(form.text(f"person-{n}"), form.text(f"group-{n}")) for n in range(MOST)]
        watches = [
            Watch(
                days=tuple(form.all(f"days-{n}")),
                starts=form.text(f"from-{n}"),
                ends=form.text(f"to-{n}"),
                since=form.text(f"since-{n}"),
                holidays=form.text(f"holidays-{n}"),
            )
            for n in range(MOST)
        ]
        return cls(
            tier=form.text("tier"),
            phone=form.text("phone"),
            people=[each for each in people if each[0]],
            watches=[each for each in watches if each.days],
            turns=form.text("turns") == "yes",
            every=form.text("every"),
            handover=form.text("handover"),
            kept=form.all("kept"),
        )

    def body(self, organisation: str) -> Json:
        """As notify takes it. Raises `Invalid` with words for what is missing."""
        turns = self._turns() if self.turns else None
        if not self.tier.isdecimal():
            raise Invalid("form", later("Choose a tier"))
        try:
            kept = [json.loads(each) for each in self.kept]
        except ValueError:
            raise Invalid("form", later("This form cannot be read")) from None
        return {
            "organisation": organisation,
            "tier": int(self.tier),
            "people": [who for who, _ in self.people],
            "windows": [each.window(turns) for each in self.watches] + kept,
            "phone": self.phone or None,
        }

    def _turns(self) -> Json:
        groups = [
            [who for who, mine in self.people if mine == number]
            for number in sorted({mine for _, mine in self.people if mine}, key=int)
        ]
        if not groups or not self.every.isdecimal() or not self.handover:
            raise Invalid(
                "form", later("Turns need groups, how many days each, and when the first begins")
            )
        return {"groups": groups, "since": self.handover, "every": f"P{int(self.every)}D"}


def spared(people: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """With empty lines behind: each person begins with a group of their own."""
    behind = range(len(people) + 1, len(people) + 1 + SPARE)
    return [*people, *(("", str(number)) for number in behind)]


def where(path: str) -> str:
    """Which part of the form notify means by a field of what it refused; empty for the whole."""
    name, _, rest = path.partition("[")
    number = rest.partition("]")[0]
    if name == "windows" and number.isdecimal():
        return say("Watch %(n)s") % {"n": int(number) + 1}
    return say(PARTS.get(name.partition(".")[0], ""))


def in_words(kept: str) -> str:
    """What was kept, for somebody who knows such rules; empty where it cannot be read."""
    try:
        window = json.loads(kept)
        return f"{window['dtstart']}, {window['duration']}, {window['rrule']}"
    except (ValueError, KeyError, TypeError):
        return ""
