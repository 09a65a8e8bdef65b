"""Typed: what somebody typed of an activity, shown again as it is, or as the service takes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.console.frame.forms import Form
from services.console.frame.texts import say
from services.console.pages.committee.activities.where import Where
from services.console.pages.committee.house import Wrong

Group = tuple[str, str]
"""A sex and an age band."""
KINDS = ("meeting", "training", "informing")


@dataclass(slots=True)
class Typed:
    """The fields of the form. ``counts``: people by sex and age band, as they were typed."""

    kind: str
    where: Where
    happened_on: str = ""
    topic: str = ""
    host: str = ""
    days: str = ""
    channel: str = ""
    reach: str = ""
    counts: Mapping[Group, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: Form, kind: str, groups: Sequence[Group]) -> "Typed":
        """Out of a form."""
        counts = {group: form.text(name(group), 10) for group in groups}
        return cls(
            kind=kind,
            where=Where.of(form),
            happened_on=form.text("happened_on", 10),
            topic=form.text("topic", 40),
            host=form.text("host", 40),
            days=form.text("days", 1),
            channel=form.text("channel", 40),
            reach=form.text("reach", 10),
            counts={group: typed for group, typed in counts.items() if typed},
        )

    @classmethod
    def again(cls, entry: Mapping[str, Any], here: Where) -> "Typed":
        """As an entry stands, to be corrected."""
        return cls(
            kind=entry["kind"],
            where=here.and_at(entry["territory"], entry["place"]),
            happened_on=entry["happened_on"],
            topic=entry["topic"],
            host=entry["host"] or "",
            days=str(entry["days"] or ""),
            channel=entry["channel"] or "",
            reach="" if entry["reach"] is None else str(entry["reach"]),
            counts={
                (each["sex"], each["age_band"]): str(each["count"]) for each in entry["present"]
            },
        )

    def wrong(self) -> Wrong:
        """What is no number, or not there at all."""
        wrong: Wrong = {}
        if not self.happened_on:
            wrong["happened_on"] = say("On which day was it?")
        if self.kind == "informing":
            if not _whole(self.reach):
                wrong["reach"] = say("How many people, as a number?")
            return wrong
        if self.kind == "training" and not self.days:
            wrong["days"] = say("One day, or two?")
        if not all(map(_whole, self.counts.values())):
            wrong["present"] = say("Numbers only, please")
        elif not any(int(each) for each in self.counts.values()):
            wrong["present"] = say("How many people were there?")
        return wrong

    def body(self, replaces: str | None) -> dict[str, Any]:
        """As the service takes it."""
        informing = self.kind == "informing"
        return {
            "kind": self.kind,
            "happened_on": self.happened_on,
            "territory": self.where.territory,
            "topic": self.topic,
            "host": self.host or None,
            "days": int(self.days) if self.kind == "training" else None,
            "channel": self.channel if informing else None,
            "reach": int(self.reach) if informing else None,
            "present": []
            if informing
            else [
                {"sex": sex, "age_band": band, "count": int(typed)}
                for (sex, band), typed in self.counts.items()
                if int(typed)
            ],
            "replaces": replaces,
        }


def name(group: Group) -> str:
    """The field of a count."""
    return "n-{}-{}".format(*group)


def _whole(typed: str) -> bool:
    return typed.isascii() and typed.isdecimal()
