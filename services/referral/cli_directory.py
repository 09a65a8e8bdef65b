"""Commands ``tirek words`` and ``tirek places``: closed lists, and the free places of a house."""

from typing import Annotated
from urllib.parse import quote

import typer
from rich.table import Table
from rich.text import Text

from shared.cli import OUT, call, fail, moment, say


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
