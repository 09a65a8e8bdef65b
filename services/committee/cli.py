"""Verbs ``tirek committee``: one group a register."""

import typer

from services.committee.cli_activities import activity, aid, report
from services.committee.cli_appeals import appeal
from services.committee.cli_plan import plan
from services.committee.cli_sittings import action, sitting

committee = typer.Typer(help="The work of local committees.", no_args_is_help=True)
committee.add_typer(appeal, name="appeal")
committee.add_typer(plan, name="plan")
committee.add_typer(sitting, name="sitting")
committee.add_typer(action, name="action")
committee.add_typer(activity, name="activity")
committee.add_typer(aid, name="aid")
committee.command("report")(report)
