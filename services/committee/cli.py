"""Verbs ``tirek committee``: one group a register."""

import typer

from services.committee.cli_activities import activity, aid, report
from services.committee.cli_appeals import appeal
from services.committee.cli_handbook import handbook
from services.committee.cli_plan import plan
from services.committee.cli_registry import (
    approve,
    change,
    coverage,
    list_committees,
    member,
    show_committee,
)
from services.committee.cli_sittings import action, sitting

committee = typer.Typer(help="The work of local committees.", no_args_is_help=True)
committee.command("list")(list_committees)
committee.command("show")(show_committee)
committee.command("approve")(approve)
committee.command("change")(change)
committee.command("coverage")(coverage)
committee.add_typer(member, name="member")
committee.add_typer(appeal, name="appeal")
committee.add_typer(plan, name="plan")
committee.add_typer(sitting, name="sitting")
committee.add_typer(action, name="action")
committee.add_typer(activity, name="activity")
committee.add_typer(aid, name="aid")
committee.add_typer(handbook, name="handbook")
committee.command("report")(report)
