"""Verbs ``tirek people``: the register as its keepers see it, over notify's API."""

from typing import Annotated
from urllib.parse import quote

import typer

from shared.cli import OUT, call, say

people = typer.Typer(help="The staff register.", no_args_is_help=True)

StaffId = Annotated[str, typer.Argument(help="Whose (staff id).")]
Channel = Annotated[str, typer.Option(help="sms or email.")]


@people.command("list")
def list_people(
    q: Annotated[str | None, typer.Argument(help="A part of a name, or a staff id.")] = None,
    organisation: Annotated[str | None, typer.Option(help="Of this one alone.")] = None,
) -> None:
    """List the register with contacts, as administrator; * stands behind a verified one."""
    cursor: str | None = None
    while True:
        body = {"q": q, "organisation": organisation, "cursor": cursor}
        page = call("notify", "POST", "/people/search", body=body)
        for each in page["people"]:
            marks = {name: "*" if each[f"{name}_verified_at"] else "" for name in CONTACTS}
            contacts = [f"{each[name]}{mark}" for name, mark in marks.items() if each[name]]
            line = ", ".join([each["name"], each["organisation"], *each["roles"], *contacts])
            OUT.print(f"{each['staff_id']}: {line}", markup=False, soft_wrap=True)
        cursor = page.get("next")
        if cursor is None:
            return


CONTACTS = ("phone", "email")


@people.command("send-code")
def send_code(staff_id: StaffId, channel: Channel = "sms") -> None:
    """Send a code to a contact, to show that it is read. It is taken for ten minutes."""
    call("notify", "POST", _path(staff_id, "code"), body={"channel": channel})


@people.command("verify")
def verify(
    staff_id: StaffId,
    code: Annotated[str, typer.Argument(help="The six digits that were read there.")],
    channel: Channel = "sms",
) -> None:
    """Say the code that was read: the contact is verified until it changes."""
    body = {"channel": channel, "code": code}
    found = call("notify", "POST", _path(staff_id, "verify"), body=body)
    if found["verified"]:
        OUT.print(say("verified"))
        return
    OUT.print(f"{say('this is not the code; tries left')}: {found['tries']}")
    raise typer.Exit(1)


def _path(staff_id: str, act: str) -> str:
    return f"/people/{quote(staff_id, safe='')}/contacts/{act}"
