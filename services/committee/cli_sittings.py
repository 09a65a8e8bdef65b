"""Verbs ``tirek committee sitting`` and ``action``, over the committee service's API."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from shared.cli import OUT, call, fail, moment, pages, say
from shared.ids import RandomIds
from shared.jurisdiction.config_files import BadFile, parse_yaml, read_text

sitting = typer.Typer(help="Sittings of a local committee.", no_args_is_help=True)
action = typer.Typer(help="What its sittings decided is to be done.", no_args_is_help=True)

CommitteeId = Annotated[str, typer.Argument(help="The committee's id.")]
SittingId = Annotated[str, typer.Argument(help="The sitting's id, as `sitting list` shows it.")]
ItemId = Annotated[str, typer.Argument(help="The item's id, as `sitting show` shows it.")]
File = Annotated[Path, typer.Argument(help="YAML or JSON, with the fields at /docs.")]


@sitting.command("list")
def list_sittings(
    committee_id: CommitteeId,
    year: Annotated[int | None, typer.Option(help="Left out: this year.")] = None,
) -> None:
    """Show the sittings of a year, the newest first."""
    params = {"year": str(year)} if year else None
    path = f"/committees/{quote(committee_id, safe='')}/sittings"
    for each in call("committee", "GET", path, params=params)["sittings"]:
        OUT.print(_line(each), markup=False, soft_wrap=True)


@sitting.command("show")
def show_sitting(sitting_id: SittingId) -> None:
    """Show a sitting: its agenda, who left for what, and what was decided."""
    _print(call("committee", "GET", path_of(sitting_id)))


@sitting.command("plan")
def plan(
    committee_id: CommitteeId,
    starts: Annotated[str, typer.Argument(help="Like 2026-12-10T14:00:00+06:00.")],
    emergency: Annotated[bool, typer.Option("--emergency", help="It is in no plan.")] = False,
) -> None:
    """Plan a sitting, as secretary."""
    path = f"/committees/{quote(committee_id, safe='')}/sittings/{RandomIds().new()}"
    body = {"kind": "emergency" if emergency else "ordinary", "starts": starts}
    OUT.print(_line(call("committee", "PUT", path, body=body)), markup=False, soft_wrap=True)


@sitting.command("add")
def add_item(
    sitting_id: SittingId,
    topic: Annotated[str, typer.Argument(help="What it is about, as a code: at-risk-families.")],
    matter: Annotated[str | None, typer.Option(help="Of an appeal, or of the plan.")] = None,
    source: Annotated[str, typer.Option(help="own, appeal or plan.")] = "own",
) -> None:
    """Put an item at the end of the agenda, as secretary."""
    body = {"topic": topic, "source": source, "matter_id": matter}
    path = path_of(sitting_id, f"/agenda/{RandomIds().new()}")
    _item(call("committee", "PUT", path, body=body))


@sitting.command("invite")
def invite(
    sitting_id: SittingId,
    bodies: Annotated[list[str], typer.Argument(help="All of them, as codes: police.")],
) -> None:
    """Invite other bodies to a sitting that is planned, as secretary."""
    call("committee", "PUT", path_of(sitting_id, "/invited"), body={"bodies": bodies})


@sitting.command("leave")
def leave(
    sitting_id: SittingId,
    item_id: ItemId,
    staff: Annotated[str | None, typer.Option(help="Of somebody else: their staff id.")] = None,
) -> None:
    """Declare a conflict: the item is not there any more for whoever leaves, for ever."""
    path = path_of(sitting_id, f"/agenda/{quote(item_id, safe='')}/leave")
    call("committee", "POST", path, body={"staff_id": staff} if staff else {})


@sitting.command("held")
def held(sitting_id: SittingId, file: File) -> None:
    """Enter a sitting as it was held, from FILE, as secretary."""
    _print(call("committee", "PUT", path_of(sitting_id, "/held"), body=_read(file)))


@sitting.command("settle")
def settle(sitting_id: SittingId, item_id: ItemId, file: File) -> None:
    """Enter what came of an item, from FILE, as secretary."""
    path = path_of(sitting_id, f"/agenda/{quote(item_id, safe='')}/outcome")
    _item(call("committee", "PUT", path, body=_read(file)))


@sitting.command("close")
def close(sitting_id: SittingId) -> None:
    """Close its items: what was decided is to be done from now on."""
    _print(call("committee", "POST", path_of(sitting_id, "/close")))


@sitting.command("cancel")
def cancel(sitting_id: SittingId) -> None:
    """It will not be held."""
    OUT.print(_line(call("committee", "POST", path_of(sitting_id, "/cancel"))), markup=False)


@sitting.command("reinstate")
def reinstate(sitting_id: SittingId) -> None:
    """It was cancelled, and will be held after all, as secretary."""
    OUT.print(_line(call("committee", "POST", path_of(sitting_id, "/reinstate"))), markup=False)


@action.command("list")
def list_actions(
    committee_id: CommitteeId,
    status: Annotated[str | None, typer.Option(help="Those that stand so: open.")] = None,
) -> None:
    """Show what is to be done, by the day on which it is due."""
    path = f"/committees/{quote(committee_id, safe='')}/actions"
    for page in pages("committee", path, {"status": status} if status else None):
        for each in page["actions"]:
            OUT.print(_action(each), markup=False, soft_wrap=True)


@action.command("change")
def change(
    action_id: Annotated[str, typer.Argument(help="The action's id, as `action list` shows it.")],
    due: Annotated[str, typer.Argument(help="By when it is to be done: 2026-12-28.")],
    person: Annotated[
        str | None, typer.Option(help="Which member sees to it; left out, nobody.")
    ] = None,
) -> None:
    """Give an open action another day, or another member, as secretary."""
    path = f"/actions/{quote(action_id, safe='')}/terms"
    found = call("committee", "PUT", path, body={"due": due, "person": person})
    OUT.print(_action(found), markup=False, soft_wrap=True)


@action.command("report")
def report(
    action_id: Annotated[str, typer.Argument(help="The action's id, as `action list` shows it.")],
    status: Annotated[
        str, typer.Argument(help="done, not-done-circumstances, not-done-body; open takes it back.")
    ],
    on: Annotated[str | None, typer.Option(help="When it was reported: 2026-12-18.")] = None,
) -> None:
    """Enter what became of an action, as secretary."""
    path = f"/actions/{quote(action_id, safe='')}/report"
    body = {"status": status, "reported_on": on}
    OUT.print(_action(call("committee", "PUT", path, body=body)), markup=False, soft_wrap=True)


def path_of(sitting_id: str, below: str = "") -> str:
    """The address of a sitting, or of something of it."""
    return f"/sittings/{quote(sitting_id, safe='')}{below}"


def _read(file: Path) -> Any:
    try:
        return json.loads(json.dumps(parse_yaml(read_text(file), file), default=str))
    except BadFile as problem:
        raise fail(str(problem)) from None


def _line(found: Mapping[str, Any]) -> str:
    number = f", {say('number')} {found['number']}" if found["number"] else ""
    told = f"{moment(found['starts'])} {found['kind']}, {found['state']}{number}"
    return f"{found['sitting_id']}: {told}"


def _print(found: Mapping[str, Any]) -> None:
    OUT.print(_line(found), markup=False, soft_wrap=True)
    if found["quorum"]:
        quorum = found["quorum"]
        OUT.print(f"  {quorum['filled']} / {quorum['seats']} (≥ {quorum['needed']})", markup=False)
    for each in found["agenda"]:
        _item(each)


def _item(found: Mapping[str, Any]) -> None:
    said = [found["topic"], *filter(None, [found["result"]])]
    OUT.print(f"  {found['number']}. {', '.join(said)} ({found['item_id']})", markup=False)
    for who in found["left"]:
        OUT.print(f"     {say('left')}: {who}", markup=False)
    for each in found["decisions"]:
        line = f"{each['point']}) {each['what']}, {each['body']}, {each['due']}"
        OUT.print(f"     {line}", markup=False)


def _action(found: Mapping[str, Any]) -> str:
    late = f", {say('overdue')}" if found["overdue"] else ""
    told = f"{found['due']} {found['what']}, {found['body']}, {found['status']}{late}"
    return f"{found['action_id']}: {told}"
