"""Verbs ``tirek committee``: one group a register."""

import typer

from services.committee.cli_appeals import appeal
from services.committee.cli_plan import plan

committee = typer.Typer(help="The work of local committees.", no_args_is_help=True)
committee.add_typer(appeal, name="appeal")
committee.add_typer(plan, name="plan")
