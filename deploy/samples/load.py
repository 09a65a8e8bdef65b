"""The samples, typed: what is reported, who answers what, what must come of it."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, JsonValue, model_validator

from shared import times
from shared.events.words import Fulfilment, RejectReason, ServiceRequestStatus
from shared.jurisdiction.config_files import MARK, BadFile, FromFile, parse_yaml, read_yaml
from shared.security.tokens import Caller

HERE = Path(__file__).parent
COORDINATOR, ADMINISTRATOR = "st-qb5znuoy", "st-icts4sr7"
"""Of the sample staff: who coordinates the whole country, and who keeps the register."""


class Says(StrEnum):
    """What somebody in the cast does when alerted."""

    ACCEPT = "accept"
    REJECT = "reject"
    SEEN_THEN_ACCEPT = "seen-then-accept"
    SILENT = "silent"
    LATE_ACCEPT = "late-accept"


class Line(FromFile):
    """One line of the cast: what is said at an organisation when it is alerted for a need.

    ``person`` narrows it to one of those on duty. ``reason`` goes with a rejection over the API.
    """

    organisation: str
    need: str
    person: str | None = None
    says: Says
    reason: RejectReason | None = None
    by: Literal["sms", "api"] = "sms"

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.reason is not None and (self.says is not Says.REJECT or self.by != "api"):
            raise ValueError("reason: only with a rejection over the API; an SMS carries none")
        return self


class Reached(FromFile):
    """The state one need must reach; ``organisations``: one of these has it."""

    need: str
    status: ServiceRequestStatus
    fulfilment: Fulfilment | None = None
    organisations: tuple[str, ...] = ()
    late: bool = False


class Expectation(FromFile):
    """How an incident must end. ``never_alerted``: organisation and staff ids."""

    needs: tuple[Reached, ...] = Field(min_length=1)
    never_alerted: tuple[str, ...] = ()

    @property
    def escalated(self) -> bool:
        """Whether a human has to act: some need must end exhausted."""
        return any(need.fulfilment is Fulfilment.EXHAUSTED for need in self.needs)


class Incident(FromFile):
    """One sample file."""

    story: str
    reported_by: str
    report: dict[str, JsonValue]
    cast: tuple[Line, ...]
    expect: Expectation

    def body(self, now: datetime, zone: ZoneInfo) -> dict[str, JsonValue]:
        """The body of ``POST /incidents``, its relative times counted from ``now``."""
        return {name: _resolved(value, lambda: now, zone) for name, value in self.report.items()}


def load_incidents(folder: Path = HERE / "incidents") -> dict[str, Incident]:
    """Every sample by the name of its file, in order. Raises `BadFile` naming file and field."""
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise BadFile(folder, "holds no sample incident")
    return {path.stem: read_yaml(path, Incident) for path in paths}


Now = Callable[[], datetime]
"""From when relative times are counted: asked for only where one stands."""


def read_report(text: str, path: Path, now: Now, zone: ZoneInfo) -> dict[str, JsonValue]:
    """The body of ``POST /incidents`` out of a report or a whole sample, in YAML or JSON.

    Raises `BadFile`, naming ``path``.
    """
    try:
        said = json.loads(text.removeprefix(MARK))
    except ValueError:
        said = parse_yaml(text, path)
    except RecursionError:
        raise BadFile(path, "is no report: it is nested too deeply") from None
    if isinstance(said, dict) and "report" in said:  # no field of a report is called so
        said = said["report"]
    if not isinstance(said, dict):
        raise BadFile(path, "is no report: fields with their values are needed")
    try:
        plain = json.loads(json.dumps(said, default=_spelt, allow_nan=False))
        return {name: _resolved(value, now, zone) for name, value in plain.items()}
    except RecursionError:
        raise BadFile(path, "is no report: it is nested too deeply") from None
    except (TypeError, ValueError, OverflowError) as problem:
        raise BadFile(path, f"is no report: {problem}") from None


def _spelt(value: object) -> str:
    """What YAML has of its own: an instant that stands there without quotes."""
    return value.isoformat() if isinstance(value, date) else str(value)


class Person(FromFile):
    """One member of the sample staff."""

    staff_id: str
    name: str
    organisation: str
    organisation_kind: str
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    phone: str | None = None
    desk_phone: str | None = None
    email: str | None = None
    territories: tuple[str, ...] = ()

    @property
    def caller(self) -> Caller:
        """Who they are in a token."""
        return Caller(self.staff_id, self.organisation, frozenset(self.roles), self.territories)


class _People(FromFile):
    people: tuple[Person, ...]


def load_people(path: Path = HERE / "people.yaml") -> tuple[Person, ...]:
    """The sample staff register. Raises `BadFile` naming file and field."""
    return read_yaml(path, _People).people


def sample_caller(staff_id: str) -> Caller:
    """A member of the sample staff; raises `KeyError` for somebody else."""
    return {each.staff_id: each for each in load_people()}[staff_id].caller


def _resolved(value: JsonValue, now: Now, zone: ZoneInfo) -> JsonValue:
    if isinstance(value, list):
        return [_resolved(each, now, zone) for each in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"ago": str(duration), **rest} if not rest:
            return (now() - times.duration(duration)).isoformat()
        case {"in": str(duration), **rest} if not rest:
            return (now() + times.duration(duration)).isoformat()
        case {"last": str(clock), **rest} if not rest and re.fullmatch("[0-9]{2}:[0-9]{2}", clock):
            return _latest(time.fromisoformat(clock), now(), zone).isoformat()
    return {name: _resolved(each, now, zone) for name, each in value.items()}


def _latest(clock: time, now: datetime, zone: ZoneInfo) -> datetime:
    today = datetime.combine(now.astimezone(zone).date(), clock, zone)
    return today if today <= now else today - timedelta(days=1)
