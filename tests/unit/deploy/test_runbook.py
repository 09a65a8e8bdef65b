"""What the runbook and the readme tell people to type exists, with those options."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from deploy.cli import app

ROOT = Path(__file__).parents[3]
TEXTS = ("deploy/RUNBOOK.md", "README.md")
COMMAND = re.compile(r"\./tirek [^`\n)]+")
CHAPTERS = (
    "Parked records",
    "Replay",
    "A stuck partition",
    "A lost cluster",
    "Backup and restore",
    "Key rotation",
    "Upgrade",
    "Roll back",
)


def commands(text: str) -> list[str]:
    """Every ``./tirek …`` of a text, once."""
    return sorted({found.strip() for found in COMMAND.findall(text)})


TYPED = sorted({each for name in TEXTS for each in commands((ROOT / name).read_text("utf-8"))})


def parse(line: str) -> None:
    """Lets the command read its words, and does nothing; raises when they are none of its own."""
    words = shlex.split(line, comments=True)[1:]
    command, name = typer.main.get_command(app), "tirek"
    parent = None
    while True:
        context = command.make_context(name, words, parent=parent)
        rest = [*context._protected_args, *context.args]
        if not hasattr(command, "resolve_command") or not rest:
            return
        name, command, words = command.resolve_command(context, rest)
        parent = context


@pytest.mark.parametrize("line", TYPED)
def test_what_people_are_told_to_type_exists(line: str) -> None:
    """Command, options and arguments, as the parser takes them."""
    parse(line)


@pytest.mark.parametrize(
    "line", ["./tirek parked heal", "./tirek parked list --everything", "./tirek keys rotate"]
)
def test_what_does_not_exist_is_noticed(line: str) -> None:
    """A command, an option, an argument that is not, or not given."""
    with pytest.raises(Exception, match=r"(?i)no such|missing"):
        parse(line)


def test_each_trouble_has_its_chapter_with_a_command() -> None:
    """A symptom, something to type, and how one knows that it is over."""
    text = (ROOT / TEXTS[0]).read_text("utf-8")
    chapters = {part.partition("\n")[0]: part for part in re.split(r"^## ", text, flags=re.M)[1:]}
    assert set(CHAPTERS) <= set(chapters)
    for name in CHAPTERS:
        assert commands(chapters[name]), name
        assert "You see**" in chapters[name], name
        assert "**It is over** when" in chapters[name], name
    links = re.findall(r"\]\(#([a-z-]+)\)", text)
    assert {each.lower().replace(" ", "-") for each in CHAPTERS} >= set(links)
