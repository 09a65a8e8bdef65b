"""Verb ``tirek audit monthly``: the report of a month and a place, over the audit service's API."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from services.audit.cli_figures import table
from services.audit.words_figures import CLOCKS, STANDINGS
from shared.cli import OUT, call, moment, say


def monthly(
    *,
    month: Annotated[
        str | None, typer.Option(help="Like 2026-11; else the last one that is over.")
    ] = None,
    area: Annotated[str | None, typer.Option(help="A territory, or its prefix.")] = None,
    cut: Annotated[
        str | None,
        typer.Option(help="As of when, like 2026-12-10T00:00+06:00; else as it is final."),
    ] = None,
    outside: Annotated[bool, typer.Option(help="To be handed on: covered.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="All of it as one table. Recorded.")] = False,
) -> None:
    """Show the report of a month: every clock beside the month before and the year before.

    It is final as of the tenth of the month after. Whoever asks for the same month, place and cut
    gets the same version, whatever was said since.
    """
    asked = {"month": month, "area": area, "cut": cut, "outside": "true" if outside else None}
    params = {name: value for name, value in asked.items() if value is not None}
    if csv:
        text = call("audit", "GET", "/figures/monthly.csv", params=params)
        OUT.print(text, markup=False, soft_wrap=True, end="")
        return
    found = call("audit", "GET", "/figures/monthly", params=params)
    OUT.print(f"{found['place']}, {found['month']}", markup=False)
    OUT.print(table(say("which wait"), _lines(found)))
    OUT.print(mark(found), markup=False, soft_wrap=True)


def mark(found: Any) -> str:
    """By what the same report is found again, on one line."""
    signed = found["checkpoint"]
    ledger = f"{signed['size']} {signed['root']}" if signed else "0"
    return (
        f"{say(STANDINGS[found['standing']])}, {say('as of')} {moment(found['cut'])}, "
        f"{say('version')} {found['version']}, {say('leaves of the ledger')}: {ledger}"
    )


def _lines(found: Any) -> Iterator[tuple[str, Any]]:
    for clock, line in found["lines"].items():
        yield say(CLOCKS[clock]), line
        for before in found["before"]:
            if before["lines"]:
                yield f"  {before['month']}", before["lines"][clock]
