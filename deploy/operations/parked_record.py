"""One parked record as an operator may see it: what it is and where it stands, never what it says.

Anybody who reaches the broker can put anything into a record. Only what has the form of our own
types and ids is shown; of all else, its size.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from shared.bus import wire
from shared.bus.parked import Record, fitting
from shared.errors import RetryLater, Unprocessable
from shared.key_files import KeyFileError
from shared.security.sealing import Sealer

Row = Mapping[str, Any] | asyncpg.Record
TYPE = re.compile(r"tirek(\.[a-z]+)+\.v[0-9]+")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def shown(service: str, row: Row, place: Row, secrets: Path) -> list[tuple[str, str]]:
    """Names and texts, from a row of `parked_desk.FIND` and one of `parked_desk.OF_KEY`."""
    record = Record.of(row)
    named = dict(record.headers)
    return [
        ("record", f"{row['id']} of {service}"),
        ("event", f"{_form(TYPE, named.get('ce_type'))}, {_form(ID, named.get('ce_id'))}"),
        ("key", _form(ID, record.key)),
        ("place", f"{record.topic}, partition {record.partition}, offset {record.offset}"),
        ("size", f"{len(record.value)} bytes, {len(record.headers)} headers"),
        ("on the topic since", _time(record.appended_at)),
        ("parked since", _time(row["parked_at"])),
        ("because", row["reason"]),
        ("redriven", f"{row['tries']} times"),
        ("stands", _standing(row, place)),
        ("opens", opens(service, record, secrets)),
    ]


def opens(service: str, record: Record, secrets: Path) -> str:
    """Whether the service's keys open it and its body fits; not whether a handler can take it."""
    try:
        envelope = wire.decode_envelope(record.topic, record.key, record.headers)
        sealer = Sealer.from_directory(service, secrets / service)
        wire.decode(envelope, record.value, record.headers, sealer)
    except KeyFileError:
        return f"cannot be said: no keys of {service} in {secrets}"
    except RetryLater as problem:
        return f"not yet: {problem}"
    except Unprocessable as problem:
        return f"no: {fitting(problem.reason)}"
    return "yes"


def _standing(row: Row, place: Row) -> str:
    if row["redriven_at"] is not None:
        return f"handled {_time(row['redriven_at'])}"
    if row["dropped_at"] is not None:
        return f"dropped {_time(row['dropped_at'])}: {row['dropped_because']}"
    if not row["proven"] and row["asked_at"] is None:
        return "apart: nothing waits for it"
    if place["ahead"]:
        said = f"behind {place['ahead']} of its key, the first is record {place['first']}"
    else:
        said = "first of its key"
    if place["behind"]:
        said += f", {place['behind']} behind it"
    asked = row["asked_at"]
    return said if asked is None else f"{said}; asked for since {_time(asked)}"


def _form(form: re.Pattern[str], raw: bytes | None) -> str:
    text = (raw or b"").decode("ascii", "replace")
    return text if form.fullmatch(text) else f"not shown ({len(raw or b'')} bytes)"


def _time(at: datetime | None) -> str:
    return "unknown" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"
