"""What the runbook and the readme tell people to type exists, with those options."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from deploy.cli.__main__ import app
from deploy.containers import gateways
from deploy.containers.compose import compose
from deploy.operations.key_use import COLUMNS
from shared.bus.retention import OUTBOX_KEPT
from shared.events.topics import TOPICS

ROOT = Path(__file__).parents[3]
TEXTS = ("deploy/RUNBOOK.md", "README.md")
COMMAND = re.compile(r"\./tirek [^`\n)]+")
IN_CONTAINERS = re.compile(r"docker compose [^`\n]+")
ELSEWHERE = re.compile(r"\s[|<>]\s.*")
"""What the shell keeps for itself."""
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
    return sorted({ELSEWHERE.sub("", found).strip() for found in COMMAND.findall(text)})


def in_containers(text: str) -> list[str]:
    """Every ``docker compose …`` of a text that says what is to be done, once."""
    found = (ELSEWHERE.sub("", each).strip() for each in IN_CONTAINERS.findall(text))
    return sorted({each for each in found if shlex.split(each, comments=True)[2:]})


COMPOSED = sorted({e for name in TEXTS for e in in_containers((ROOT / name).read_text("utf-8"))})
TYPED = sorted({each for name in TEXTS for each in commands((ROOT / name).read_text("utf-8"))})


def parse(line: str) -> None:
    """Lets the command read its words, and does nothing; raises when they are none of its own."""
    parse_words(shlex.split(line, comments=True)[1:])


def parse_words(words: list[str]) -> None:
    """The same, of what stands behind the command's name."""
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


FLAGS: dict[str, dict[str, bool]] = {
    "build": {},
    "down": {},
    "exec": {"--index": True},
    "logs": {"-f": False, "--tail": True, "--since": True},
    "ps": {"-a": False},
    "rm": {"--stop": False, "--force": False},
    "run": {"--rm": False, "--no-deps": False, "-T": False},
    "stop": {},
    "up": {"-d": False, "--force-recreate": False, "--no-deps": False, "--scale": True},
}
"""Of Compose 2.20 what our texts use: by subcommand its flags, and whether each takes a value."""
TOOLS = ("tirek", "operator")
GIVEN = "deploy.containers.gateways"
"""The one job that is given words: the name of what it reads from standard input."""
ANY = "NAME"
"""Whichever service the reader asks about."""
SERVICES: dict[str, Any] = compose()["services"]


def compose_parse(line: str) -> None:
    """Raises `LookupError` for what the compose file or Compose does not have."""
    words = shlex.split(line, comments=True)[2:]
    profiles = []
    while words[0] == "--profile":
        profiles.append(words[1])
        del words[:2]
    what, *words = words
    known, given = FLAGS[what], dict[str, str]()
    while words and words[0].startswith("-"):
        flag, *words = words
        given[flag] = words.pop(0) if known[flag] else ""
    if "--scale" in given:
        words = [*words, given["--scale"].partition("=")[0]]
    if what in ("run", "exec"):
        required_of_one(what, words, given)
        return
    for name in set(words) - {ANY}:
        its = SERVICES[name].get("profiles", [])
        if its and not set(its) & set(profiles):
            raise LookupError(f"{name} is in no profile that is named")
    if missing := set(profiles) - {
        p for each in SERVICES.values() for p in each.get("profiles", [])
    }:
        raise LookupError(f"no profile {missing}")


def required_of_one(what: str, words: list[str], given: dict[str, str]) -> None:
    """What is said to one service: a tool is given words of ``tirek``, a job has its own."""
    name, *rest = words
    stays = SERVICES[name].get("restart") == "unless-stopped"
    if stays != (what == "exec"):
        raise LookupError(f"{name} cannot be used with {what}")
    if what == "run" and name in TOOLS:
        if rest:  # none in a sentence, which says where words of `tirek` are typed
            parse_words(rest)
    elif what == "run" and name == "secrets" and rest[:1] == [GIVEN]:
        if rest[1:] not in [[each] for each in gateways.KNOWN]:
            raise LookupError(f"no such gateway: {rest[1:]}")
    elif what == "run" and (rest or "--rm" not in given):
        raise LookupError(f"{name} takes no words, and is not kept")
    if name == "status" and "--no-deps" not in given:
        raise LookupError("who only looks starts nothing")


