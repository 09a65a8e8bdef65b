"""Verb ``tirek audit figures``: how long people waited, over the audit service's API."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Column, Table

from services.audit.words_figures import RESPONSES
from shared.cli import OUT, call, moment, say

NOT_SHOWN, NOTHING = "*", "–"
LONGEST = 200
"""Rows of the late list, the latest first."""
Clock = Annotated[
    str | None,
    typer.Option(help="her-acceptance, her-contact, acknowledgement, decision, contact."),
]
Period = Annotated[
    str | None, typer.Option(help="2026, 2026-11 or 2026-11-01..2026-11-15; else this month.")
]
By = Annotated[
    str | None, typer.Option(help="month, place, organisation, service, urgency, channel, hour.")
]
Area = Annotated[str | None, typer.Option(help="A territory, or its prefix.")]
Cut = Annotated[str | None, typer.Option(help="As of when, like 2026-11-30T17:05+06:00.")]
Service = Annotated[str | None, typer.Option(help="Of one service type alone.")]
Urgency = Annotated[str | None, typer.Option(help="Of one urgency alone.")]
Working = Annotated[bool, typer.Option(help="In working hours, too.")]
Outside = Annotated[bool, typer.Option(help="To be handed on: covered.")]
Csv = Annotated[bool, typer.Option("--csv", help="As a table for programs. Recorded.")]
Late = Annotated[bool, typer.Option("--late", help="What was late, or not answered.")]
Unmet = Annotated[bool, typer.Option("--unmet", help="What nobody had.")]


def figures(
    *,
    clock: Clock = None,
    period: Period = None,
    by: By = None,
    area: Area = None,
    cut: Cut = None,
    service: Service = None,
    urgency: Urgency = None,
    working: Working = False,
    outside: Outside = False,
    csv: Csv = False,
    late: Late = False,
    unmet: Unmet = False,
) -> None:
    """Show the share that was answered within the limit, and how long it took."""
    asked = {"clock": clock, "period": period, "by": by, "area": area, "cut": cut}
    asked |= {"service": service, "urgency": urgency}
    flags = {"working": working, "outside": outside}
    params = {name: value for name, value in asked.items() if value is not None}
    params |= {name: "true" for name, value in flags.items() if value}
    if csv:
        text = call("audit", "GET", "/figures.csv", params=params)
        OUT.print(text, markup=False, soft_wrap=True, end="")
    elif late:
        _late(call("audit", "GET", "/figures/late", params=params | {"limit": str(LONGEST)}))
    elif unmet:
        _unmet(call("audit", "GET", "/figures/unmet", params=params))
    else:
        _report(call("audit", "GET", "/figures", params=params))


def _report(found: Any) -> None:
    about = found["asked"]
    _head(about)
    lines = [(each["label"], each) for each in (found["whole"], *found["parts"])]
    OUT.print(table(say("part"), lines))
    size = found["checkpoint"]["size"] if found["checkpoint"] else 0
    cut_at = f"{say('as of')} {moment(about['cut'])}"
    ledger = f"{say('version')} {found['version']}, {say('leaves of the ledger')}: {size}"
    OUT.print(f"{cut_at}, {ledger}", markup=False, soft_wrap=True)


def _late(found: Any) -> None:
    """The longest first; and of how many they are."""
    _head(found["asked"])
    heads = ("began", "service", "organisation", "what became of it", "late by")
    shown = grid(*map(say, heads))
    for each in found["rows"]:
        shown.add_row(
            moment(each["start"]),
            each["service"],
            each["organisation"] or NOTHING,
            say(RESPONSES[each["response"]]),
            _took(each["over"]),
        )
    OUT.print(shown)
    OUT.print(f"{len(found['rows'])} / {found['count']}", markup=False)


def _unmet(found: Any) -> None:
    """By service and place."""
    _head(found["asked"])
    heads = ("service", "place", "nobody to ask", "all who were asked refused or were silent")
    shown = grid(*map(say, heads))
    for each in found["unmet"]:
        counts = str(each["nobody"]), str(each["refused"])
        shown.add_row(each["service"], each["place"] or NOTHING, *counts)
    OUT.print(shown)


def _head(about: Any) -> None:
    OUT.print(f"{about['place']}, {about['first']} – {about['last']}", markup=False)


def grid(*heads: str) -> Table:
    """Columns of which nothing is cut away, however narrow the terminal is."""
    return Table(*(Column(each, overflow="fold") for each in heads), box=SIMPLE)


def table(first: str, lines: Iterable[tuple[str, Any]]) -> Table:
    """Each line under its name; ``first``: what names are."""
    heads = ("in time, % of due", "P50", "P90", "still open", "not answered")
    shown = grid(first, "n", *map(say, heads))
    shown.columns[2].min_width = len("(100.0–100.0)")
    for name, each in lines:
        shown.add_row(
            name,
            _number(each["n"]),
            _share(each["in_time"]),
            *_times(each),
            _number(each["still_open"]),
            _number(each["responses"] and each["responses"]["expired"]),
        )
    return shown


def _share(share: Any) -> str:
    """In time, of how many due, and the share with its interval: ``5/8 62.5 (30.6–86.3)``, on two
    lines."""
    if share is None:
        return NOT_SHOWN
    if not share["whole"]:
        return "0/0"
    part, low, high = (
        f"{100 * each:.1f}"
        for each in (share["part"] / share["whole"], share["low"], share["high"])
    )
    return f"{share['part']}/{share['whole']} {part}\n({low}–{high})"


def _times(line: Any) -> tuple[str, str]:
    """Median and P90; of nobody there is none."""
    times = line["wall"]
    if line["n"] == 0:
        return NOTHING, NOTHING
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
