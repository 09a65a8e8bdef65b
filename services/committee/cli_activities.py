"""Verbs ``tirek committee activity``, ``aid`` and ``report``, over the committee service's API.

Each entry has an id of its own: a command that was cut short is repeated with ``--id``, and enters
nothing twice.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from shared.cli import ERR, OUT, call, fail, pages, say
from shared.ids import RandomIds

activity = typer.Typer(help="Prevention meetings, trainings, informing.", no_args_is_help=True)
aid = typer.Typer(help="Aid that a committee decided on.", no_args_is_help=True)

EntryId = Annotated[str, typer.Argument(help="The entry's id, as the list shows it.")]
Year = Annotated[int, typer.Option(help="Of which year.")]
Reason = Annotated[str, typer.Option(help="Why, as a code: entered-twice, for instance.")]
On = Annotated[str, typer.Option("--on", help="The day, like 2026-10-05.")]
NewId = Annotated[str | None, typer.Option("--id", help="To repeat what may not have arrived.")]
Replaces = Annotated[str | None, typer.Option(help="The entry that this corrects.")]
SIGNS = {"suppressed": "*", "not-kept": "not yet kept"}


@activity.command("list")
def list_activities(year: Year) -> None:
    """Show those of a year, latest first."""
    table = Table("", say("day"), say("kind of work"), say("topic"), say("people"), box=SIMPLE)
    for page in pages("committee", path("activities"), {"year": str(year)}):
        for each in page["activities"]:
            people = each["reach"] or sum(one["count"] for one in each["present"])
            cells = (each["entry_id"], each["happened_on"], each["kind"], each["topic"])
            table.add_row(*map(Text, cells), str(people))
    OUT.print(table)


@activity.command("enter")
def enter_activity(
    kind: Annotated[str, typer.Argument(help="meeting, training or informing.")],
    *,
    on: On,
    place: Annotated[str, typer.Option(help="Where: a territory code.")],
    topic: Annotated[str, typer.Option(help="A code: law, parenting.")],
    host: Annotated[str | None, typer.Option(help="A sector; left out: the committee.")] = None,
    days: Annotated[int | None, typer.Option(help="Of a training: 1 or 2.")] = None,
    channel: Annotated[str | None, typer.Option(help="Of informing: chat-group.")] = None,
    reach: Annotated[int | None, typer.Option(help="Of informing: how many people.")] = None,
    present: Annotated[
        list[str] | None, typer.Option(help="Who was there, like female:30-44:12. Repeat it.")
    ] = None,
    replaces: Replaces = None,
    new_id: NewId = None,
) -> None:
    """Enter one, or the correction of one."""
    body = {
        "kind": kind,
        "happened_on": on,
        "territory": place,
        "topic": topic,
        "host": host,
        "days": days,
        "channel": channel,
        "reach": reach,
        "present": [_present(each) for each in present or ()],
        "replaces": replaces,
    }
    _enter(path("activities"), new_id, body)


@activity.command("withdraw")
def withdraw_activity(entry_id: EntryId, reason: Reason) -> None:
    """Take one back that was entered in error: it counts no more."""
    below = path("activities", entry_id, "withdraw")
    call("committee", "POST", below, body={"reason": reason})


@aid.command("list")
def list_aid(year: Year) -> None:
    """Show that of a year, latest first."""
    table = Table("", say("day"), say("kind of aid"), say("som"), say("decision"), box=SIMPLE)
    for page in pages("committee", path("aid"), {"year": str(year)}):
        for each in page["aid"]:
            som = "" if each["som"] is None else str(each["som"])
            cells = (each["entry_id"], each["given_on"], each["kind"], som, each["decision_id"])
            table.add_row(*map(Text, cells))
    OUT.print(table)


@aid.command("decisions")
def list_decisions() -> None:
    """Show the decisions by which something may be given, the latest first."""
    table = Table(say("decision"), say("matter"), say("day"), "", say("case"), box=SIMPLE)
    for each in call("committee", "GET", "/aid-decisions")["decisions"]:
        cells = (each["decision_id"], each["matter_id"], each["decided_on"], each["what"])
        table.add_row(*map(Text, (*cells, ", ".join(each["cases"]))))
    OUT.print(table)


@aid.command("enter")
def enter_aid(
    kind: Annotated[str, typer.Argument(help="cash, house, documents or other.")],
    *,
    on: On,
    matter: Annotated[str, typer.Option(help="The matter's id.")],
    decision: Annotated[str, typer.Option(help="The decision's id.")],
    source: Annotated[str, typer.Option(help="Who paid, as a code: local-budget.")],
    som: Annotated[int | None, typer.Option(help="Its worth.")] = None,
    public_id: Annotated[str | None, typer.Option(help="Of the case, if there is one.")] = None,
    replaces: Replaces = None,
    new_id: NewId = None,
) -> None:
    """Enter aid, or the correction of an entry."""
    body = {
        "matter_id": matter,
        "decision_id": decision,
        "kind": kind,
        "source": source,
        "given_on": on,
        "som": som,
        "public_id": public_id,
        "replaces": replaces,
    }
    _enter(path("aid"), new_id, body)


@aid.command("withdraw")
def withdraw_aid(entry_id: EntryId, reason: Reason) -> None:
    """Take an entry back that was made in error: it counts no more."""
    below = path("aid", entry_id, "withdraw")
    call("committee", "POST", below, body={"reason": reason})


def report(
    year: Annotated[int, typer.Argument(help="Of which year.")],
    *,
    quarter: Annotated[int | None, typer.Option(help="1 to 4; left out: the year.")] = None,
    clock: Annotated[str, typer.Option(help="happened or entered: which day counts.")] = "happened",
    area: Annotated[str | None, typer.Option(help="A territory's code, or its beginning.")] = None,
    committee: Annotated[str | None, typer.Option(help="One committee.")] = None,
    outside: Annotated[
        bool, typer.Option("--outside", help="To be handed on: small counts are left out.")
    ] = False,
    csv: Annotated[Path | None, typer.Option(help="Write a table into this file.")] = None,
    excel: Annotated[bool, typer.Option("--excel", help="As a spreadsheet opens it.")] = False,
) -> None:
    """Figures beside those of a year before. A proposal: no official form is known."""
    asked = {"year": year, "quarter": quarter, "clock": clock, "area": area, "committee": committee}
    wanted = {name: str(value) for name, value in asked.items() if value is not None}
    wanted["outside"] = str(outside).lower()
    if csv is not None:
        wanted["variant"] = "excel" if excel else "plain"
        text = call("committee", "GET", "/report.csv", params=wanted)
        csv.write_text(text, encoding="utf-8", newline="")
        return
    found = call("committee", "GET", "/report", params=wanted)
    for each in found["tables"]:
        OUT.print(_table(each))
    for each in found["silent"]:
        OUT.print(
            f"{say('nothing entered')}: {each['organisation']}, {each['place']}", markup=False
        )


def path(*parts: str) -> str:
    """The address of something."""
    return "".join(f"/{quote(each, safe='')}" for each in parts)


def _enter(above: str, new_id: str | None, body: Mapping[str, Any]) -> None:
    entry_id = new_id or RandomIds().new()
    try:
        call("committee", "PUT", f"{above}/{quote(entry_id, safe='')}", body=body)
    except typer.Exit:
        ERR.print(f"--id {entry_id}", markup=False)
        raise
    OUT.print(entry_id, markup=False)


def _present(typed: str) -> dict[str, Any]:
    sex, _, rest = typed.partition(":")
    band, _, count = rest.partition(":")
    if not (count.isascii() and count.isdigit()):
        raise fail(say("say who was there like female:30-44:12"))
    return {"sex": sex, "age_band": band, "count": int(count)}


def _table(found: Mapping[str, Any]) -> Table:
    table = Table(
        "",
        "",
        say("same period last year"),
        say("this year"),
        say("change, %"),
        title=found["place"],
    )
    axis = ""
    for line in found["lines"]:
        share = "" if line["change"] is None else str(line["change"])
        told = "" if line["by_label"] == axis else line["by_label"]
        name, part = (told, line["part_label"]) if line["by"] else (line["label"], "")
        axis = line["by_label"]
        numbers = (_cell(line["before"]), _cell(line["now"]), share)
        table.add_row(*map(Text, (name, part, *numbers)))
    return table


def _cell(cell: Mapping[str, Any]) -> str:
    return str(cell["value"]) if cell["missing"] is None else say(SIGNS[cell["missing"]])
