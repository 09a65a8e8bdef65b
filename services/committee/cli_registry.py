"""Verbs ``tirek committee``: committees, who sits in them, and coverage, over the API."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.box import SIMPLE
from rich.table import Table

from shared.cli import OUT, call, fail, language, pages, say
from shared.ids import RandomIds

member = typer.Typer(help="Who sits in a committee.", no_args_is_help=True)

CommitteeId = Annotated[str, typer.Argument(help="As `tirek committee list` shows it.")]
Day = typer.Option(help="Like 2026-01-12.")
WHOM = "say whom of the register, or the name of somebody new: --staff or --name, and not both"
FIELDS = ("order_no", "order_on", "term_from", "term_to", "chair", "secretary", "ended_on")


def list_committees(
    area: Annotated[str | None, typer.Option(help="A territory's code, or its beginning.")] = None,
) -> None:
    """Show committees, as far as you may see them, and how each stands today."""
    for page in pages("committee", "/committees", {"area": area} if area else None):
        for each in page["committees"]:
            _line(each)


def show_committee(committee_id: CommitteeId) -> None:
    """Show a committee: its order, its term, its members by sector, and the terms before."""
    found = call("committee", "GET", path(committee_id))
    _line(found)
    OUT.print(_term(found), markup=False)
    for sector, count in found["members"].items():
        OUT.print(f"  {sector}: {count}", markup=False)
    for each in call("committee", "GET", path(committee_id, "/terms"))["terms"]:
        OUT.print(_term(each), markup=False)


def approve(
    *,
    organisation: Annotated[str, typer.Option(help="Which one of the directory it is.")],
    territory: Annotated[str, typer.Option(help="The code of its aimak or town.")],
    order: Annotated[str, typer.Option(help="The number of the order.")],
    order_on: Annotated[str, Day],
    term_from: Annotated[str, Day],
    term_to: Annotated[str, Day],
) -> None:
    """Enter a committee that was approved, as coordinator of its territory."""
    body = {
        "organisation": organisation,
        "territory": territory,
        "order_no": order,
        "order_on": order_on,
        "term_from": term_from,
        "term_to": term_to,
    }
    _line(call("committee", "POST", "/committees", body=body))


def change(
    committee_id: CommitteeId,
    *,
    order: Annotated[str | None, typer.Option(help="Another one begins another term.")] = None,
    order_on: Annotated[str | None, Day] = None,
    term_from: Annotated[str | None, Day] = None,
    term_to: Annotated[str | None, Day] = None,
    chair: Annotated[str | None, typer.Option(help="A member, by staff id.")] = None,
    secretary: Annotated[str | None, typer.Option(help="A member, by staff id.")] = None,
    ended_on: Annotated[str | None, Day] = None,
) -> None:
    """Approve a committee anew, name its chair or secretary, or end it; the rest stays."""
    given = (order, order_on, term_from, term_to, chair, secretary, ended_on)
    found = call("committee", "GET", path(committee_id))
    body = {
        name: found[name] if value is None else value
        for name, value in zip(FIELDS, given, strict=True)
    }
    _line(call("committee", "PUT", path(committee_id), body=body))


def coverage(
    *,
    area: Annotated[str | None, typer.Option(help="A territory's code, or its beginning.")] = None,
    day: Annotated[str | None, typer.Option(help="As of which day; left out: today.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write a table into this file.")] = None,
    excel: Annotated[bool, typer.Option("--excel", help="As a spreadsheet opens it.")] = False,
) -> None:
    """Show how many aimaks and towns have a committee, one whose term is over, or none."""
    asked = {"area": area, "day": day}
    wanted = {name: value for name, value in asked.items() if value is not None}
    if csv is not None:
        wanted["variant"] = "excel" if excel else "plain"
        text = call("committee", "GET", "/coverage.csv", params=wanted)
        csv.write_text(text, encoding="utf-8", newline="")
        return
    found = call("committee", "GET", "/coverage", params=wanted)
    heads = ("place", "aimaks and towns", "with a committee", "term is over", "without one")
    table = Table(*map(say, heads), box=SIMPLE)
    for each in (found["whole"], *found["below"], found["wider"]):
        counts = (each[name] for name in ("expected", "active", "lapsed", "without"))
        table.add_row(each["place"], *("" if one is None else str(one) for one in counts))
    OUT.print(table)
    if found["wider"]["active"] or found["wider"]["lapsed"]:
        OUT.print(say("a raion's committee is of none of its aimaks: they count as without"))
    if any(each["expected"] is None for each in (found["whole"], *found["below"])):
        OUT.print(say("where no number of aimaks and towns stands, it is not known"))


@member.command("list")
def list_members(committee_id: CommitteeId) -> None:
    """Show who sits or sat in a committee, by sector; names are those of the register."""
    organisation = call("committee", "GET", path(committee_id))["organisation"]
    names = {
        each["staff_id"]: each["name"]
        for page in pages("notify", "/people", {"organisation": organisation})
        for each in page["people"]
    }
    table = Table(*map(say, ("sector", "name", "body", "from", "to")), "", box=SIMPLE)
    for each in call("committee", "GET", path(committee_id, "/members"))["members"]:
        known = (each["sector"], names.get(each["staff_id"], each["staff_id"]), each["body"])
        ids = f"{each['member_id']} {each['staff_id']}"
        table.add_row(*known, each["member_from"], each["member_to"] or "", ids)
    OUT.print(table)


@member.command("enter")
def enter_member(
    committee_id: CommitteeId,
    *,
    sector: Annotated[str, typer.Option(help="Like community-aksakal-court.")],
    body: Annotated[str, typer.Option(help="For whom they speak: aksakal-court.")],
    staff: Annotated[str | None, typer.Option(help="Whom of the register (staff id).")] = None,
    name: Annotated[str | None, typer.Option(help="Of somebody the register lacks.")] = None,
    order: Annotated[str | None, typer.Option(help="Left out: the committee's.")] = None,
    order_on: Annotated[str | None, Day] = None,
    since: Annotated[str | None, typer.Option(help="Left out: when the term began.")] = None,
    deputy_of: Annotated[str | None, typer.Option(help="The member they stand for.")] = None,
) -> None:
    """Enter a member, as the committee's secretary: of the register, or new to it."""
    if (staff is None) == (name is None):
        raise fail(say(WHOM))
    found = call("committee", "GET", path(committee_id))
    body_of = {
        "staff_id": staff or _registered(found["organisation"], str(name)),
        "body": body,
        "sector": sector,
        "order_no": order or found["order_no"],
        "order_on": order_on or found["order_on"],
        "member_from": since or found["term_from"],
        "deputy_of": deputy_of,
    }
    made = call("committee", "POST", path(committee_id, "/members"), body=body_of)
    OUT.print(f"{made['member_id']} {made['staff_id']}", markup=False, soft_wrap=True)


