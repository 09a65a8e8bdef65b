"""Commands ``tirek queue``, ``tirek offer``, ``tirek cases`` and ``tirek find``: a crisis centre's
and a coordinator's work without a page."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.table import Column, Table
from rich.text import Text

from services.referral.model.options import Option
from services.referral.vocabularies import AWAITED, CAN_DO, CLOSE_REASONS, STAGES
from shared.cli import OUT, call, moment, offer_path, pages, say, yes_or_no
from shared.events.words import (
    HELD,
    OPEN,
    FailReason,
    Fulfilment,
    RejectReason,
    ServiceRequestStatus,
)

offer = typer.Typer(no_args_is_help=True, help="Look at an offer and answer it.")
OfferId = Annotated[str, typer.Argument(help="The offer's id, as `tirek queue` shows it.")]
OnBehalf = Annotated[
    str | None,
    typer.Option(help="Coordinators, operators: the staff id of whoever is on the line."),
]

SCREEN = 50
"""Offers that are shown at once at a terminal."""
VERBS: Mapping[str, str] = {
    Option.GIVE_CONSENT: "tirek consent give INCIDENT --need NEED --to KIND",
    Option.ASK_SERVICE: "tirek case ask {case}",
    Option.ANSWER_FOR: "tirek offer accept OFFER --on-behalf-of STAFF_ID",
    Option.CANCEL_OFFER: "tirek offer cancel OFFER",
    Option.HAND_OVER: "tirek offer handover OFFER --to STAFF_ID --reason end-of-shift",
    Option.FAIL_OFFER: "tirek offer fail OFFER --reason no-contact",
    Option.CLOSE: "tirek case close {case} --reason nobody-can-help",
    Option.OPEN_AGAIN: "tirek case open-again {case}",
    Option.VOID: "tirek case void {case} --reason mistake",
}
"""How it is done here: the ids of offers stand above it."""
WAITS_FOR: Mapping[str, str] = {
    ServiceRequestStatus.DRAFT: "nobody may be asked yet: it waits for a consent",
    Fulfilment.EXHAUSTED: "nobody is left to ask: it waits for your decision",
}
"""What a case waits for that nothing but a person moves."""
LIVING = OPEN | HELD
UNDER_WAY = frozenset(
    {ServiceRequestStatus.DRAFT, ServiceRequestStatus.ACTIVE, ServiceRequestStatus.ON_HOLD}
)
HAS_HOLDER = frozenset({Fulfilment.PLACED, Fulfilment.IN_SERVICE})
TIMES = frozenset(
    {
        "requested_at",
        "received_at",
        "answered_at",
        "answer_by",
        "deadline",
        "due",
        "undo_until",
        "contact_by",
        "on_the_way_at",
        "contact_claimed_at",
        "review_at",
        "take_over_by",
        "ended_at",
        "first_at",
    }
)
UNSAID = frozenset({"place", "service_name", "time_zone", "children", "awaits", "ticket"}) | {
    "timeline"
}
"""Said with what they belong to, or not at all."""
IN_WORDS = frozenset({"status", "urgency", "age_band"})
"""Whose values are words of the code."""
SAME_AS_DUE = frozenset({"answer_by", "deadline", "contact_by", "review_at", "take_over_by"})
"""Not said again where one of them is what is due."""

Beside = Callable[[Sequence[str]], Mapping[str, Sequence[str]]]
"""What another service says of offers, a line each, by the offer's id."""


def show_queue(beside: Beside, wanted: Mapping[str, str]) -> None:
    """Prints the offers to the caller's organisation, a screen at a time."""
    found = [offer for page in pages("referral", "/queue", wanted) for offer in page["offers"]]
    if not found:
        OUT.print(say("Nothing is waiting for your organisation."))
        return
    for begins in range(0, len(found), SCREEN):
        screen = found[begins : begins + SCREEN]
        OUT.print(_table(screen, beside([each["offer_id"] for each in screen])))
        more = len(found) - begins - SCREEN
        if more > 0:
            OUT.print(say(f"{more} more"))
            if OUT.is_terminal and sys.stdin.isatty():  # into a file all is written
                OUT.input(say("Enter: go on") + " ")


