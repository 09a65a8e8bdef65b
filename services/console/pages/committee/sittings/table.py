"""Table: a sitting with those who sit at it, as its pages and papers show it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.console.frame.desk import Desk
from services.console.frame.moments import read as moment
from services.console.frame.texts import say
from services.console.pages import colleagues
from services.console.pages.committee.house import SERVICE, Wrong, own
from services.console.peers.client import PeerRefused
from shared.errors import NotFound

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sitting as whoever looks sees it. ``members``: of its day, seats and then deputies."""

    committee: Json
    sitting: Json
    members: Sequence[Json]
    names: Mapping[str, str]
    day: date

    @property
    def at(self) -> str:
        """The address of its page."""
        return f"/committee/sittings/{self.sitting['sitting_id']}"

    @property
    def items(self) -> Sequence[Json]:
        """Its agenda."""
        agenda: Sequence[Json] = self.sitting["agenda"]
        return agenda

    @property
    def attendance(self) -> Mapping[str, str]:
        """Who came, and who sent apologies, by staff id."""
        return {each["staff_id"]: each["status"] for each in self.sitting["attendance"]}

    @property
    def here(self) -> list[str]:
        """Staff ids of the members who were present, as `members` are sorted."""
        told = self.attendance
        return [
            each["staff_id"] for each in self.members if told.get(each["staff_id"]) == "present"
        ]

    def item(self, item_id: str) -> Json:
        """One of its items; raises `NotFound`."""
        found = next((each for each in self.items if each["item_id"] == item_id), None)
        if found is None:
            raise NotFound
        return found

    def name(self, staff_id: str | None) -> str:
        """What somebody is called; a member whom the register does not name is "a member"."""
        return self.names.get(staff_id or "", say("a member")) if staff_id else ""

    def people(
        self, staff_ids: Iterable[str] | None = None, empty: str | None = None
    ) -> list[tuple[str, str]]:
        """Members to choose from, all of them unless told which."""
        known = [each["staff_id"] for each in self.members]
        wanted = known if staff_ids is None else [each for each in known if each in set(staff_ids)]
        first = [] if empty is None else [("", empty)]
        return first + [(each, self.name(each)) for each in wanted]


async def read(desk: Desk, sitting_id: str) -> Table:
    """A sitting that the person may see; raises `PeerRefused` for any other."""
    sitting = await desk.get(SERVICE, f"/sittings/{sitting_id}")
    committee = await own(desk)
    zone = desk.deps.country.current.zone
    day = moment(sitting["starts"]).astimezone(zone).date()
    return Table(
        committee=committee,
        sitting=sitting,
        members=await sitting_on(desk, committee, day),
        names=await names(desk),
        day=day,
    )


async def sitting_on(desk: Desk, committee: Json, day: date) -> list[Json]:
    """Who is a member of a committee on a day: seats first, then deputies."""
    found = await desk.get(SERVICE, f"/committees/{committee['committee_id']}/members")
    return sorted(
        (
            each
            for each in found["members"]
            if each["member_from"] <= day.isoformat() <= (each["member_to"] or "9999")
        ),
        key=lambda each: (each["deputy_of"] is not None, each["sector"], each["member_id"]),
    )


async def names(desk: Desk) -> dict[str, str]:
    """What everybody of the own committee is called, by staff id."""
    found = await colleagues.of(desk, desk.caller.organisation)
    return {each["staff_id"]: each["name"] for each in found}


def at_once(desk: Desk, day: str, time: str, wrong: Wrong, field: str) -> datetime | None:
    """A day and a time of the country's clock as a moment; says in ``wrong`` where it is none."""
    try:
        typed = datetime.fromisoformat(f"{day}T{time}")
    except ValueError:
        wrong[field] = say("Give a day and a time")
        return None
    return typed.replace(tzinfo=desk.deps.country.current.zone)


def wrong_at(refused: PeerRefused, known: Mapping[str, str]) -> Wrong:
    """What a form shows of a refusal, by its own fields: ``known`` are those of the service, a part
    of a list by its number, as in ``decisions[0].due``. Raises it where no form can mend it."""
    if refused.status == 409:
        return {"form": refused.detail or refused.title}
    if refused.status != 422:
        raise refused
    return {known.get(each["field"], "form"): each["message"] for each in refused.errors} or {
        "form": say("Look at it again")
    }
