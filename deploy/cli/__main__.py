"""The ``tirek`` command: dispatch only. Every verb belongs to the service that answers it."""

import os
from typing import Annotated

import typer

from deploy.cli import (
    account,
    backup,
    founding,
    incident,
    jurisdiction,
    keys,
    outbox,
    parked,
    queue,
    redrive,
    restore,
    secrets,
    status,
    texts,
    token,
)
from services.audit.cli import audit, ledger
from services.committee.cli import committee
from services.intake import cli as intake
from services.intake import cli_consents, cli_places
from services.notify import cli as notify
from services.notify.people import cli as people
from services.notify.rosters import cli as rosters
from services.notify.telephone import cli as telephone
from services.referral import cli as referral
from services.referral import cli_directory as directory
from services.referral.cli_casework import case
from shared.cli import LANG

app = typer.Typer(
    name="tirek",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tirek coordinates referrals. In immediate danger call 102 or 112: Tirek is no such line.",
)


@app.callback()
def spoken(
    lang: Annotated[
        str | None,
        typer.Option(envvar=LANG, help="The language of lists and of refusals: ky, ru or en."),
    ] = None,
) -> None:
    """In the language of the terminal unless one is named."""
    if lang is not None:
        os.environ[LANG] = lang


app.add_typer(ledger, name="ledger")
app.add_typer(audit, name="audit")
app.add_typer(committee, name="committee")
committee.add_typer(founding.founding, name="founding")
app.add_typer(intake.incident, name="incident")
intake.incident.command()(incident.report)
intake.incident.command()(incident.assess)
app.add_typer(cli_consents.consent, name="consent")
app.command("place")(cli_places.place)
app.command("queue")(queue.queue)
app.command("cases")(queue.cases)
app.command("board")(queue.board)
app.command("find")(queue.find)
app.command("directory")(directory.listed)
app.command("policies")(directory.policies)
app.command("places")(directory.places)
app.command("words")(directory.words)
app.add_typer(referral.offer, name="offer")
app.add_typer(case, name="case")
app.command("duty")(notify.duty)
app.command("told")(notify.told)
app.command("status")(status.status)
app.add_typer(jurisdiction.jurisdiction, name="jurisdiction")
app.command("token")(token.token)
app.command("texts")(texts.texts)
app.add_typer(backup.backup, name="backup")
app.command("restore")(restore.restore)
app.add_typer(secrets.group, name="secrets")
app.add_typer(account.account, name="account")
app.add_typer(keys.keys, name="keys")
app.add_typer(outbox.outbox, name="outbox")
app.add_typer(parked.parked, name="parked")
parked.parked.command()(redrive.redrive)
app.add_typer(people.people, name="people")
app.add_typer(rosters.roster, name="roster")
app.add_typer(telephone.pin, name="pin")
app.add_typer(rosters.calendar, name="calendar")

if __name__ == "__main__":
    app(prog_name="tirek")
