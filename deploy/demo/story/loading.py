"""The sample country into a running stack: people and rosters, over notify's API.

Their organisations notify hears of from referral's directory.
"""

import asyncio
import contextlib
import io

import typer

from deploy.demo.story.voices import Voices
from deploy.errors import StackError
from deploy.local.stack import ROOT
from deploy.samples.load import ADMINISTRATOR
from services.notify import cli

SAMPLES = ROOT / "deploy" / "samples"


async def load_country(voices: Voices) -> str:
    """Loads all, as ``tirek people load`` and ``tirek roster load`` do; returns what they say.

    Raises `StackError` with their own line when notify refuses.
    """
    return await asyncio.to_thread(_load, voices)


def _load(voices: Voices) -> str:
    token, url = voices.token(voices.caller(ADMINISTRATOR)), voices.stack.url("notify")
    said, complained = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
            cli.load_people(SAMPLES / "people.yaml", token, url)
            cli.load_rosters(SAMPLES / "rosters.yaml", token, url)
    except typer.Exit:
        why = complained.getvalue().strip() or "no reason given"
        raise StackError(f"the samples cannot be loaded: {why}") from None
    return ", ".join(said.getvalue().split("\n")).strip(", ")
