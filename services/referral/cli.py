"""Commands ``tirek queue`` and ``tirek offer``: a crisis centre's work without a page."""

import sys
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from shared.cli import OUT, call, pages
from shared.events.words import RejectReason

offer = typer.Typer(no_args_is_help=True, help="Look at an offer and answer it.")
OfferId = Annotated[str, typer.Argument(help="The offer's id, as `tirek queue` shows it.")]
OnBehalf = Annotated[
    str | None,
    typer.Option(help="Coordinators: the staff id of whoever answered by telephone."),
]

SCREEN = 50
"""Offers that are shown at once at a terminal."""


def queue() -> None:
    """Offers to your organisation: open ones first, most urgent on top. No survivor's data."""
    found = [offer for page in pages("referral", "/queue") for offer in page["offers"]]
    if not found:
        OUT.print("Nothing is waiting for your organisation.")
        return
    for begins in range(0, len(found), SCREEN):
        OUT.print(_table(found[begins : begins + SCREEN]))
        more = len(found) - begins - SCREEN
        if more > 0:
            OUT.print(f"{more} more")
            if OUT.is_terminal and sys.stdin.isatty():  # into a file all is written
                OUT.input("Enter: go on ")


def _table(offers: list[dict[str, Any]]) -> Table:
    # two columns, so that the id stays whole on a narrow screen: it is what one copies
    table = Table(Column("offer", no_wrap=True), "what, where, for whom", show_lines=True)
    for each in offers:
        told = f"{each['status']}, answer by {_time(each['answer_by'])}"
        about = f"{each['service_type']}, {each['urgency']}, {each['raion']}"
        table.add_row(each["offer_id"], f"{about}\n{_who(each)}\n{told}")
    return table


@offer.command()
def show(offer_id: OfferId) -> None:
    """One offer: the neutral summary and the clocks."""
    _print(call("referral", "GET", f"/offers/{offer_id}"))


@offer.command()
def accept(offer_id: OfferId, on_behalf_of: OnBehalf = None) -> None:
    """Say yes. The first yes stands; you get a ticket for the details."""
    body = {"on_behalf_of": on_behalf_of} if on_behalf_of else {}
    _print(call("referral", "POST", f"/offers/{offer_id}/accept", body=body))


@offer.command()
def reject(
    offer_id: OfferId,
    reason: Annotated[RejectReason, typer.Option(help="Coded, so that it can be counted.")],
    on_behalf_of: OnBehalf = None,
) -> None:
    """Say no, with a reason. The next candidate is asked at once."""
    body = {"reason": reason.value} | ({"on_behalf_of": on_behalf_of} if on_behalf_of else {})
    _print(call("referral", "POST", f"/offers/{offer_id}/reject", body=body))


@offer.command()
def received(offer_id: OfferId) -> None:
    """Say that you have seen it and will decide."""
    _print(call("referral", "POST", f"/offers/{offer_id}/received", body={}))


@offer.command()
def ticket(offer_id: OfferId) -> None:
    """A new ticket for the details, for the case holder: `tirek incident read` takes it."""
    _print(call("referral", "POST", f"/offers/{offer_id}/ticket"))


def _print(found: dict[str, Any]) -> None:
    table = Table(show_header=False)
    for name, value in found.items():
        if value not in (None, [], ""):
            table.add_row(name.replace("_", " "), _who(found) if name == "children" else str(value))
    OUT.print(table)


def _who(found: dict[str, Any]) -> str:
    children = ", ".join(f"{each['count']} × {each['band']}" for each in found["children"])
    return f"{found['age_band']}, {found['language']}" + (
        f"; children {children}" if children else ""
    )


def _time(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().strftime("%d.%m %H:%M:%S")
