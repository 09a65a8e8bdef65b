"""``tirek token``: the tokens that the console signs, for programs and for a first look."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.samples.load import load_people
from shared.cli import fail
from shared.clock import wall
from shared.errors import Invalid
from shared.events.words import Role
from shared.key_files import KeyFileError
from shared.security.tokens import Caller, Signer

KEY = Path(__file__).parents[2] / ".tirek/demo/secrets/console/tokens.private.json"
ROLES = tuple(role.value for role in Role if role is not Role.SYSTEM)


def token(
    staff_id: Annotated[str, typer.Argument(help="Whom it speaks for, for instance st-a2b3c4d5.")],
    organisation: Annotated[
        str | None, typer.Option(help="Their organisation; left out: as in the sample register.")
    ] = None,
    role: Annotated[
        list[str] | None, typer.Option(help=f"Once for each of {', '.join(ROLES)}.")
    ] = None,
    territory: Annotated[
        list[str] | None, typer.Option(help="A SOATE code or its beginning, for coordinators.")
    ] = None,
    key: Annotated[
        Path, typer.Option(envvar="TIREK_CONSOLE_KEY", help="The console's private key.")
    ] = KEY,
) -> None:
    """Print an access token that lives five minutes. Whoever holds the key may be anybody."""
    known = next((each for each in load_people() if each.staff_id == staff_id), None)
    if organisation is None and known is None:
        raise fail(f"{staff_id} is not in the sample register: give --organisation and --role")
    caller = Caller(
        staff_id=staff_id,
        organisation=organisation or (known.organisation if known else ""),
        roles=frozenset(role or (known.roles if known else ())),
        territories=tuple(territory or (known.territories if known else ())),
    )
    try:
        signer = Signer.from_file(key)
    except KeyFileError as problem:
        raise fail(str(problem)) from None
    try:
        typer.echo(signer.token(caller, wall()))
    except Invalid as problem:
        raise fail(str(problem)) from None
