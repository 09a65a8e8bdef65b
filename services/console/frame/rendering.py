"""Rendering: templates of the frame and of the pages, everything escaped, nothing undefined."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.console.frame import moments
from services.console.frame.statics import Statics
from services.console.frame.texts import say, say_many

CONSOLE = Path(__file__).parent.parent
FOLDERS = [CONSOLE / "frame" / "templates", CONSOLE / "pages"]


def environment(statics: Statics) -> Environment:
    """The templates' environment. A page's template is ``<page>/<name>.html``."""
    made = Environment(
        loader=FileSystemLoader(FOLDERS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(say, say_many, newstyle=True)  # type: ignore[attr-defined]
    made.globals["static"] = statics.address
    made.filters["pairs"] = _pairs
    return made


def _pairs(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Rows of a service's list as (code, words), to choose from."""
    return [(row["code"], row["label"]) for row in rows]


def clocks(zone: ZoneInfo, now: datetime) -> Mapping[str, Any]:
    """What a template says of moments, by the country's clock and the database's ``now``."""
    return {
        "when": lambda at: moments.when(at, zone),
        "day": moments.day,
        "date": lambda at: moments.day(moments.read(at).astimezone(zone).date()),
        "short": lambda at: moments.short(at, zone, now),
        "left": lambda at: moments.left(at, now),
        "is_past": lambda at: moments.read(at) < now,
        "now": now,
    }
