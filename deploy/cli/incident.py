"""``tirek incident report``: a report from a file, in the words of the samples."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.samples.load import read_report
from services.intake import cli as intake
from shared.cli import fail, zone
from shared.clock import wall
from shared.jurisdiction.config_files import BadFile, read_text


def report(
    file: Annotated[
        str, typer.Argument(help="A report or a sample, in YAML or JSON: a file, or - for stdin.")
    ],
    key: Annotated[
        str | None,
        typer.Option(help="Sent again under the same key, a report is not taken twice."),
    ] = None,
) -> None:
    """Report an incident. In immediate danger call 102 or 112 instead.

    The fields are described in deploy/samples/README.md and at /docs of intake. Of a sample, as in
    deploy/samples/incidents, the report is taken; times may be relative, as there.
    """
    try:
        text = sys.stdin.read() if file == "-" else read_text(Path(file))
        body = read_report(text, Path(file), wall(), zone())  # a sample says «latest 02:15»
    except BadFile as problem:
        raise fail(str(problem)) from None
    intake.send(body, key)
