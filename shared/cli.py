"""What every verb of the ``tirek`` command needs: where the service is, who asks, clear errors."""

import os
from collections.abc import Iterator
from typing import Any

import httpx
import typer
from rich.console import Console

from shared.events.services import SERVICES

TIMEOUT = 10.0
OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False)


def url_of(service: str) -> str:
    """Where a service's API is: ``TIREK_<SERVICE>_URL``, else its own port on this machine."""
    here = f"http://127.0.0.1:{SERVICES[service].port}"
    return os.environ.get(f"TIREK_{service.upper()}_URL", here)


def call(
    service: str,
    method: str,
    path: str,
    *,
    body: Any = None,
    headers: dict[str, str] | None = None,
    params: dict[str, str] | None = None,
) -> Any:
    """One call to a service's API as the holder of ``TIREK_TOKEN``; answers the decoded JSON.

    Ends the command with status 1 and one clear line when the service refuses or is not there.
    """
    url = url_of(service) + path
    token = os.environ.get("TIREK_TOKEN")
    if not token:
        raise fail("no token: set TIREK_TOKEN, for instance to what `tirek token STAFF_ID` prints")
    sent = {"Authorization": f"Bearer {token}"} | (headers or {})
    try:
        answer = httpx.request(method, url, json=body, headers=sent, params=params, timeout=TIMEOUT)
    except httpx.HTTPError as problem:
        raise fail(f"{service} does not answer at {url}: {type(problem).__name__}") from None
    if answer.is_success:
        return answer.json()
    raise fail(explain(service, answer))


def pages(service: str, path: str) -> Iterator[Any]:
    """Every page of a list, one call each, to where no ``next`` says that there is another."""
    params: dict[str, str] | None = None
    while True:
        page = call(service, "GET", path, params=params)
        yield page
        if page.get("next") is None:
            return
        params = {"cursor": page["next"]}


def explain(service: str, answer: httpx.Response) -> str:
    """A problem document as one or more lines for a person."""
    try:
        problem: dict[str, Any] = answer.json()
    except ValueError:
        return f"{service} answered {answer.status_code}"
    lines = [str(problem.get("detail") or problem.get("title") or answer.status_code)]
    lines += [f"  {each['field']}: {each['message']}" for each in problem.get("errors") or []]
    lines += [f"  {name}: {problem[name]}" for name in ("first_at", "first_by") if name in problem]
    if answer.status_code == 401:
        lines.append("  a token lives five minutes: make a new one with `tirek token`")
    return "\n".join(lines)


def fail(message: str) -> typer.Exit:
    """Says why on standard error; raise what it answers."""
    ERR.print(message, markup=False)
    return typer.Exit(1)