@member.command("leave")
def leave(
    committee_id: CommitteeId,
    member_id: Annotated[str, typer.Argument(help="As `member list` shows it.")],
    day: Annotated[str, typer.Argument(help="Their last one, like 2026-11-30.")],
) -> None:
    """Say on which day a member sat there last."""
    where = path(committee_id, f"/members/{quote(member_id, safe='')}/leave")
    call("committee", "POST", where, body={"member_to": day})


@member.command("withdraw")
def withdraw(
    committee_id: CommitteeId,
    member_id: Annotated[str, typer.Argument(help="As `member list` shows it.")],
) -> None:
    """Take back a member who was entered in error, and has not taken part yet."""
    where = path(committee_id, f"/members/{quote(member_id, safe='')}/withdraw")
    call("committee", "POST", where)


def path(committee_id: str, below: str = "") -> str:
    """The address of a committee, or of something of it."""
    return f"/committees/{quote(committee_id, safe='')}{below}"


def _registered(organisation: str, name: str) -> str:
    """The staff id of somebody new in the register, who needs no account."""
    staff_id = f"st-{RandomIds().new()}"
    entry = {
        "name": name,
        "organisation": organisation,
        "roles": ["member"],
        "languages": [language()],
    }
    call("notify", "PUT", f"/people/{staff_id}", body=entry)
    OUT.print(staff_id, markup=False)
    return staff_id


def _line(found: Mapping[str, Any]) -> None:
    count = sum(found["members"].values())
    shown = f"{found['committee_id']}: {found['organisation']}, {found['place']}"
    OUT.print(f"{shown}, {found['standing']}, {count}", markup=False, soft_wrap=True)


def _term(found: Mapping[str, Any]) -> str:
    order = f"{found['order_no']} ({found['order_on']})"
    led = ", ".join(each for each in (found["chair"], found["secretary"]) if each)
    return f"{found['term_from']}–{found['term_to']}, {order}{': ' if led else ''}{led}"