def _table(offers: Sequence[Mapping[str, Any]], beside: Mapping[str, Sequence[str]]) -> Table:
    # the id has a line of its own, so that it stays whole on a narrow screen: one copies it
    table = Table(Column(no_wrap=True), Column(min_width=44), show_header=False, show_lines=True)
    for each in offers:
        head = [str(each.get("public_id") or ""), say(each["urgency"])]
        lines = [
            f"{each['service_name']}, {each['place']} ({each['raion']})",
            _who(each),
            _waits(each),
            *beside.get(each["offer_id"], ()),
            str(each["offer_id"]),
        ]
        table.add_row(Text("\n".join(filter(None, head))), Text("\n".join(lines)))
    return table


def _waits(offer: Mapping[str, Any]) -> str:
    """How far it is, and what is due when: of an accepted one no longer the answer."""
    status = say(offer["status"])
    if offer["awaits"] is None:
        return status
    return f"{status}: {say(AWAITED[offer['awaits']])} {moment(offer['due'])}"


@offer.command()
def show(offer_id: OfferId) -> None:
    """One offer: the neutral summary and the clocks."""
    print_offer(call("referral", "GET", offer_path(offer_id)))


@offer.command()
def accept(offer_id: OfferId, on_behalf_of: OnBehalf = None) -> None:
    """Say yes. The first yes stands; you get a ticket for the details."""
    body = {"on_behalf_of": on_behalf_of} if on_behalf_of else {}
    print_offer(call("referral", "POST", offer_path(offer_id, "/accept"), body=body))


@offer.command()
def reject(
    offer_id: OfferId,
    reason: Annotated[RejectReason, typer.Option(help="Coded, so that it can be counted.")],
    on_behalf_of: OnBehalf = None,
) -> None:
    """Say no, with a reason. The next candidate is asked at once."""
    body = {"reason": reason.value} | ({"on_behalf_of": on_behalf_of} if on_behalf_of else {})
    print_offer(call("referral", "POST", offer_path(offer_id, "/reject"), body=body))


@offer.command()
def received(offer_id: OfferId, on_behalf_of: OnBehalf = None) -> None:
    """Say that you have seen it and will decide."""
    body = {"on_behalf_of": on_behalf_of} if on_behalf_of else {}
    print_offer(call("referral", "POST", offer_path(offer_id, "/received"), body=body))


@offer.command()
def ticket(offer_id: OfferId, on_behalf_of: OnBehalf = None) -> None:
    """A new ticket for the details, for the case holder: `tirek incident read` takes it, or, from
    an operator on behalf of who is on the line, `tirek incident read-out`."""
    body = {"on_behalf_of": on_behalf_of}
    _print_ticket(call("referral", "POST", offer_path(offer_id, "/ticket"), body=body))


def show_cases(beside: Beside, wanted: Mapping[str, str]) -> None:
    """Prints the service requests of the caller's territories that are like that."""
    shown = Table(Column(no_wrap=True), Column(), show_header=False, show_lines=True)
    for page in pages("referral", "/service-requests", wanted):
        told = beside(living(page["service_requests"]))
        for each in page["service_requests"]:
            shown.add_row(each["public_id"], Text(so_far(each, told)))
    OUT.print(shown if shown.row_count else say("No case in your territories is like that."))


def show_case(beside: Beside, public_id: str) -> None:
    """Prints what a public id means to the caller."""
    found = call("referral", "GET", f"/cases/{quote(public_id, safe='')}")
    if whole := found["service_request"]:
        OUT.print(Text(so_far(whole, beside(living([whole])))))
    for each in (*found["offers"], *found["progress"]):
        print_offer(each)


def living(requests: Sequence[Mapping[str, Any]]) -> list[str]:
    """The offers of these about which somebody may be called."""
    offers = (offer for each in requests for offer in each["offers"])
    return [offer["offer_id"] for offer in offers if offer["status"] in LIVING]


def so_far(each: Mapping[str, Any], beside: Mapping[str, Sequence[str]]) -> str:
    """A service request: its offers, what it waits for, and what may be done with which verb."""
    can_do: list[str] = []
    about = f"{each['service_name']}, {say(each['urgency'])}, {each['place']} ({each['raion']})"
    lines = [about, f"{say(each['status'])}, {say(each['fulfilment'])}", *_since(each)]
    for offer in each["offers"]:
        lines.append(f"{offer['organisation']}: {_waits(offer)}")
        if offer["status"] in LIVING:
            lines += [
                f"  {line}" for line in (offer["offer_id"], *beside.get(offer["offer_id"], ()))
            ]
    if each.get("closed"):
        lines.append(f"{say('closed')}: {say(CLOSE_REASONS[each['closed']])}")
    for option in each["can_do"]:
        verb = VERBS[option].format(case=each["public_id"])
        can_do += [f"→ {say(CAN_DO[option])}", f"  {verb}"]
    return "\n".join([*lines, each["service_request_id"], *can_do])


