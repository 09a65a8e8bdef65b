"""``tirek consent``: enters a consent that was given after the report, and takes one back."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from shared.cli import OUT, call, fail, say
from shared.clock import wall
from shared.jurisdiction.config_files import BadFile, parse_yaml, read_text

consent = typer.Typer(
    help="Enter a consent that came after the report; take one back.", no_args_is_help=True
)
Incident = Annotated[str, typer.Argument(help="What `tirek incident report` printed.")]


@consent.command("give")
def give(
    incident_id: Incident,
    need: Annotated[
        str | None, typer.Option(help="For which service; one it lacks is opened.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="The kind of organisation that may be told.")
    ] = None,
    share: Annotated[
        list[str] | None,
        typer.Option(help="What may be told: identity, story … Left out: what is usual."),
    ] = None,
    days: Annotated[
        int | None, typer.Option(help="How long it holds. Left out: as is usual.", min=1)
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="Consents as in a report: of a representative, on a ground …"),
    ] = None,
) -> None:
    """Enter what the survivor allowed after the report: what waited for it is referred at once."""
    if file is not None:
        consents = _listed(file)
    elif need is None or to is None:
        raise fail(say("give --need and --to, or --file"))
    else:
        consents = [_oral(need, to, share, days)]
    path = f"/incidents/{quote(incident_id, safe='')}/consents"
    for each in call("intake", "POST", path, body={"consents": consents})["consents"]:
        OUT.print(f"{say('recorded as')} {each['consent_id']}", markup=False)


def _oral(need: str, kind: str, share: list[str] | None, days: int | None) -> dict[str, Any]:
    """What the survivor said: of what is shared, and for how long, the usual if nothing is said."""
    forms = call("intake", "GET", "/forms")
    usual = {each["code"]: each["scope"] for each in forms["needs"]}
    until = wall() + timedelta(days=days or forms["consent_days"])
    return {
        "need": need,
        "recipient_kind": kind,
        "purpose": forms["purposes"][0]["code"],
        "scope": share or usual.get(need) or ["identity"],
        "given_by": {"who": "survivor"},
        "how": "oral",
        "until": until.isoformat(),
    }


def _listed(file: Path) -> list[Any]:
    """The consents of a file, or of a report in it; ends the command if it holds none."""
    try:
        found = json.loads(json.dumps(parse_yaml(read_text(file), file), default=str))
    except BadFile as problem:
        raise fail(str(problem)) from None
    consents = found.get("consents") if isinstance(found, dict) else found
    if not isinstance(consents, list):
        raise fail(f"{file}: {say('must be a list')}")
    return consents


@consent.command("withdraw")
def withdraw(
    incident_id: Incident,
    consent_id: Annotated[str, typer.Argument(help="What `tirek consent list` printed.")],
) -> None:
    """Take a consent back: reading under it stops at once."""
    act = f"consents/{quote(consent_id, safe='')}/withdrawal"
    ended = call("intake", "POST", f"/incidents/{quote(incident_id, safe='')}/{act}", body={})
    left = ", ".join(ended["permissions_left"])
    OUT.print(left or say("nothing permits this need any more"), markup=False)


@consent.command("list")
def show(incident_id: Incident) -> None:
    """Show what was allowed in an incident, to whom, and until when."""
    found = call("intake", "GET", f"/incidents/{quote(incident_id, safe='')}")
    needs = {each["need_id"]: each["service_type"] for each in found["needs"]}
    for each in found["consents"]:
        until = each["ground"] or each["until"] or ""
        state = say("revoked") if each["withdrawn_at"] else until
        kind = each["organisation"] or each["recipient_kind"]
        OUT.print(f"{each['consent_id']}  {needs[each['need_id']]} → {kind}  {state}", markup=False)
