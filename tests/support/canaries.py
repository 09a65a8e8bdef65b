"""Canaries: words that occur nowhere else, and all that is seen from outside a running Tirek."""

import json
from collections.abc import Sequence
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import quote

import asyncpg
from aiokafka import AIOKafkaConsumer

from shared.events.services import SERVICES
from tests.support.eventually import eventually
from tests.support.town import Town

PHONE = "+996000777{:03d}"
_NUMBERS = count()
HEARD = """
SELECT heard::text || convert_from(entry, 'UTF8') AS said FROM audit.heard
UNION ALL SELECT views::text FROM audit.views
"""
TOPICS = tuple(each.topic for each in SERVICES.values() if each.topic)


class Planted:
    """Makes canaries, and remembers them."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.words = list(words)

    def word(self) -> str:
        """A word that occurs nowhere else."""
        self.words.append(f"канарейка{next(_NUMBERS):03d}кенар")
        return self.words[-1]

    def phone(self) -> str:
        """A number that occurs nowhere else."""
        self.words.append(PHONE.format(next(_NUMBERS)))
        return self.words[-1]

    def found_in(self, text: str) -> list[str]:
        """Which of them stand in a text, as an address or JSON may write them too; numbers with and
        without their plus."""
        return [each for each in self.words if any(one in text for one in _written(each))]


def _written(word: str) -> tuple[str, ...]:
    bare = word.removeprefix("+")
    return bare, quote(bare), json.dumps(bare)[1:-1]


def personal(planted: Planted) -> dict[str, Any]:
    """Every personal field of a report, with a canary in it."""
    return {
        "reporter": {"kind": "staff", "name": planted.word(), "phone": planted.phone()},
        "survivor": {
            "name": planted.word(),
            "age": 33,
            "phone": planted.phone(),
            "address": planted.word(),
            "language": "ky",
        },
        "accused": [{"name": planted.word(), "phone": planted.phone(), "relation": planted.word()}],
        "children": [{"age": 8, "witness": True, "name": planted.word()}],
        "safe_contact": {
            "channel": "call",
            "phone": planted.phone(),
            "days": ["mo"],
            "from": "10:00",
            "to": "12:00",
            "who_may_answer": planted.word(),
            "leave_message": False,
            "code_word": planted.word(),
            "language": "ky",
        },
        "text": planted.word(),
    }


async def everything_seen(alone: Town) -> dict[str, str]:
    """All that leaves the services' own databases: topics, logs, messages, mails, metrics; and the
    ledger, whose entries anybody may be shown."""
    seen = {
        f"log {log.name}": log.read_text(errors="replace")
        for log in (alone.stack.state / "logs").iterdir()
    }
    assert {name.split()[1].split(".")[0] for name in seen} >= {*SERVICES, "kafka"}
    seen["topics"], seen["ledger"] = await topics(alone), await ledger(alone)
    messages = await alone.http.get(f"{alone.stack.url('phones')}/api/messages")
    mails = await alone.http.get(f"{alone.stack.url('mail')}/api/mails")
    seen["messages"], seen["mails"] = messages.text, mails.text
    for port in (*SERVICES, *(f"{each}_health" for each in SERVICES)):
        seen[f"metrics {port}"] = (await alone.http.get(f"{alone.stack.url(port)}/metrics")).text
    return seen


async def ledger(alone: Town) -> str:
    """Every row of what audit has heard, and of who looked at what, as text."""
    database = await asyncpg.connect(alone.stack.superuser("tirek"))
    try:
        found = await eventually(partial(database.fetch, HEARD), within=30)
    finally:
        await database.close()
    return "\n".join(row["said"] for row in found)


async def topics(alone: Town) -> str:
    """Every record of every topic: key, headers, value."""
    consumer = AIOKafkaConsumer(
        *TOPICS,
        **alone.stack.bus().client(),
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        read: list[bytes] = []
        count = sum(ends.values())
        while len(read) < count:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                read += [
                    (each.key or b"") + str(each.headers).encode() + (each.value or b"")
                    for each in records
                ]
    finally:
        await consumer.stop()
    assert count > 3
    return b"\n".join(read).decode(errors="replace")
