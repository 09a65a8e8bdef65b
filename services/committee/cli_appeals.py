"""Verbs ``tirek committee appeal``: the register of appeals, over the committee service's API."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.box import SIMPLE
from rich.table import Table

from shared.cli import OUT, call, pages, say
from shared.ids import RandomIds

appeal = typer.Typer(
    help="Citizens' appeals to your committee: no name, no words.", no_args_is_help=True
)

AppealId = Annotated[str, typer.Argument(help="As `tirek committee appeal list` shows it.")]


@appeal.command("list")
def list_appeals(
    state: Annotated[
        str | None, typer.Option(help="Only these: open, incident or answered.")
    ] = None,
    late: Annotated[bool, typer.Option("--late", help="Only those that were let wait.")] = False,
) -> None:
    """Show the register, the last received first; * stands behind a day that passed unused."""
    wanted = {"late": "true"} if late else {}
    wanted |= {"state": state} if state else {}
    table = Table(
        say("received"),
        say("no."),
        say("kind of appeal"),
        say("subject"),
        say("state"),
        say("answer by"),
        "",
        box=SIMPLE,
    )
    for page in pages("committee", "/appeals", wanted):
        for each in page["appeals"]:
            due = f"{each['answer_by'] or ''}{'*' if each['late'] else ''}"
            known = (each[name] for name in ("received_on", "journal_no", "kind", "subject"))
            table.add_row(*known, each["state"], due, each["appeal_id"])
    OUT.print(table)


@appeal.command("show")
def show_appeal(appeal_id: AppealId) -> None:
    """Show one appeal; an incident with how far each of its needs has come."""
    _print(call("committee", "GET", path(appeal_id)))


@appeal.command("enter")
def enter_appeal(
    *,
    received: Annotated[str, typer.Option(help="The day, like 2026-11-24.")],
    journal: Annotated[str, typer.Option(help="Its number in the paper journal.")],
    way: Annotated[str, typer.Option(help="written, oral or electronic.")],
    kind: Annotated[str, typer.Option(help="proposal, application or complaint.")],
    subject: Annotated[str, typer.Option(help="A code: housing, for instance.")],
    village: Annotated[str | None, typer.Option(help="Its territory code.")] = None,
    sex: Annotated[str | None, typer.Option(help="female, male or unknown.")] = None,
    age_band: Annotated[str | None, typer.Option(help="Like 30-44, or unknown.")] = None,
    collective: Annotated[bool, typer.Option("--collective", help="Several wrote.")] = False,
    appeal_id: Annotated[str | None, typer.Option("--id", help="Of one to correct.")] = None,
) -> None:
    """Enter an appeal, or correct one of which nothing became yet. No name, no words."""
    body = {
        "received_on": received,
        "journal_no": journal,
        "way": way,
        "kind": kind,
        "subject": subject,
        "collective": collective,
        "village": village,
        "sex": sex,
        "age_band": age_band,
    }
    _print(call("committee", "PUT", path(appeal_id or RandomIds().new()), body=body))


@appeal.command("link")
def link_appeal(
    appeal_id: AppealId,
    incident_id: Annotated[str, typer.Argument(help="As intake called it when it was reported.")],
) -> None:
    """Say that it is an incident, and was reported as this one."""
    call("committee", "PUT", path(appeal_id, "/incident"), body={"incident_id": incident_id})


@appeal.command("answer")
def answer_appeal(
    appeal_id: AppealId,
    answer: Annotated[str, typer.Argument(help="granted, explained, refused or forwarded.")],
    day: Annotated[str, typer.Option("--on", help="The day on the answer.")],
    to: Annotated[str | None, typer.Option(help="To which body it was forwarded.")] = None,
) -> None:
    """Say that it is no incident, and was answered. That closes it."""
    body = {"answer": answer, "answered_on": day, "forwarded_to": to}
    _print(call("committee", "PUT", path(appeal_id, "/answer"), body=body))


def path(appeal_id: str, below: str = "") -> str:
    """The address of an appeal, or of something of it."""
    return f"/appeals/{quote(appeal_id, safe='')}{below}"


def _print(found: Mapping[str, Any]) -> None:
    OUT.print(f"{found['appeal_id']}: {found['state']}", markup=False, soft_wrap=True)
    for each in found["needs"]:
        called = each["public_id"] or ""
        OUT.print(f"  {called} {each['service_type']}: {each['progress']}", markup=False)
