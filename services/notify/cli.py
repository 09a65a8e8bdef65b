"""Verbs ``tirek people``, ``roster``, ``duty`` and ``told``: staff and duty, over notify's API."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import Annotated, Any, TypeVar

import httpx
import typer

from services.notify.people.cli import people
from services.notify.people.model import UNKNOWN
from services.notify.rosters.cli import roster
from shared.cli import OUT, call, moment, offer_path, say
from shared.jurisdiction.config_files import BadFile, FromFile, read_yaml

Url = Annotated[str, typer.Option(envvar="TIREK_NOTIFY_URL", help="Where notify's API is.")]
Token = Annotated[
    str, typer.Option(envvar="TIREK_TOKEN", help="An administrator's, from `tirek token`.")
]
DEFAULT_URL = "http://127.0.0.1:8103"
TIMEOUT = 10.0
WITHIN, AGAIN = 30.0, 0.5
"""Seconds that an entry may wait for its organisation to be heard of, and between tries."""
AT_ONCE = 50
"""Offers that notify is asked about at once."""
UNHEARD = {"field": "organisation", "message": UNKNOWN}
File = TypeVar("File", bound=FromFile)


class _Person(FromFile):
    staff_id: str
    name: str
    organisation: str
    organisation_kind: str
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    phone: str | None = None
    desk_phone: str | None = None
    email: str | None = None
    territories: tuple[str, ...] = ()
    active: bool = True

    def body(self) -> dict[str, Any]:
        """For the API."""
        return self.model_dump(mode="json", exclude={"staff_id", "organisation_kind"})


class _People(FromFile):
    people: tuple[_Person, ...]


class _Turns(FromFile):
    groups: tuple[tuple[str, ...], ...]
    since: str
    every: str


class _Window(FromFile):
    dtstart: str
    duration: str
    rrule: str
    turns: _Turns | None = None
    holidays: str = "as-ever"


class _Roster(FromFile):
    roster_id: str
    organisation: str
    tier: int
    people: tuple[str, ...]
    windows: tuple[_Window, ...]
    phone: str | None = None


class _Rosters(FromFile):
    rosters: tuple[_Roster, ...]


@people.command("load")
def load_people(
    file: Annotated[Path, typer.Argument(help="people.yaml")],
    token: Token,
    url: Url = DEFAULT_URL,
) -> None:
    """Writes everybody in FILE. Safe to repeat.

    Their organisations come from the directory: one that notify has not heard of yet is waited for.
    """
    bodies = {f"/people/{each.staff_id}": each.body() for each in _read(file, _People).people}
    _put_all(url, token, bodies)
    typer.echo(f"{len(bodies)} people")


@roster.command("load")
def load_rosters(
    file: Annotated[Path, typer.Argument(help="rosters.yaml")],
    token: Token,
    url: Url = DEFAULT_URL,
) -> None:
    """Writes every roster in FILE. Safe to repeat."""
    bodies = {
        f"/rosters/{each.roster_id}": each.model_dump(mode="json", exclude={"roster_id"})
        for each in _read(file, _Rosters).rosters
    }
    _put_all(url, token, bodies)
    typer.echo(f"{len(bodies)} rosters")


@people.command("number")
def number(
    staff_id: Annotated[str, typer.Argument(help="Whose, as `tirek duty` shows it.")],
    offer: Annotated[str, typer.Option(help="The offer about which you call.")],
    reason: Annotated[str, typer.Option(help="Why, as a code: no-answer, for instance.")],
) -> None:
    """Read a private number, as coordinator of the territory. The reading is recorded."""
    body = {"staff_id": staff_id, "reason": reason}
    found = call("notify", "POST", offer_path(offer, "/private-number"), body=body)
    OUT.print(f"{found['name']}: {found['phone'] or say('no number is known')}", markup=False)
    OUT.print(f"{say('recorded as')} {found['reading_id']}")


def duty(
    offer_id: Annotated[str, typer.Argument(help="The offer's id, as `tirek queue` shows it.")],
    organisation: Annotated[
        str | None, typer.Option(help="Another organisation that was asked for the same need.")
    ] = None,
) -> None:
    """Whom to call about an offer now: duty and desk numbers of whoever is on duty there."""
    path = offer_path(offer_id, "/on-duty")
    params = {"organisation": organisation} if organisation else None
    found = call("notify", "GET", path, params=params)
    OUT.print(found["organisation"])
    for line in calls(found):
        OUT.print(f"  {line}", markup=False)
    for person in (each for watch in found["on_duty"] for each in watch["people"]):
        OUT.print(f"  {person['staff_id']}: {person['name']}", markup=False)


def told(
    offer_id: Annotated[str, typer.Argument(help="The offer's id, as `tirek board` shows it.")],
) -> None:
    """Who was told of an offer, when, how, and what became of it. For its coordinators."""
    sent = call("notify", "GET", offer_path(offer_id, "/deliveries"))
    for each in sent:
        became = [each["status"], each["reason"], each["receipt"]]
        how = f"{each['kind']}, {each['channel']}: {', '.join(filter(None, became))}"
        OUT.print(f"{moment(each['queued_at'])} {each['name']}: {how}", markup=False)
    if not sent:
        OUT.print(say("nobody was told of it yet"))


def beside(offer_ids: Sequence[str]) -> dict[str, list[str]]:
    """What notify says of offers in a list, a line each: how the text about it ends, and whom to
    call. Nothing but a line on standard error while it does not answer."""
    found: list[dict[str, Any]] = []
    for begins in range(0, len(offer_ids), AT_ONCE):
        asked = list(offer_ids[begins : begins + AT_ONCE])
        try:
            found += call("notify", "GET", "/offers", params={"offer": asked})
        except typer.Exit:  # it has said why: the list is worth more than what stands beside it
            break
    return {each["offer_id"]: [*_code(each), *calls(each)] for each in found}


def calls(found: Mapping[str, Any]) -> list[str]:
    """Whom to call, one a line: the watch's numbers first."""
    lines = []
    for watch in found["on_duty"]:
        told = ", ".join([*watch["duty_phones"], *map(_callee, watch["people"])])
        lines.append(f"{say('on duty')} {watch['tier']}: {told}")
    return lines or [say("nobody is on duty now")]


