"""Verbs ``tirek roster``: who is on duty when, over notify's API."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import typer

from shared.cli import OUT, call, say

roster = typer.Typer(help="Who is on duty when.", no_args_is_help=True)

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
