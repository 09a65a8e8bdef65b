"""Verbs ``tirek committee plan``: the plan of work, over the committee service's API."""

from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.box import SIMPLE
from rich.table import Table

from shared.cli import OUT, call, pages, say, yes_or_no
from shared.ids import RandomIds

plan = typer.Typer(
    help="Your committee's plan of work, and what others plan with you.", no_args_is_help=True
)

ItemId = Annotated[str, typer.Argument(help="As `tirek committee plan show` shows it.")]


@plan.command("show")
def show_plan(year: Annotated[int, typer.Argument(help="Like 2026.")]) -> None:
    """Show the plan for a year, as the kenesh has it."""
    table = Table(
        say("no."),
        say("matter"),
        say("quarter"),
        say("prepares"),
        say("reports"),
        say("indicator"),
        say("money"),
        say("together with"),
        say("done"),
        "",
        box=SIMPLE,
    )
    for each in call("committee", "GET", f"/plans/{year}")["items"]:
        table.add_row(
            str(each["number"]),
            each["work"],
            str(each["quarter"]),
            each["prepares"],
            each["reports"],
            _target(each["target"]),
            each["money"],
            _joint(each["joint_with"], each["joint_yes"]),
            each["done_on"] or "",
            each["item_id"],
        )
    OUT.print(table)


@plan.command("enter")
def enter_item(
    *,
    year: Annotated[int, typer.Option(help="Like 2026.")],
    quarter: Annotated[int, typer.Option(help="1 to 4.")],
    work: Annotated[str, typer.Option(help="A code: training, for instance.")],
    prepares: Annotated[str, typer.Option(help="The body that prepares it.")],
    reports: Annotated[str, typer.Option(help="The body that reports on it.")],
    target: Annotated[str | None, typer.Option(help="Like people:100.")] = None,
    money: Annotated[str, typer.Option(help="Where it comes from.")] = "none",
    joint_with: Annotated[
        str | None, typer.Option("--with", help="The organisation that is to say yes to it.")
    ] = None,
    item_id: Annotated[str | None, typer.Option("--id", help="Of one to change.")] = None,
) -> None:
    """Enter a row of the plan, or change one that is not done."""
    indicator, _, count = (target or "").partition(":")
    body = {
        "year": year,
        "quarter": quarter,
        "work": work,
        "prepares": prepares,
        "reports": reports,
        "target": {"indicator": indicator, "count": int(count) if count.isdecimal() else count}
        if target
        else None,
        "money": money,
        "joint_with": joint_with,
    }
    made = call("committee", "PUT", path(item_id or RandomIds().new()), body=body)
    OUT.print(made["item_id"], markup=False, soft_wrap=True)


@plan.command("drop")
def drop_item(item_id: ItemId) -> None:
    """Take out a row that was a mistake: neither done nor agreed on."""
    call("committee", "DELETE", path(item_id))


@plan.command("done")
def finish_item(
    item_id: ItemId,
    day: Annotated[
        str | None, typer.Argument(help="On which day; left out: it is not done after all.")
    ] = None,
) -> None:
    """Say on which day a row was done."""
    call("committee", "PUT", path(item_id, "/done"), body={"done_on": day})


@plan.command("joint")
def list_joint() -> None:
    """Show what committees plan together with your organisation, and what it has said."""
    for page in pages("committee", "/joint-items"):
        for each in page["items"]:
            when = f"{each['year']}/{each['quarter']}"
            line = f"{each['organisation']}, {when}, {each['work']} {_target(each['target'])}"
            said = say("not answered") if each["yes"] is None else yes_or_no(each["yes"])
            shown = f"{each['item_id']} {each['version']}: {line}: {said}"
            OUT.print(shown, markup=False, soft_wrap=True)


@plan.command("reply")
def reply_joint(
    item_id: Annotated[str, typer.Argument(help="As `tirek committee plan joint` shows it.")],
    version: Annotated[int, typer.Argument(help="The number behind the id.")],
    yes: Annotated[bool, typer.Option("--yes/--no", help="What your organisation says.")],
) -> None:
    """Say yes or no, for your organisation, to what a committee plans with it."""
    asked = f"/joint-items/{quote(item_id, safe='')}/answer"
    call("committee", "PUT", asked, body={"yes": yes, "version": version})


def path(item_id: str, below: str = "") -> str:
    """The address of a row, or of something of it."""
    return f"/plan-items/{quote(item_id, safe='')}{below}"


def _target(target: Any) -> str:
    return f"{target['indicator']}: {target['count']}" if target else ""


def _joint(organisation: str | None, yes: bool | None) -> str:
    if organisation is None:
        return ""
    return f"{organisation}: {say('not answered') if yes is None else yes_or_no(yes)}"
