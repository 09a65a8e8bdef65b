"""``tirek queue``, ``cases``, ``board``, ``find``: lists, and beside each offer whom to call."""

from typing import Annotated

import typer

from services.notify import cli as notify
from services.referral import cli as referral
from services.referral import cli_casework as casework
from services.referral.store.lists import Tab
from shared.events.words import Fulfilment, ServiceRequestStatus


def queue(
    tab: Annotated[Tab | None, typer.Option(help="Only what waits, is held, or is late.")] = None,
) -> None:
    """Offers to your organisation: open ones first, most urgent on top. No survivor's data."""
    referral.show_queue(notify.beside, {"tab": tab.value} if tab else {})


def cases(
    fulfilment: Annotated[Fulfilment | None, typer.Option(help="How far they have come.")] = None,
    status: Annotated[ServiceRequestStatus | None, typer.Option(help="FHIR's word.")] = None,
) -> None:
    """Coordinators: service requests of your territories, most urgent first; ended ones last."""
    asked = {"fulfilment": fulfilment, "status": status}
    wanted = {name: word.value for name, word in asked.items() if word is not None}
    referral.show_cases(notify.beside, wanted)


def board() -> None:
    """Coordinators: what of your territories needs you now, why, and what you can do about it."""
    casework.show_board(notify.beside)


def find(
    public_id: Annotated[
        str, typer.Argument(help="6 signs, as a message or a list shows them; in any alphabet.")
    ],
) -> None:
    """What a public id means to you: offers to your organisation, for coordinators the whole."""
    referral.show_case(notify.beside, public_id)
