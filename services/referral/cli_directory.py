"""Commands ``tirek words``, ``places``, ``directory`` and ``policies``: lists as they are now."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.table import Table
from rich.text import Text

from shared.cli import OUT, call, fail, moment, pages, say


def words(
    of: Annotated[str | None, typer.Argument(help="One list by its name; left out: all.")] = None,
) -> None:
    """The codes that may be given as reasons and outcomes, or are shown, each with its words."""
    lists = call("referral", "GET", "/vocabularies")
    if of is not None and of not in lists:
        raise fail(f"{say('there are these lists')}: {', '.join(lists)}")
    for name in lists if of is None else (of,):
        table = Table("", "", title=name, show_header=False)
        for term in lists[name]:
            table.add_row(term["code"], Text(term["label"]))
        OUT.print(table)


def listed(
    kind: Annotated[str | None, typer.Option(help="Only organisations of this kind.")] = None,
    service_type: Annotated[str | None, typer.Option(help="Only who offers this.")] = None,
) -> None:
    """Administrators and coordinators: the directory as it runs now, with free places."""
    asked = {"kind": kind, "service_type": service_type}
    wanted = {name: value for name, value in asked.items() if value is not None}
    table = Table("", "", show_header=False, show_lines=True)
    for page in pages("referral", "/directory", wanted):
        for each in page["organisations"]:
            head = f"{each['organisation']}\n{each['name']}, {each['kind_name']}"
            table.add_row(Text(head), Text("\n".join(map(_service, each["services"]))))
    OUT.print(table)


def _service(each: Mapping[str, Any]) -> str:
    where = ", ".join(area["name"] for area in each["areas"])
    free = "" if each["free"] is None else f", {each['free']} / {each['maximum']}"
    hours = ", ".join(
        f"{one['rrule']} {one['opens_at']}-{one['closes_at']}" for one in each["hours"]
    )
    return "\n  ".join(
        filter(None, (f"{each['service']}{free}", each["service_name"], where, hours))
    )


def policies() -> None:
    """Administrators and coordinators: how long anybody is waited for, as it is now."""
    found = call("referral", "GET", "/policies")
    table = Table("", "", "ack", "decide", "contact", title=found["version"])
    for each in found["timers"]:
        spans = (each["ack"], each["decide"], each["contact"])
        table.add_row(each["service_name"], say(each["urgency"]), *spans)
    OUT.print(table)


def places(
    service: Annotated[str | None, typer.Argument(help="Left out: all of yours are shown.")] = None,
    free: Annotated[int | None, typer.Argument(help="How many are free now.")] = None,
) -> None:
    """Free places of your organisation; with a service and a number, say how many are free now."""
    if service is None or free is None:
        shown = call("referral", "GET", "/services")["services"]
        shown = [each for each in shown if service in (None, each["service"])]
    else:
        path = f"/services/{quote(service, safe='')}/places"
        shown = [call("referral", "PUT", path, body={"free": free})]
    table = Table("", "", "", show_header=False)
    for each in shown:
        count = "" if each["free"] is None else f"{each['free']} / {each['maximum']}"
        said = f"{moment(each['said_at'])}, {each['said_by']}" if each["said_at"] else ""
        table.add_row(
            each["service"], count, Text("\n".join(filter(None, (each["service_name"], said))))
        )
    OUT.print(table)
