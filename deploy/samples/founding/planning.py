"""Planning: a committee's plan of work, and the administrator's handbook; both are invented."""

from typing import Any

from deploy.samples.founding.desk import Desk
from deploy.samples.founding.figures import Founding, Row
from deploy.samples.founding.voice import Voice
from deploy.samples.load import ADMINISTRATOR, sample_caller

REPORTS = "local-committee"


async def plan(desk: Desk) -> None:
    """Its rows of this year, and which of them are done."""
    if not desk.committee.plan:
        return
    standing = (await desk.ask("GET", f"/plans/{desk.calendar.year}"))["items"]
    done_on = {each["item_id"]: each["done_on"] for each in standing}
    for number, row in enumerate(desk.committee.plan):
        item = desk.own_id("plan", number)
        if item not in done_on:
            await desk.ask("PUT", f"/plan-items/{item}", _planned(row, desk.calendar.year))
        if row.done is not None and done_on.get(item) is None:
            day = desk.calendar.day(row.done).isoformat()
            await desk.ask("PUT", f"/plan-items/{item}/done", {"done_on": day})


async def link(voice: Voice, founding: Founding) -> None:
    """The links of the handbook that are not in it yet."""
    keeper = sample_caller(ADMINISTRATOR)
    known = await voice.ask(keeper, "committee", "GET", "/handbook")
    there = {each["entry_id"] for each in known["entries"]}
    for position, each in enumerate(founding.handbook, 1):
        if each.entry_id not in there:
            body = {"language": each.language, "title": each.title, "url": each.url}
            path = f"/handbook/{each.entry_id}"
            await voice.ask(keeper, "committee", "PUT", path, body | {"position": position})


def _planned(row: Row, year: int) -> dict[str, Any]:
    return {
        "year": year,
        "quarter": row.quarter,
        "work": row.work,
        "prepares": row.prepares,
        "reports": REPORTS,
        "target": {"indicator": row.indicator, "count": row.count},
    }