def _code(found: Mapping[str, Any]) -> list[str]:
    return [f"{say('your code ends in')} {found['code_ends']}"] if found["code_ends"] else []


def _callee(person: Mapping[str, Any]) -> str:
    known = person["desk_phone"]
    return f"{person['name']} {known}" if known else str(person["name"])


@people.command("matches")
def show_matches(
    name: Annotated[str, typer.Argument(help="A name, as it was said or written.")],
    organisation: Annotated[str | None, typer.Option(help="Look in this organisation.")] = None,
    raion: Annotated[str | None, typer.Option(help="Look in this raion (a code).")] = None,
) -> None:
    """Show who of the register may be meant by NAME: five at most, and each asking is recorded."""
    found = near(name, organisation=organisation, raion=raion)
    if not found:
        OUT.print(say("nobody there has a name like that"))
    for each in found:
        OUT.print(f"{each['name']}, {each['organisation']}", markup=False)


def near(name: str, *, organisation: str | None, raion: str | None) -> list[dict[str, str]]:
    """Who may be meant, as ``{name, organisation}``; ends the command as `call` does."""
    body = {"name": name, "organisation": organisation, "raion": raion}
    answer = call("notify", "POST", "/people/matches", body=body)
    found: list[dict[str, str]] = answer["matches"]
    return found


def _read(path: Path, model: type[File]) -> File:
    try:
        return read_yaml(path, model)
    except BadFile as problem:
        raise _stop(str(problem)) from None


def _put_all(url: str, token: str, bodies: Mapping[str, Mapping[str, Any]]) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT) as client:
        for path, body in bodies.items():
            _put(client, path, body)


def _put(client: httpx.Client, path: str, body: Mapping[str, Any]) -> None:
    """Writes one, once its organisation has been heard of; raises `typer.Exit` with a line said."""
    until, waiting = monotonic() + WITHIN, False
    while True:
        try:
            answer = client.put(path, json=body)
        except httpx.HTTPError as problem:
            where = str(client.base_url).rstrip("/")
            raise _stop(f"notify does not answer at {where} ({type(problem).__name__})") from None
        if answer.is_success:
            return
        if UNHEARD not in (_problem(answer).get("errors") or ()):
            raise _stop(f"{path.lstrip('/')}: {_why(answer)}")
        name = body["organisation"]
        if monotonic() > until:
            raise _stop(
                f"{path.lstrip('/')}: in {WITHIN:.0f} s notify has not heard of {name} from the "
                "directory; is it in directory.yaml, and are the workers of referral and notify up?"
            )
        if not waiting:
            typer.echo(f"waiting until notify hears of {name} from the directory …", err=True)
            waiting = True
        sleep(AGAIN)


def _problem(answer: httpx.Response) -> dict[str, Any]:
    """The refusal as problem+json; empty if it is anything else."""
    document = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    return document if isinstance(document, dict) else {}


def _why(answer: httpx.Response) -> str:
    problem = _problem(answer)
    errors = "; ".join(f"{each['field']} {each['message']}" for each in problem.get("errors") or ())
    return errors or problem.get("detail") or problem.get("title") or f"status {answer.status_code}"


def _stop(line: str) -> typer.Exit:
    typer.echo(line, err=True)
    return typer.Exit(1)
