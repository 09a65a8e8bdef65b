"""``tirek status``: which parts are up, in one line each, and where people go."""

import os
from dataclasses import dataclass
from typing import Annotated

import httpx
import typer
from rich.table import Table

from deploy.topology import HOST, PORTS, PROCESSES
from shared.cli import ERR, OUT, fail

PATIENCE = 3.0
PLACES = {
    "phones": "phones: read the texts, answer there",
    "mail": "e-mails",
    "intake": "API: reports",
    "referral": "API: queue, answers",
    "notify": "API: people, rosters",
    "committee": "API: committees, their work, the report",
    "audit": "API: the ledger, and what was found",
    "console": "the console: where people work",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One part: ``why`` is empty when it is ready."""

    name: str
    address: str
    why: str = ""
    note: str = ""
    """What it is ready without."""
    refused: str = ""
    """Files that it does not take, so that it goes on with the last good ones; rows of its outbox
    that it did not say."""

    @property
    def colour(self) -> str:
        """How it is, for the table."""
        ready = "[yellow]ready, but see below" if self.refused else "[green]ready"
        return "[red]not ready" if self.why else ready


def status(
    part: Annotated[
        list[str] | None,
        typer.Option(help="NAME=URL of a health page; default: all of the demo on this machine"),
    ] = None,
) -> None:
    """Which parts are up, and where people go. Status 1 if one is not ready, or refuses a file."""
    parts = [_named(each) for each in part or _demo()]
    with asking() as http:
        seen = [look(http, name, url) for name, url in parts]
    table = Table("part", "", "health")
    for each in seen:
        table.add_row(each.name, each.colour, each.address)
    OUT.print(table)
    for each in seen:
        for said in filter(None, (each.why or each.note, each.refused)):
            ERR.print(f"{each.name}: {said}", soft_wrap=True, markup=False)
    for name, what in PLACES.items():
        OUT.print(f"http://{HOST}:{_port(name)}  {what}", soft_wrap=True)
    if any(each.why or each.refused for each in seen):
        raise typer.Exit(1)


def asking() -> httpx.Client:
    """Asks health pages: by names of machines, which stand in no certificate."""
    return httpx.Client(timeout=PATIENCE, verify=False)  # noqa: S501 - nothing secret is said


def look(http: httpx.Client, name: str, url: str) -> Seen:
    """What a health page says; what is wrong is said so that somebody can act on it."""
    try:
        answer = http.get(url)
    except httpx.HTTPError as problem:
        return Seen(name, url, f"does not answer ({type(problem).__name__}): is it running?")
    if answer.is_success:
        return Seen(name, url, note=_kept_out(answer), refused=_refused(answer))
    try:
        said = answer.json()
        missing = [part for part, ready in said["parts"].items() if not ready]
        waits = [f"stuck at {', '.join(said['stuck'])}"] if said.get("stuck") else []
        waits += [f"without {', '.join(missing)}"] if missing else []
        waits += [f"waits for {', '.join(said['waiting'])}"] if said.get("waiting") else []
    except (ValueError, KeyError, TypeError, AttributeError):
        waits = []
    return Seen(name, url, "; ".join(waits) or f"answers {answer.status_code}")


def _kept_out(answer: httpx.Response) -> str:
    """The gateways that a process is ready without, and why."""
    try:
        gateways: dict[str, str] = answer.json().get("gateways", {})
        return "; ".join(f"{name}: {cause}" for name, cause in sorted(gateways.items()))
    except (ValueError, AttributeError):
        return ""


def _refused(answer: httpx.Response) -> str:
    """What a process refuses, and why, as far as its page says it."""
    try:
        page = answer.json()
        refused: list[str] = page.get("refused", [])
        if rows := page.get("forged"):
            refused = [*refused, f"{rows} outbox rows that no process of it said"]
        return f"refuses {'; '.join(refused)}" if refused else ""
    except (ValueError, AttributeError, TypeError):
        return ""


def _named(text: str) -> tuple[str, str]:
    name, equals, url = text.partition("=")
    if not equals or not url.startswith("http"):
        raise fail(f"--part {text}: say NAME=URL")
    return name, url


def _demo() -> list[str]:
    return [
        f"{process.name if len(process.health) == 1 else port}=http://{HOST}:{_port(port)}{path}"
        for process in PROCESSES.values()
        for port, path in process.health.items()
    ]


def _port(name: str) -> str:
    return os.environ.get(PORTS[name].setting, str(PORTS[name].number))
