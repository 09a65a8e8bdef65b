"""Commands ``tirek case`` and ``tirek board``, and of ``tirek offer`` what a case holder does after
the yes and what a coordinator does to a referral."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.table import Column, Table
from rich.text import Text

from services.referral.cli import Beside, OfferId, living, offer, print_offer, so_far
from services.referral.vocabularies import ATTENTION, CLOSE_REASONS, OUTCOMES
from shared.cli import ERR, OUT, Refused, call, fail, moment, offer_path, pages, say, zone
from shared.events.words import (
    CancelReason,
    CloseReason,
    HandoverReason,
    HoldReason,
    Outcome,
    VoidReason,
)

case = typer.Typer(no_args_is_help=True, help="Coordinators: act on a whole case.")
CaseId = Annotated[str, typer.Argument(help="6 signs, as `tirek cases` shows them.")]
CODED = "Coded, so that it can be counted; `tirek words` says what each means."
Reason = Annotated[VoidReason, typer.Option(help=CODED)]
CLOCK = ["%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%z"]
NOT_AS_IT_STANDS = frozenset({409, 422})
"""What the service answers when the act, or what it was given, does not fit."""


@case.command()
def ask(
    public_id: CaseId,
    service: Annotated[
        str | None, typer.Argument(help="A service of the directory; without one: who there is.")
    ] = None,
) -> None:
    """Have one more service asked, whoever else is. Without SERVICE: who may be, and who not."""
    path = _path(public_id)
    if service is None:
        _show_services(call("referral", "GET", f"{path}/candidates"))
        return
    advice = say("`tirek case ask` with the public id alone shows who may be asked")
    found = _act(f"{path}/offers", {"service": service}, advice)
    _tell_case(say(f"the service {service} is asked"), found)


@case.command("void")
def void_case(public_id: CaseId, reason: Reason) -> None:
    """Mark a whole case as entered in error. Whoever was asked, or holds it, is told."""
    found = _act(f"{_path(public_id)}/void", {"reason": reason.value})
    _tell_case(say("the case is marked as entered in error"), found)


@case.command()
def close(public_id: CaseId, reason: Annotated[CloseReason, typer.Option(help=CODED)]) -> None:
    """Close a case that nobody can help, or that was helped otherwise. Nobody is asked any more."""
    advice = say("what somebody holds is ended by `tirek offer fail`, or `tirek offer void`")
    found = _act(f"{_path(public_id)}/close", {"reason": reason.value}, advice)
    _tell_case(say(f"the case is closed: {CLOSE_REASONS[reason]}"), found)


@case.command("open-again")
def open_again(public_id: CaseId) -> None:
    """Open a closed case again: others are asked, as far as anything permits it."""
    found = _act(f"{_path(public_id)}/open-again", None)
    _tell_case(say("the case is open again"), found)


@offer.command()
def cancel(
    offer_id: OfferId,
    reason: Annotated[CancelReason, typer.Option(help=CODED)] = CancelReason.COORDINATOR,
) -> None:
    """Coordinators: take an open offer back. The next candidate is asked at once."""
    path = offer_path(offer_id, "/cancel")
    advice = say("what somebody holds is ended by `tirek offer fail`, or `tirek offer void`")
    found = _act(path, {"reason": reason.value}, advice)
    _tell(say("the offer is taken back: whoever is next is asked"), found)


@offer.command()
def void(offer_id: OfferId, reason: Reason) -> None:
    """Coordinators: mark an offer as entered in error. The need stays, and others are asked."""
    path = offer_path(offer_id, "/void")
    advice = say("a whole case is voided by `tirek case void`")
    found = _act(path, {"reason": reason.value}, advice)
    _tell(say("the offer is marked as entered in error: whoever is next is asked"), found)


@offer.command()
def handover(
    offer_id: OfferId,
    to: Annotated[str, typer.Option(help="A colleague's staff id, as `tirek duty` shows it.")],
    reason: Annotated[HandoverReason, typer.Option(help=CODED)],
) -> None:
    """Make a colleague the case holder: as the present one, or as a coordinator. They are told."""
    path = offer_path(offer_id, "/handover")
    advice = say("`tirek duty` shows the staff ids of whoever is on duty there")
    found = _act(path, {"to": to, "reason": reason.value}, advice)
    _tell(say(f"handed over to {to}, who is told to take it over"), found)


@offer.command()
def hold(
    offer_id: OfferId,
    reason: Annotated[HoldReason, typer.Option(help=CODED)],
    review_at: Annotated[
        datetime,
        typer.Option(
            formats=CLOCK,
            metavar="'DD.MM.YYYY HH:MM'",
            help="When you look at it again, on the country's clock.",
        ),
    ],
) -> None:
    """Pause what you hold until a review. Passing it without an act is an escalation."""
    at = review_at if review_at.tzinfo else review_at.replace(tzinfo=zone())
    path = offer_path(offer_id, "/hold")
    advice = say("only what you hold is paused, and for a year at most")
    found = _act(path, {"reason": reason.value, "review_at": at.isoformat()}, advice)
    _tell(say(f"paused until {moment(at.isoformat())}"), found)


@offer.command()
def resume(offer_id: OfferId) -> None:
    """Go on after a pause. What is owed then, a contact or a review, is owed from now."""
    path = offer_path(offer_id, "/resume")
    found = _act(path, None, say("`tirek offer show` says how far it is"))
    _tell(say("it goes on as it was before the pause"), found)


@offer.command()
def complete(
    offer_id: OfferId,
    outcome: Annotated[Outcome, typer.Option(help=CODED)],
) -> None:
    """Say that what you hold is done. The case is completed."""
    path = offer_path(offer_id, "/complete")
    advice = say("say first that you are there, by `tirek offer start`")
    found = _act(path, {"outcome": outcome.value}, advice)
    _tell(say(f"it is done: {OUTCOMES[outcome]}"), found)


@offer.command()
def release(offer_id: OfferId) -> None:
    """Take your own yes back, within two minutes. Whoever was asked beside you is asked again."""
    path = offer_path(offer_id, "/release")
    found = _act(path, None, say("`tirek offer fail` gives back what you hold, at any time"))
    _tell(say("your yes is taken back: others are asked"), found)


def _path(public_id: str) -> str:
    """Of the service request that a coordinator calls so; ends the command if there is none."""
    found = call("referral", "GET", f"/cases/{quote(public_id, safe='')}")
    if found["service_request"] is None:
        raise fail(say("only a coordinator of the territory may do this"))
    return f"/service-requests/{found['service_request']['service_request_id']}"


def _act(path: str, body: Mapping[str, Any] | None, advice: str = "") -> Any:
    """What it came to; ends the command with the refusal, and with advice where that may help."""
    try:
        return call("referral", "POST", path, body=body)
    except Refused as refusal:
        if advice and refusal.status in NOT_AS_IT_STANDS:
            ERR.print(f"  {advice}", markup=False, soft_wrap=True)
        raise


def _tell(done: str, found: Mapping[str, Any]) -> None:
    OUT.print(done, markup=False)
    print_offer(found)


def _tell_case(done: str, found: Mapping[str, Any]) -> None:
    OUT.print(done, markup=False)
    OUT.print(Text(so_far(found, {})))


def _show_services(found: Mapping[str, Any]) -> None:
    """Whoever could be asked first, the best on top; then the others, each with why."""
    if not found["services"]:
        OUT.print(say("no service of this type is in the directory"))
    for each in found["services"]:
        why = [say("is being asked now")] if each["asked"] else []
        why += [each["reason_words"]] if each["reason"] else []
        line = f"{each['service']} ({each['organisation']})"
        OUT.print(": ".join([line, *filter(None, [", ".join(why)])]), markup=False)
    if found["left_out"]:
        OUT.print(say(f"{found['left_out']} more are not shown"))


def show_board(beside: Beside) -> None:
    """Prints what of the caller's territories needs a person now, and which verb does what."""
    table = Table(Column(no_wrap=True), Column(), show_header=False, show_lines=True)
    for page in pages("referral", "/board"):
        for each in page["needed"]:
            request = each["service_request"]
            why = [
                f"{say(ATTENTION[one['why']])} ({say('since')} {moment(one['since'])})"
                for one in each["attention"]
            ]
            lines = [*why, so_far(request, beside(living([request])))]
            table.add_row(request["public_id"], Text("\n".join(lines)))
    OUT.print(table if table.row_count else say("Nothing needs you now."))
