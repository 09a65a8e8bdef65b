"""``tirek committee founding``: what the founding document counts, entered into the demo."""

import asyncio
from pathlib import Path
from typing import Annotated

import httpx
import typer

from deploy.cli.token import KEY
from deploy.samples.founding.figures import INVENTED, Calendar, load_founding
from deploy.samples.founding.load import Where, play
from deploy.samples.founding.voice import Refused
from shared.cli import OUT, fail, url_of, zone
from shared.clock import wall
from shared.jurisdiction.config_files import BadFile
from shared.key_files import KeyFileError

founding = typer.Typer(
    help="A sample: what fourteen committees did in 2021-22, as if it were this year.",
    no_args_is_help=True,
)


@founding.command("load")
def load(
    key: Annotated[
        Path, typer.Option(envvar="TIREK_CONSOLE_KEY", help="The console's private key.")
    ] = KEY,
) -> None:
    """Enter it all over the APIs, each committee by its own secretary. In the demo alone.

    It takes half a minute. Safe to repeat: what is there stays, what was cut short is finished.
    `tirek committee report YEAR` shows what comes of it.
    """

    def tell(organisation: str, done: int, of: int) -> None:
        OUT.print(f"{done}/{of} {organisation}", markup=False)

    now = wall()
    try:
        where, counted = Where(url_of, key, zone()), load_founding()
        OUT.print(counted.label(Calendar.at(now, where.zone)), markup=False)
        OUT.print(INVENTED)
        asyncio.run(play(where, counted, now, tell))
    except (BadFile, KeyFileError, Refused, TimeoutError) as problem:
        raise fail(str(problem)) from None
    except httpx.HTTPError as problem:
        raise fail(f"a service does not answer: {type(problem).__name__}") from None
