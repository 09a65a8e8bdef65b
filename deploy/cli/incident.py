"""``tirek incident report``: a report from a file, in the words of the samples."""

import sys
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.cli.first_sent import first_sent
from deploy.samples.load import Now, read_report
from services.intake import cli as intake
from services.notify.cli import near
from shared.cli import ERR, fail, say, zone
from shared.clock import wall
from shared.ids import RandomIds
from shared.jurisdiction.config_files import BadFile, read_text

NAME_MAX = 200
"""Letters of a name in a report."""


def report(
    file: Annotated[
        str, typer.Argument(help="A report or a sample, in YAML or JSON: a file, or - for stdin.")
    ],
    key: Annotated[
        str | None,
        typer.Option(
            help="Sent again under the same key, a report is not taken twice: its relative times "
            "are counted from when it was first sent."
        ),
    ] = None,
) -> None:
    """Report an incident. In immediate danger call 102 or 112 instead.

    The fields are described in deploy/samples/README.md and at /docs of intake. Of a sample, as in
    deploy/samples/incidents, the report is taken; times may be relative, as there. At a terminal
    you are asked whether an accused is one of those members of staff who have a name like theirs.
    """
    used = key or RandomIds().new()
    text = _read(file)
    since = cache(lambda: first_sent(used, text))  # a sample says «latest 02:15»
    body = _body(text, file, since)
    if file != "-" and sys.stdin.isatty() and sys.stderr.isatty():
        ask_back(body)
    intake.send(body, used)


def assess(
    file: Annotated[
        str, typer.Argument(help="A report, or as much of one as there is: a file, or - for stdin.")
    ],
) -> None:
    """Show how urgent a report would be and why, and what would be opened. Nothing is sent."""
    intake.preview(_body(_read(file), file, wall))


def _read(file: str) -> str:
    """What stands in a file, or comes from stdin; ends the command if it cannot be read."""
    try:
        return sys.stdin.read() if file == "-" else read_text(Path(file))
    except BadFile as problem:
        raise fail(str(problem)) from None


def _body(text: str, file: str, now: Now) -> dict[str, Any]:
    """The report that a text is; ends the command if it is none."""
    try:
        return read_report(text, Path(file), now, zone())
    except BadFile as problem:
        raise fail(str(problem)) from None


def ask_back(body: dict[str, Any]) -> None:
    """Asks which member of staff each accused is, of those whose names are near; notes the answer.

    "None of them" leaves the report as it is, and so does notify when it cannot say: no report
    waits for it.
    """
    for accused in body.get("accused") or ():
        name, organisation = accused.get("name"), accused.get("organisation")
        if not name or accused.get("staff_id"):
            continue
        raion = None if organisation else body.get("territory")
        try:
            found = near(name, organisation=organisation, raion=raion)
        except typer.Exit:
            ERR.print(say("the report is sent all the same"))
            return
        if found and (chosen := _choice(name, found)):
            accused["organisation"] = chosen["organisation"]
            accused["name"] = f"{chosen['name']}, {name}"[:NAME_MAX]


def _choice(name: str, found: list[dict[str, str]]) -> dict[str, str] | None:
    ERR.print(say(f"Is {name} one of them? They will not hear of the case."), markup=False)
    for number, each in enumerate(found, 1):
        ERR.print(f"  {number}  {each['name']}, {each['organisation']}", markup=False)
    ERR.print(f"  0  {say('none of them')}", markup=False)
    number = -1
    while number not in range(len(found) + 1):
        number = typer.prompt(say("number"), type=int, err=True)
    return found[number - 1] if number else None
