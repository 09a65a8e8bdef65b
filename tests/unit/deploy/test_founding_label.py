"""The founding sample is told from counts of this year wherever it is entered."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli import founding as command
from deploy.demo import __main__ as demo
from deploy.samples.founding import load
from deploy.samples.founding.figures import INVENTED
from shared.cli import zone

NOW = datetime(2026, 12, 31, 20, tzinfo=UTC)
"""In Bishkek a new year has begun."""
LABEL = "counts of 2021–22, played into 2027"


async def nothing(*_: object) -> None:
    """Enters nothing."""


def test_the_command_and_the_demo_say_of_when_the_figures_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And into which year they are played, as the country's clock has it."""
    told: list[str] = []
    for module in (command, demo):
        monkeypatch.setattr(module, "wall", lambda: NOW)
    monkeypatch.setattr(command, "play", nothing)
    monkeypatch.setattr(load, "play", nothing)
    said = CliRunner().invoke(command.founding, [])  # alone here, it has no name
    assert LABEL in said.output
    assert INVENTED in said.output
    voices: Any = SimpleNamespace(stack=SimpleNamespace(url=str, keys=Path))
    play: Any = SimpleNamespace(now=NOW, zone=zone())
    screen: Any = SimpleNamespace(tell=lambda _at, _case, line: told.append(line), heading=[])
    asyncio.run(demo._found(voices, play, screen))
    assert told == [LABEL, INVENTED]
