"""What every verb of the ``tirek`` command needs: where the service is, who asks, clear errors."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import typer
from rich.console import Console

from shared import database_url
from shared.events.services import SERVICES
from shared.jurisdiction.config_files import BadFile, read_yaml
from shared.jurisdiction.profile import Profile
from shared.jurisdiction.wording import SOURCE, Wording, read_wording
from shared.pasted import as_seen
from shared.settings import JURISDICTION, SettingsError

TIMEOUT = 10.0
LANG = "TIREK_LANG"
OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False)


def url_of(service: str) -> str:
    """Where a service's API is: ``TIREK_<SERVICE>_URL``, else its own port on this machine."""
    here = f"http://127.0.0.1:{SERVICES[service].port}"
    return os.environ.get(f"TIREK_{service.upper()}_URL", here)


@cache
def country() -> Path:
    """The folder of the jurisdiction: ``TIREK_JURISDICTION``, as for the services."""
    return Path(__file__).parents[1] / os.environ.get("TIREK_JURISDICTION", JURISDICTION)


@cache
def _profile() -> Profile:
    try:
        return read_yaml(country() / "jurisdiction.yaml", Profile)
    except BadFile as problem:
        raise fail(str(problem)) from None


def zone() -> ZoneInfo:
    """The jurisdiction's time zone."""
    return ZoneInfo(_profile().timezone)


@cache
def wording() -> Wording:
    """What the command says, in the country's languages."""
    try:
        return read_wording(country() / "wording", _profile().languages)
    except BadFile as problem:
        raise fail(str(problem)) from None


def language() -> str:
    """The language to speak: ``TIREK_LANG`` (or ``--lang``), else the terminal's, else English."""
    named = (os.environ.get(name) for name in (LANG, "LC_ALL", "LC_MESSAGES"))
    asked = next((each for each in named if each), os.environ.get("LANG", ""))
    found = asked.lower().replace("_", "-").split("-")[0].split(".")[0]
    return found if found in wording().languages else SOURCE


def say(english: str) -> str:
    """A sentence or a word of the command in the language to speak."""
    return wording().say(english, language())


def moment(text: str) -> str:
    """An instant as ISO 8601 on the country's clock: ``30.11.2026 14:05 Asia/Bishkek``."""
    return f"{datetime.fromisoformat(text).astimezone(zone()):%d.%m.%Y %H:%M} {zone().key}"


def call(
    service: str,
    method: str,
    path: str,
    *,
    body: Any = None,
    headers: dict[str, str] | None = None,
    params: Mapping[str, str | list[str]] | None = None,
) -> Any:
    """One call to a service's API as the holder of ``TIREK_TOKEN``; answers the decoded JSON.

    A text and a file's octets are answered as they are, and None where there is nothing to
    say. Ends the command with status 1 and one clear line when the service is not there, or
    refuses: then as `Refused`.
    """
    url = url_of(service) + path
    token = as_seen(os.environ.get("TIREK_TOKEN", ""))
    if not token:
        raise fail(
            say("no token: set TIREK_TOKEN, for instance to what `tirek token STAFF_ID` prints")
        )
    sent = {"Authorization": f"Bearer {token}", "Accept-Language": language()} | (headers or {})
    for name, value in sent.items():
        if not (value.isascii() and value.isprintable()):  # no header carries it
            named = "TIREK_TOKEN" if name == "Authorization" else name
            raise fail(f"{named}: {say('holds other letters than Latin ones')}")
    try:
        answer = httpx.request(method, url, json=body, headers=sent, params=params, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        why = f"{service} does not answer at {url}: {type(problem).__name__}"
        raise fail(say(why)) from None
    if answer.is_success:
        kind = answer.headers.get("content-type", "")
        if kind.startswith("text/"):
            return answer.content.decode()  # with its mark: it is a file
        attached = answer.headers.get("content-disposition", "").startswith("attachment")
        if attached or kind == "application/octet-stream":
            return answer.content
        return answer.json() if answer.content else None
    raise Refused(explain(service, answer), answer.status_code)


def offer_path(offer_id: str, act: str = "") -> str:
    """The path of an offer, or of an act on it; ends the command if this is no offer's id."""
    try:
        return f"/offers/{quote(str(UUID(as_seen(offer_id))), safe='')}{act}"
    except ValueError:  # mostly the public id: people read that one out
        raise fail(
            say("this is no offer's id: `tirek queue` shows it, `tirek find` too by the public id")
        ) from None


def pages(
    service: str, path: str, wanted: Mapping[str, str | list[str]] | None = None
) -> Iterator[Any]:
    """Every page of a list, one call each, to where no ``next`` says that there is another.

    ``wanted`` are the parameters of every call: what is asked for.
    """
    params = dict(wanted or {})
    while True:
        page = call(service, "GET", path, params=params)
        yield page
        if page.get("next") is None:
            return
        params["cursor"] = page["next"]


def yes_or_no(value: object) -> str:
    """A truth in a word, anything else as it is."""
    return say("yes" if value else "no") if isinstance(value, bool) else str(value)


def explain(service: str, answer: httpx.Response) -> str:
    """A problem document as one or more lines for a person."""
    try:
        problem: dict[str, Any] = answer.json()
    except ValueError:
        return say(f"{service} answered {answer.status_code}")
    lines = [str(problem.get("detail") or problem.get("title") or answer.status_code)]
    lines += [f"  {each['field']}: {each['message']}" for each in problem.get("errors") or []]
    if "first_at" in problem:
        lines.append(f"  {say('first answered')}: {moment(problem['first_at'])}")
    if "first_by" in problem:
        lines.append(f"  {say('by')}: {problem['first_by']}")
    if answer.status_code == 401:
        again = say("a token lives five minutes: make a new one with `tirek token`")
        lines.append(f"  {again}")
    return "\n".join(lines)


def sound_url(url: str, setting: str) -> str:
    """A database's address as it is; ends the command with one line if it is none."""
    try:
        database_url.check(url, setting)
    except SettingsError as problem:
        raise fail(str(problem)) from None
    return url


class Refused(typer.Exit):
    """The end of a command to which a service said no, and why; ``status`` is HTTP's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(fail(message).exit_code)
        self.status = status


def fail(message: str) -> typer.Exit:
    """Says why on standard error; raise what it answers."""
    ERR.print(message, markup=False, soft_wrap=True)
    return typer.Exit(1)
