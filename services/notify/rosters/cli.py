"""Verbs ``tirek roster``: who is on duty when, over notify's API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from shared.cli import OUT, call, pages, say, url_of, zone
from shared.clock import wall

roster = typer.Typer(help="Who is on duty when.", no_args_is_help=True)

calendar = typer.Typer(
    help="Your own watches at a secret address, for a telephone's calendar.", no_args_is_help=True
)

RosterId = Annotated[str, typer.Argument(help="The roster's id, as `tirek roster list` shows it.")]


@roster.command("list")
def list_rosters(organisation: Annotated[str, typer.Argument(help="Whose.")]) -> None:
    """Show the rosters of an organisation: people in order, and when their watches begin."""
    found = call("notify", "GET", "/rosters", params={"organisation": organisation})
    for each in found:
        _print(each)
    if not found:
        OUT.print(say("no roster to be seen there"))


@roster.command("show")
def show_roster(roster_id: RosterId) -> None:
    """Show one roster."""
    _print(call("notify", "GET", path(roster_id)))


@roster.command("remove")
def remove_roster(roster_id: RosterId) -> None:
    """Remove a roster, as administrator: nobody is on duty by it any more."""
    call("notify", "DELETE", path(roster_id))


@roster.command("week")
def show_week(
    organisation: Annotated[str, typer.Argument(help="Whose.")],
    first: Annotated[
        str | None, typer.Option("--from", help="Its first day, like 2026-11-23; else today.")
    ] = None,
    days: Annotated[int, typer.Option(help="How many.")] = 7,
) -> None:
    """Print a week as a table: each shift, who serves, and when nobody does."""
    day = first or f"{wall().astimezone(zone()):%Y-%m-%d}"
    asked = {"organisation": organisation, "from": day, "days": str(days)}
    found = call("notify", "GET", "/rosters/week", params=asked)
    for each in found["holidays"]:
        OUT.print(f"{each['date']} {each['name']}", markup=False)
    table = Table(say("from"), say("until"), say("tier"), say("on duty"), box=SIMPLE)
    for shift in found["shifts"]:
        served = ", ".join(map(_served, shift["people"])) or say("nobody")
        table.add_row(_clock(shift["from"]), _clock(shift["to"]), str(shift["tier"]), Text(served))
    OUT.print(table)
    for gap in found["gaps"]:
        OUT.print(_gap(gap), markup=False)
    for each in found["overrides"]:
        OUT.print(f"{each['override_id']}: {_change(each)}", markup=False, soft_wrap=True)


@roster.command("gaps")
def show_gaps() -> None:
    """Show where nobody will be on duty at some time of the next 7 days."""
    for page in pages("notify", "/rosters/gaps"):
        for each in page["organisations"]:
            OUT.print(each["organisation"], markup=False)
            for gap in each["gaps"]:
                OUT.print(f"  {_gap(gap)}", markup=False)


@roster.command("swap")
def swap(
    roster_id: RosterId,
    starts: Annotated[str, typer.Option("--from", help="Like 2026-11-24T20:00:00+06:00.")],
    ends: Annotated[str, typer.Option("--to", help="Likewise.")],
    reason: Annotated[str, typer.Option(help="Why, as a code: illness, for instance.")],
    leaves: Annotated[str | None, typer.Option("--out", help="Who is absent (staff id).")] = None,
    steps_in: Annotated[str | None, typer.Option("--in", help="Who serves instead.")] = None,
) -> None:
    """Let somebody be absent, stand in, or serve as well for a while. It is recorded."""
    body = {"from": starts, "to": ends, "out": leaves, "in": steps_in, "reason": reason}
    made = call("notify", "POST", path(roster_id, "/overrides"), body=body)
    OUT.print(f"{made['override_id']}: {_change(made)}", markup=False, soft_wrap=True)


@roster.command("swap-back")
def swap_back(
    roster_id: RosterId,
    override_id: Annotated[str, typer.Argument(help="As `tirek roster week` shows it.")],
) -> None:
    """Take a swap back: the roster holds again."""
    call("notify", "DELETE", path(roster_id, f"/overrides/{quote(override_id, safe='')}"))


@calendar.command("make")
def make_calendar() -> None:
    """Make your address anew: it is shown once, and the one before holds no more."""
    OUT.print(url_of("notify") + call("notify", "POST", "/calendar-feeds")["path"], soft_wrap=True)


@calendar.command("revoke")
def revoke_calendar() -> None:
    """Your address holds no more."""
    call("notify", "DELETE", "/calendar-feeds")


def path(roster_id: str, below: str = "") -> str:
    """The address of a roster, or of something of it."""
    return f"/rosters/{quote(roster_id, safe='')}{below}"


def _print(found: Mapping[str, Any]) -> None:
    phone = f", {found['phone']}" if found["phone"] else ""
    OUT.print(f"{found['roster_id']}: {say('tier')} {found['tier']}{phone}", markup=False)
    for each in found["people"]:
        OUT.print(f"  {each['staff_id']}: {each['name']}", markup=False)
    for each in found["windows"]:
        OUT.print(f"  {each['dtstart']} {each['duration']} {each['rrule']}", markup=False)
        for turn in each["turns"]["groups"] if each["turns"] else ():
            OUT.print(f"    {each['turns']['every']}: {', '.join(turn)}", markup=False)


def _clock(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(zone()):%d.%m.%Y %H:%M}"


def _served(each: Mapping[str, Any]) -> str:
    return f"{each['name']}*" if each["source"] == "override" else str(each["name"])


def _gap(gap: Mapping[str, Any]) -> str:
    span = f"{_clock(gap['from'])} – {_clock(gap['to'])}"
    return f"{span} {say('tier')} {gap['tier']}: {say('nobody is on duty')}"


def _change(made: Mapping[str, Any]) -> str:
    names = " → ".join(each["name"] if each else "–" for each in (made["out"], made["in"]))
    return f"{_clock(made['from'])} – {_clock(made['to'])} {names} ({made['reason']})"
