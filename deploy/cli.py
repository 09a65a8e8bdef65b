"""The ``tirek`` command: dispatch only. Every verb belongs to the service that answers it."""

import typer

from deploy import (
    cli_backup,
    cli_incident,
    cli_keys,
    cli_outbox,
    cli_parked,
    cli_redrive,
    cli_restore,
    cli_secrets,
    cli_status,
    cli_token,
)
from services.intake import cli as intake
from services.notify import cli as notify
from services.referral import cli as referral

app = typer.Typer(
    name="tirek",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tirek coordinates referrals. In immediate danger call 102 or 112: Tirek is no such line.",
)
app.add_typer(intake.incident, name="incident")
intake.incident.command()(cli_incident.report)
app.command("queue")(referral.queue)
app.add_typer(referral.offer, name="offer")
app.command("status")(cli_status.status)
app.command("token")(cli_token.token)
app.add_typer(cli_backup.backup, name="backup")
app.command("restore")(cli_restore.restore)
app.add_typer(cli_secrets.group, name="secrets")
app.add_typer(cli_keys.keys, name="keys")
app.add_typer(cli_outbox.outbox, name="outbox")
app.add_typer(cli_parked.parked, name="parked")
cli_parked.parked.command()(cli_redrive.redrive)
app.add_typer(notify.people, name="people")
app.add_typer(notify.roster, name="roster")

if __name__ == "__main__":
    app(prog_name="tirek")
