"""Verb ``tirek audit views``: who looked at what, over the audit service's API."""

from typing import Annotated, Any

import typer

from services.audit.seen.words import KINDS, LOOKS, REASONS
from shared.cli import OUT, call, moment, pages, say


def views(
    of_id: Annotated[str, typer.Argument(metavar="[ID]", help="Its id; of everybody none.")] = "",
    *,
    of: Annotated[str, typer.Option(help="case, person, organisation or everybody.")] = "case",
    since: Annotated[
        str | None, typer.Option("--from", help="The first day, like 2026-11-01.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="The last day.")] = None,
    what: Annotated[
        list[str] | None,
        typer.Option(help="Only what was done so, like read-refused or link-refused."),
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="As a table for programs. Recorded.")] = False,
) -> None:
    """Show who looked at a case, or what a person or an organisation's people looked at, looked
    for, took along and were refused; the newest first."""
    asked = {"of": of, "id": of_id, "since": since, "until": until, "what": what}
    params: dict[str, Any] = {name: value for name, value in asked.items() if value}
    if csv:
        text = call("audit", "GET", "/views.csv", params=params)
        OUT.print(text, markup=False, soft_wrap=True, end="")
        return
    for page in pages("audit", "/views", params):
        for each in page["looks"]:
            OUT.print(_line(each), markup=False, soft_wrap=True)


def _line(look: Any) -> str:
    """``30.11.2026 14:05 Asia/Bishkek  st-…  centre  looked at: an offer …``."""
    told = f"{say(LOOKS[look['what']])}: {say(KINDS.get(look['kind'], look['kind']))}"
    if look["record"]:
        told += f" {look['record']}"
    if look["reason"]:
        told += f" ({say(REASONS.get(look['reason'], look['reason']))})"
    if look["times"] != 1:
        told += f" × {look['times']}"
    who = f"{look['staff_id'] or '–'}  {look['organisation'] or '–'}"
    return f"{moment(look['at'])}  {who}  {told}"