@pytest.mark.parametrize("line", COMPOSED)
def test_what_people_are_told_to_type_in_containers_exists(line: str) -> None:
    """Subcommand, flags, services with their profiles, and the words of ``tirek`` inside."""
    compose_parse(line)


@pytest.mark.parametrize(
    "line",
    [
        "docker compose run --rm nobody",
        "docker compose run --rm status",
        "docker compose run --rm operator parked heal",
        "docker compose run --rm operator backup --for me",
        "docker compose run --rm notify",
        "docker compose run --rm -T secrets deploy.containers.gateways TIREK_NOBODY",
        "docker compose exec intake-migrate ls",
        "docker compose stop intake nobody",
        "docker compose up -d --detach-keys",
        "docker compose up -d grafana",
        "docker compose up -d --scale nobody=2",
        "docker compose --profile everything up -d",
        "docker compose heal",
    ],
)
def test_what_does_not_exist_in_containers_is_noticed(line: str) -> None:
    """A service, a flag, a profile, a word of ``tirek``; and what would start all to look."""
    with pytest.raises(Exception, match=r"(?i)no |not|nobody|heal|detach|profile|starts"):
        compose_parse(line)


def test_what_a_worker_is_asked_from_within_is_where_it_answers() -> None:
    """The port of its health page, as the compose file has it."""
    asked = re.findall(r"exec (\w+) .*127\.0\.0\.1:(\d+/health/ready)", runbook())
    assert asked
    for name, place in asked:
        assert SERVICES[name]["environment"]["TIREK_HEALTH"] == place


def test_a_command_names_the_files_that_another_has_made() -> None:
    """The example is one example, from the backup to the restore."""
    named = re.compile(r"tirek-\w+-\w+-\w+\.(?:data|keys|secrets)\.age")
    printed = set(named.findall("".join(re.findall(r"```text\n.*?```", runbook(), re.DOTALL))))
    everywhere = re.findall(r"tirek-2[^ \n`]*\.age", runbook())
    assert {kind.split(".")[-2] for kind in printed} == {"data", "keys", "secrets"}
    assert set(everywhere) == printed
    form = re.compile(r"tirek-\d{8}T\d{6}Z-\d{6}-[0-9a-f]{4}\.\w+\.age")
    assert all(form.fullmatch(each) for each in everywhere)


def test_a_key_is_retired_when_the_tool_lets_it() -> None:
    """Not before outboxes, which keep the longest, have let go of what it sealed."""
    chapter = runbook().partition("## Key rotation")[2].partition("\n## ")[0]
    longest = max(OUTBOX_KEPT, *(topic.retention for topic in TOPICS.values()))
    assert f"Retire it after {longest.days} days" in chapter
    assert "week" not in chapter
    [outbox] = {each.until for each in COLUMNS if each.kept == OUTBOX_KEPT}
    assert outbox.startswith(f"{longest.days} days ")


def test_data_and_keys_are_never_told_into_one_folder() -> None:
    """An erased key must not come back: their files are kept apart, and not as long."""
    found = [each for each in (*TYPED, *COMPOSED) if "--into" in each and " backup " in each]
    assert len(found) >= 2
    for each in found:
        words = shlex.split(each)
        into, keys_into = (words[words.index(flag) + 1] for flag in ("--into", "--keys-into"))
        assert into != keys_into, each


def runbook() -> str:
    """Its text."""
    return (ROOT / TEXTS[0]).read_text("utf-8")


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
    headings = re.findall(r"^##+ (.+)$", text, flags=re.M)
    assert {each.lower().replace(" ", "-") for each in headings} >= set(links)
