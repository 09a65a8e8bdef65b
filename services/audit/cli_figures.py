"""Verb ``tirek audit figures``: how long people waited, over the audit service's API."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table

from shared.cli import OUT, call, moment, say

NOT_SHOWN = "*"


def figures(
    *,
    clock: Annotated[
        str | None,
        typer.Option(help="her-acceptance, her-contact, acknowledgement, decision, contact."),
    ] = None,
    period: Annotated[
        str | None, typer.Option(help="2026, 2026-11 or 2026-11-01..2026-11-15; else this month.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(help="month, place, organisation, service, urgency, channel, hour."),
    ] = None,
    area: Annotated[str | None, typer.Option(help="A territory, or its prefix.")] = None,
    cut: Annotated[
        str | None, typer.Option(help="As of when, like 2026-11-30T17:05+06:00.")
    ] = None,
    working: Annotated[bool, typer.Option(help="In working hours, too.")] = False,
    outside: Annotated[bool, typer.Option(help="To be handed on: covered.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="As a table for programs. Recorded.")] = False,
) -> None:
    """Show the share that was answered within the limit, and how long it took."""
    asked = {"clock": clock, "period": period, "by": by, "area": area, "cut": cut}
    flags = {"working": working, "outside": outside}
    params = {name: value for name, value in asked.items() if value is not None}
    params |= {name: "true" for name, value in flags.items() if value}
    if csv:
        text = call("audit", "GET", "/figures.csv", params=params)
        OUT.print(text, markup=False, soft_wrap=True, end="")
        return
    found = call("audit", "GET", "/figures", params=params)
    about = found["asked"]
    OUT.print(f"{about['place']}, {about['first']} – {about['last']}", markup=False)
    lines = [(each["label"], each) for each in (found["whole"], *found["parts"])]
    OUT.print(table(say("part"), lines))
    size = found["checkpoint"]["size"] if found["checkpoint"] else 0
    cut_at = f"{say('as of')} {moment(about['cut'])}"
    ledger = f"{say('version')} {found['version']}, {say('leaves of the ledger')}: {size}"
    OUT.print(f"{cut_at}, {ledger}", markup=False, soft_wrap=True)


def table(first: str, lines: Iterable[tuple[str, Any]]) -> Table:
    """Each line under its name; ``first``: what names are."""
    heads = ("n", "due", "answered in time", "in time, % of due")
    shown = Table(first, *(say(each) for each in heads), "P50", "P90", box=SIMPLE)
    shown.add_column(say("still open"))
    shown.add_column(say("not answered"))
    for name, each in lines:
        shown.add_row(
            name,
            _number(each["n"]),
            *_share(each["in_time"]),
            *_times(each["wall"]),
            _number(each["still_open"]),
            _number(each["responses"] and each["responses"]["expired"]),
        )
    return shown


def _share(share: Any) -> tuple[str, str, str]:
    """Due, in time, and the share with its interval."""
    if share is None:
        return (NOT_SHOWN,) * 3
    if not share["whole"]:
        return "0", "0", ""
    part, low, high = (
        f"{100 * each:.1f}"
        for each in (share["part"] / share["whole"], share["low"], share["high"])
    )
    return str(share["whole"]), str(share["part"]), f"{part} ({low}–{high})"


def _times(times: Any) -> tuple[str, str]:
    if times is None:
        return NOT_SHOWN, NOT_SHOWN
    return _took(times["median"]), _took(times["p90"])


def _took(seconds: int | None) -> str:
    """``1:04:00``."""
    if seconds is None:
        return say("not reached")
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _number(count: int | None) -> str:
    return NOT_SHOWN if count is None else str(count)
