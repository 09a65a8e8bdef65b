"""Verbs ``tirek pin``: the digits by which a desk knows whom it has called, over notify's API."""

from typing import Annotated
from urllib.parse import quote

import typer

from shared.cli import OUT, call, say

pin = typer.Typer(help="The PIN for being called by a desk.", no_args_is_help=True)

StaffId = Annotated[str, typer.Argument(help="Who is on the line (staff id).")]


@pin.command("set")
def set_pin() -> None:
    """Set your own, six digits: typed, so that it stands in no history."""
    digits = typer.prompt(say("six digits"), hide_input=True, confirmation_prompt=True)
    call("notify", "PUT", "/me/telephone-pin", body={"pin": digits})


@pin.command("check")
def check(staff_id: StaffId) -> None:
    """As operator: ask somebody whom you called back for two digits; is it they?

    Then the proof of it is printed: `tirek incident read-out` takes it for five minutes.
    """
    path = f"/people/{quote(staff_id, safe='')}"
    positions = call("notify", "POST", f"{path}/telephone-challenge")["positions"]
    asked = f"{say('the digits at')} {positions[0]}, {positions[1]}"
    body = {"positions": positions, "digits": typer.prompt(asked, hide_input=True)}
    found = call("notify", "POST", f"{path}/telephone-check", body=body)
    OUT.print(say("it is they") if found["right"] else say("this is not their PIN"))
    if found["proof"]:
        OUT.print(found["proof"], markup=False, soft_wrap=True)
    raise typer.Exit(0 if found["right"] else 1)