def _since(each: Mapping[str, Any]) -> list[str]:
    """Since when it is open, what it waits for, and until when help is of most use."""
    if each["status"] not in UNDER_WAY:
        return []
    active = each["status"] == ServiceRequestStatus.ACTIVE
    waits_for = WAITS_FOR.get(each["fulfilment"] if active else each["status"])
    held, at = each["fulfilment"] in HAS_HOLDER, moment(each["opened_at"])
    lines = [say(f"open since {at}") if held else say(f"waits since {at}")]
    lines += [say(waits_for)] if waits_for else []
    by = ", ".join(map(moment, each["act_within"]))
    return [*lines, f"{say('act within')} {by}"] if by else lines


@offer.command("on-the-way")
def on_the_way(offer_id: OfferId, on_behalf_of: OnBehalf = None) -> None:
    """Say that you are coming. It is shown to others, and no clock stops."""
    body = {"on_behalf_of": on_behalf_of} if on_behalf_of else {}
    print_offer(call("referral", "POST", offer_path(offer_id, "/on-the-way"), body=body))


@offer.command()
def start(offer_id: OfferId, on_behalf_of: OnBehalf = None) -> None:
    """Say that you are there, or that there was a first contact: nobody asks on."""
    body = {"on_behalf_of": on_behalf_of} if on_behalf_of else {}
    print_offer(call("referral", "POST", offer_path(offer_id, "/start"), body=body))


@offer.command()
def fail(
    offer_id: OfferId,
    reason: Annotated[FailReason, typer.Option(help="Coded, so that it can be counted.")],
) -> None:
    """Give back what you have accepted, with a reason. The next candidate is asked at once."""
    print_offer(
        call("referral", "POST", offer_path(offer_id, "/fail"), body={"reason": reason.value})
    )


def print_offer(found: Mapping[str, Any]) -> None:
    """One offer, a field a row, in the reader's words."""
    table = Table(show_header=False)
    for name, value in found.items():
        again = name in SAME_AS_DUE and value == found["due"]
        if value not in (None, [], "") and name not in UNSAID and not again:
            label = AWAITED[found["awaits"]] if name == "due" else name.replace("_", " ")
            table.add_row(say(label), Text(_shown(found, name, value)))
    if found.get("children"):
        table.add_row(say("for"), Text(_who(found)))
    OUT.print(table)
    for step in found.get("timeline") or ():
        OUT.print(_step(step), markup=False)
    if found.get("ticket"):
        _print_ticket(found)


def _step(step: Mapping[str, Any]) -> str:
    """What happened when, or what is awaited until when; and whether that is late."""
    when = moment(step["at"]) if step["at"] else f"… {moment(step['limit'])}"
    return f"{when}  {say(STAGES[step['stage']])}{', ' + say('late') if step['late'] else ''}"


def _print_ticket(found: Mapping[str, Any]) -> None:
    """On a line of its own and whole, as long as it is: one copies it, or hands it on."""
    OUT.print(found["ticket"], markup=False, soft_wrap=True)


def _shown(found: Mapping[str, Any], name: str, value: Any) -> str:
    if name in TIMES:
        return moment(value)
    if name == "act_within":
        return ", ".join(map(moment, value))
    if name == "raion":
        return f"{found['place']} ({value})"
    if name == "service_type":
        return f"{found['service_name']} ({value})"
    if name in IN_WORDS:
        return say(value)
    return ", ".join(value) if isinstance(value, list) else yes_or_no(value)


def _who(found: Mapping[str, Any]) -> str:
    """Bands and languages, and what else is needed; nobody's age, and no name."""
    children = ", ".join(f"{each['count']} × {each['band']}" for each in found["children"])
    told = [f"{say(found['age_band'])}, {found['language']}"]
    told += [f"{say('children')} {children}"] if children else []
    told += [", ".join(found["access_needs"])] if found["access_needs"] else []
    return "; ".join(told)
