"""Every command of the runbook exists: a page that is wrong is found at night."""

import re
import shlex
from collections.abc import Iterator

import pytest
import typer.main
import yaml

from deploy.cli import app
from deploy.local.stack import ROOT

PAGES = [ROOT / "deploy" / "RUNBOOK.md", ROOT / "README.md"]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def lines() -> Iterator[str]:
    """Every command, whole."""
    for page in PAGES:
        for block in BLOCK.findall(page.read_text(encoding="utf-8")):
            yield from block.replace("\\\n", " ").splitlines()


def words(line: str) -> list[str]:
    """Without what the shell would do."""
    return shlex.split(line, comments=True)


TIREK = [line for line in lines() if line.startswith("./tirek ")]
COMPOSE = [line for line in lines() if line.startswith("docker compose ")]


@pytest.mark.parametrize("line", TIREK)
def test_the_tirek_command_knows_it(line: str) -> None:
    """The verb, its options, and no argument too few."""
    command, given = typer.main.get_command(app), words(line)[1:]
    context = command.make_context("tirek", given, resilient_parsing=True)
    while hasattr(command, "commands"):
        name, *given = given
        if name == "--help":
            return
        assert name in command.commands, line
        command = command.commands[name]
    context = command.make_context(name, list(given), parent=context, resilient_parsing=True)
    known = {option for each in command.params for option in each.opts}
    assert {word for word in given if word.startswith("--")} <= known | {"--help"}
    assert not context.args, line


@pytest.mark.parametrize("line", COMPOSE)
def test_compose_knows_the_services(line: str) -> None:
    """Names of services after stop, up, run, restart, build, logs."""
    verb, *rest = (word for word in words(line)[2:] if not word.startswith("-"))
    named = [word for word in rest if word.isidentifier() or "-" in word]
    if verb in {"stop", "up", "restart", "build"}:
        assert set(named) <= {*SERVICES, "NAME"}, line
    if verb == "run":
        assert named[0] in SERVICES, line


def test_there_is_something_to_check() -> None:
    """The pages are found."""
    assert len(TIREK) > 15
    assert len(COMPOSE) > 8
