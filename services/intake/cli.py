"""``tirek incident``: sends a report and shows how far an incident has come, over intake's API."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.table import Table

from services.intake.model.consents import Group
from services.intake.model.safe_contact import OutsideHours
from shared.cli import ERR, OUT, call, fail, moment, say, yes_or_no
from shared.clock import pause

incident = typer.Typer(help="Report an incident; see how far it has come.", no_args_is_help=True)

KEY = "Idempotency-Key"
InDanger = Annotated[
    bool,
    typer.Option(
        "--danger-to-life",
        help="Show the number although a call is not safe now. The reason is recorded.",
    ),
]
EVERY = 1.0
"""Seconds between two looks."""
CAN_DO = {"give-consent": "have a consent asked for, and enter it"}
"""What moves a need, in words."""
SETTLED = frozenset(
    {"awaiting-consent", "accepted", "in-service", "exhausted", "completed", "ended", "unmet"}
)
"""Nothing changes by itself here: somebody helps, or a person has to act."""


def send(body: Any, key: str) -> None:
    """Sends a report, and prints what became of it."""
    again = say(f"key {key} (with --key it can be sent again without being taken twice)")
    ERR.print(again, markup=False, soft_wrap=True)
    taken = call("intake", "POST", "/incidents", body=body, headers={KEY: key})
    _print(taken)
    for each in taken["read"]:
        was_read = say(f"was read as {each['value']}")
        OUT.print(f"{each['field']}: {was_read}", markup=False)
    for each in taken["notices"]:
        why, instead = say(each["message"]), say(each["instead"])
        ERR.print(f"{each['field']} {instead}: {why}", markup=False)


def preview(body: dict[str, Any]) -> None:
    """Prints what a report would come to; of the report, only what decides that is sent."""
    names = ("immediate_danger", "danger_signs", "needs", "children", "sexual_violence_at")
    asked = {name: body[name] for name in names if body.get(name) is not None}
    asked["children"] = [
        {name: each[name] for name in ("age", "witness") if name in each}
        for each in asked.get("children", ())
    ]
    age = (body.get("survivor") or {}).get("age")
    found = call(
        "intake", "POST", "/assessments", body=asked | ({} if age is None else {"age": age})
    )
    OUT.print(found["urgency_label"], *found["why"], sep="\n", markup=False)
    for each in found["signs"]:
        OUT.print(f"  {each['label']}", markup=False)
    for each in found["needs"]:
        waits = f" ({say('awaiting-consent')})" if each["waits"] else ""
        OUT.print(f"{each['label']}{waits}", markup=False)
    for each in found["clocks"]:
        OUT.print(f"{each['label']}: {moment(each['until'])}", markup=False)


@incident.command("exclude")
def exclude(
    incident_id: Annotated[str, typer.Argument(help="What `tirek incident report` printed.")],
    staff: Annotated[list[str] | None, typer.Option(help="A staff id.")] = None,
    organisation: Annotated[list[str] | None, typer.Option(help="An organisation.")] = None,
    name: Annotated[str | None, typer.Option(help="A name, as it was said or written.")] = None,
    phone: Annotated[str | None, typer.Option(help="A number of theirs.")] = None,
    serves_in: Annotated[str | None, typer.Option(help="Where they serve, if known.")] = None,
) -> None:
    """Hide an incident from more people, at once and everywhere. It cannot be taken back.

    Of a name or a number nothing is kept that could be read.
    """
    exclusions = [{"kind": "staff", "value": each} for each in staff or ()]
    exclusions += [{"kind": "organisation", "value": each} for each in organisation or ()]
    person = {"name": name, "phone": phone, "organisation": serves_in}
    accused = [person] if name or phone else []
    if not exclusions and not accused:
        raise fail(say("say from whom: --staff, --organisation, --name or --phone"))
    path = f"/incidents/{quote(incident_id, safe='')}/exclusions"
    call("intake", "POST", path, body={"accused": accused, "exclusions": exclusions})
    OUT.print(say("whoever was named finds it no more"))


@incident.command("show")
def show(
    incident_id: Annotated[str, typer.Argument(help="What `tirek incident report` printed.")],
    follow: Annotated[
        bool, typer.Option("--follow", help="Keep showing until every need has an end.")
    ] = False,
) -> None:
    """Show how far an incident has come, as far as you may know."""
    if follow:
        asyncio.run(_follow(incident_id))
    else:
        _print(_ask(incident_id))


async def _follow(incident_id: str) -> None:
    last: Any = None
    while True:
        found = _ask(incident_id)
        if found != last:
            _print(found)
            last = found
        if all(need["progress"] in SETTLED for need in found["needs"]):
            return
        await pause(EVERY)


@incident.command("drafts")
def list_drafts() -> None:
    """Show which reports you have begun, on the console for instance, and not sent."""
    params: dict[str, str] = {}
    while True:
        page = call("intake", "GET", "/drafts", params=params)
        for each in page["drafts"]:
            changed, until = moment(each["changed_at"]), moment(each["expires_at"])
            OUT.print(f"{each['draft_id']}: {changed}, {say('kept until')} {until}", markup=False)
        if page["next"] is None:
            return
        params = {"before": page["next"]}


@incident.command("drop-draft")
def drop_draft(
    draft_id: Annotated[str, typer.Argument(help="As `tirek incident drafts` shows it.")],
) -> None:
    """Delete a report that you have begun and not sent. Nothing of it is kept."""
    call("intake", "DELETE", f"/drafts/{quote(draft_id, safe='')}")
    OUT.print(say("the draft is deleted"))


@incident.command("read")
def read(
    incident_id: Annotated[str, typer.Argument(help="What `tirek offer accept` printed.")],
    ticket: Annotated[str, typer.Option(help="From `tirek offer accept` or `tirek offer ticket`.")],
    purpose: Annotated[str, typer.Option(help="As in the consent.")] = "service",
    danger_to_life: InDanger = False,
) -> None:
    """Read what was consented to, as the case holder. Every reading is recorded.

    Outside the hours of a safe contact the number is masked, and it says when a call is safe.
    """
    body = {"purpose": purpose, "ticket": ticket}
    if danger_to_life:
        body["outside_hours"] = OutsideHours.DANGER_TO_LIFE
    path = f"/incidents/{quote(incident_id, safe='')}/disclosures"
    for line in lines(call("intake", "POST", path, body=body)["data"]):
        OUT.print(line, markup=False)


@incident.command("read-out")
def read_out(
    group: Annotated[Group, typer.Argument(help="One at a time.")],
    ticket: Annotated[str, typer.Option(help="From `tirek offer ticket --on-behalf-of`.")],
    proof: Annotated[str, typer.Option(help="From `tirek pin check`.")],
    danger_to_life: InDanger = False,
) -> None:
    """As operator: read one group of what was consented to, to tell the case holder on the line.

    It is recorded for both of you. Outside the hours of a safe contact the number is masked.
    """
    body = {"ticket": ticket, "proof": proof, "group": group.value}
    if danger_to_life:
        body["outside_hours"] = OutsideHours.DANGER_TO_LIFE
    for line in lines(call("intake", "POST", "/readings-out", body=body)["data"]):
        OUT.print(line, markup=False)


def lines(data: Any, indent: str = "") -> Iterator[str]:
    """Nested values, one a line; times on the country's clock, truths and urgency in words."""
    for name, value in data.items() if isinstance(data, dict) else enumerate(data, 1):
        label = f"{indent}{say(str(name).replace('_', ' '))}:"
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            yield from [f"{label} {', '.join(map(say, value))}"] if value else []
        elif isinstance(value, dict | list) and value:
            yield label
            yield from lines(value, f"{indent}  ")
        elif value not in (None, [], {}):
            at = isinstance(name, str) and name.endswith(("_at", "_next", "_until"))
            word = say(value) if name == "urgency" else yes_or_no(value)
            yield f"{label} {moment(value) if at else word}"


def _ask(incident_id: str) -> Any:
    return call("intake", "GET", f"/incidents/{quote(incident_id, safe='')}")


def _print(found: dict[str, Any]) -> None:
    received = f"{say(found['status'])} {moment(found['received_at'])}"
    OUT.print(f"{say('incident')} {found['incident_id']}", received, sep="\n")
    if found.get("place"):
        OUT.print(f"{found['place']} ({found['territory']})", markup=False)
    if not found["needs"]:
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    for need in found["needs"]:
        can_do = " / ".join(say(CAN_DO[each]) for each in need["can_do"])
        progress = say(need["progress"])
        called = need["public_id"] or ""
        table.add_row(called, need["service_type"], say(need["urgency"]), progress, can_do)
    OUT.print(table)
