"""``tirek people load`` and ``tirek roster load``: files into notify, over its API."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import httpx
import typer
from pydantic import ConfigDict

from shared.jurisdiction.config_files import BadFile, FromFile, read_yaml

people = typer.Typer(help="The staff register.", no_args_is_help=True)
roster = typer.Typer(help="Who is on duty when.", no_args_is_help=True)

Url = Annotated[str, typer.Option(envvar="TIREK_NOTIFY_URL", help="Where notify's API is.")]
Token = Annotated[
    str, typer.Option(envvar="TIREK_TOKEN", help="An administrator's, from `tirek token`.")
]
DEFAULT_URL = "http://127.0.0.1:8103"
TIMEOUT = 10.0
File = TypeVar("File", bound=FromFile)


class _Place(FromFile):
    model_config = ConfigDict(extra="ignore")

    territory: str


class _Service(FromFile):
    model_config = ConfigDict(extra="ignore")

    service_areas: tuple[str, ...] = ()


class _Organisation(FromFile):
    """As much of a directory's entry as the register needs: its kind, and where it is."""

    model_config = ConfigDict(extra="ignore")

    id: str
    kind: str
    locations: tuple[_Place, ...] = ()
    services: tuple[_Service, ...] = ()

    def body(self) -> dict[str, Any]:
        """For the API. An organisation without a location is where it serves."""
        places = [place.territory for place in self.locations]
        areas = [area for service in self.services for area in service.service_areas]
        return {"kind": self.kind, "territories": list(dict.fromkeys(places or areas))}


class _Directory(FromFile):
    model_config = ConfigDict(extra="ignore")

    organizations: tuple[_Organisation, ...]


class _Person(FromFile):
    staff_id: str
    name: str
    organisation: str
    organisation_kind: str
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    phone: str | None = None
    email: str | None = None
    territories: tuple[str, ...] = ()
    active: bool = True

    def body(self) -> dict[str, Any]:
        """For the API."""
        return self.model_dump(mode="json", exclude={"staff_id", "organisation_kind"})


class _People(FromFile):
    people: tuple[_Person, ...]


class _Window(FromFile):
    dtstart: str
    duration: str
    rrule: str


class _Roster(FromFile):
    roster_id: str
    organisation: str
    tier: int
    people: tuple[str, ...]
    windows: tuple[_Window, ...]


class _Rosters(FromFile):
    rosters: tuple[_Roster, ...]


@people.command("load")
def load_people(
    file: Annotated[Path, typer.Argument(help="people.yaml")],
    token: Token,
    url: Url = DEFAULT_URL,
    directory: Annotated[
        Path | None, typer.Option(help="Their organisations; directory.yaml beside FILE if absent.")
    ] = None,
) -> None:
    """Writes everybody in FILE, and the organisations they serve in. Safe to repeat."""
    known = _read(directory or file.with_name("directory.yaml"), _Directory).organizations
    staff = _read(file, _People).people
    organisations = {f"/organisations/{each.id}": each.body() for each in known}
    _put_all(url, token, organisations)
    _put_all(url, token, {f"/people/{each.staff_id}": each.body() for each in staff})
    typer.echo(f"{len(staff)} people of {len(organisations)} organisations")


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


def _read(path: Path, model: type[File]) -> File:
    try:
        return read_yaml(path, model)
    except BadFile as problem:
        raise _stop(str(problem)) from None


def _put_all(url: str, token: str, bodies: Mapping[str, Mapping[str, Any]]) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT) as client:
        for path, body in bodies.items():
            try:
                answer = client.put(path, json=body)
            except httpx.HTTPError as problem:
                raise _stop(f"notify does not answer at {url} ({type(problem).__name__})") from None
            if not answer.is_success:
                raise _stop(f"{path.lstrip('/')}: {_why(answer)}")


def _why(answer: httpx.Response) -> str:
    problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    errors = "; ".join(f"{each['field']} {each['message']}" for each in problem.get("errors") or ())
    return errors or problem.get("detail") or problem.get("title") or f"status {answer.status_code}"


def _stop(line: str) -> typer.Exit:
    typer.echo(line, err=True)
    return typer.Exit(1)
