"""``tirek incident``: sends a report and shows how far an incident has come, over intake's API."""

import asyncio
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.table import Table

from shared.cli import ERR, OUT, call
from shared.clock import pause
from shared.ids import RandomIds

incident = typer.Typer(help="Report an incident; see how far it has come.", no_args_is_help=True)

KEY = "Idempotency-Key"
EVERY = 1.0
"""Seconds between two looks."""
SETTLED = frozenset(
    {"awaiting-consent", "accepted", "in-service", "exhausted", "completed", "ended"}
)
"""Nothing changes by itself here: somebody helps, or a person has to act."""


def send(body: Any, key: str | None) -> None:
    """Sends a report, and prints what became of it."""
    used = key or RandomIds().new()
    ERR.print(f"key {used} (with --key it can be sent again without being taken twice)")
    _print(call("intake", "POST", "/incidents", body=body, headers={KEY: used}))


@incident.command("show")
def show(
    incident_id: Annotated[str, typer.Argument(help="What `tirek incident report` printed.")],
    follow: Annotated[
        bool, typer.Option("--follow", help="Keep showing until every need has an end.")
    ] = False,
) -> None:
    """Show how far an incident has come, as far as you may know."""
    if follow:
        asyncio.run(_follow(incident_id))
    else:
        _print(_ask(incident_id))


async def _follow(incident_id: str) -> None:
    last: Any = None
    while True:
        found = _ask(incident_id)
        if found != last:
            _print(found)
            last = found
        if all(need["progress"] in SETTLED for need in found["needs"]):
            return
        await pause(EVERY)


def _ask(incident_id: str) -> Any:
    return call("intake", "GET", f"/incidents/{quote(incident_id, safe='')}")


def _print(found: dict[str, Any]) -> None:
    OUT.print(f"incident {found['incident_id']}, {found['status']} {found['received_at']}")
    if not found["needs"]:
        return
    table = Table("need", "urgency", "progress", box=None, pad_edge=False)
    for need in found["needs"]:
        table.add_row(need["service_type"], need["urgency"], need["progress"])
    OUT.print(table)
