"""Activities: the trainings and the prevention meetings of a committee."""

from collections.abc import Iterator
from typing import Any

from deploy.samples.founding.desk import Desk

TOPICS = ("parenting", "rights", "where-to-turn", "early-marriage")


async def hold(desk: Desk) -> None:
    """All of them, spread over the year so far."""
    entries = list(_all(desk))
    for number, (name, body) in enumerate(entries):
        day = desk.calendar.day((number + 0.5) / len(entries))
        body |= {"territory": desk.committee.territory, "happened_on": day.isoformat()}
        await desk.once(f"/activities/{desk.own_id(*name)}", body)


def _all(desk: Desk) -> Iterator[tuple[tuple[object, ...], dict[str, Any]]]:
    for days, people in desk.founding.trainings(desk.committee):
        body = {"kind": "training", "topic": "law", "days": days, "present": _present(people)}
        yield ("training", days), body
    people = desk.founding.people_at_a_meeting
    for number in range(desk.committee.meetings):
        topic = TOPICS[number % len(TOPICS)]
        yield ("meeting", number), {"kind": "meeting", "topic": topic, "present": _present(people)}


def _present(people: int) -> list[dict[str, Any]]:
    """The founding document tells no sex and no age: two of three are women here."""
    women = people * 2 // 3
    sexes = (("female", women), ("male", people - women))
    return [{"sex": sex, "age_band": "unknown", "count": count} for sex, count in sexes]
