"""The pure parts of the pipeline's bench."""

import json
import struct
from pathlib import Path

import pytest

from benchmarks.pipeline.durability import producer_of
from benchmarks.pipeline.events import Template, canonical
from benchmarks.pipeline.floor import record
from benchmarks.pipeline.profile import Watched, function, part
from benchmarks.pipeline.reports import ledger
from deploy.local.stack import ROOT

ASYNCPG = "/anywhere/site-packages/asyncpg/pool.py:Pool.acquire"
OURS = f"{ROOT}/shared/bus/consume.py:Consume.batch"


@pytest.mark.parametrize(("number", "said"), [(-1, "not idempotent"), (7, "idempotent, acks=all")])
def test_a_batch_shows_whether_its_producer_is_idempotent(
    tmp_path: Path, number: int, said: str
) -> None:
    """What is claimed about durability is read from what lies on disk."""
    log = tmp_path / "0.log"
    log.write_bytes(bytes(43) + struct.pack(">q", number) + bytes(20))
    assert producer_of(log) == said
    log.write_bytes(b"")
    assert producer_of(log) == "unknown"


def test_a_template_makes_new_incidents_and_keeps_the_rest() -> None:
    """Ids and salt are new each time, nothing else; the result is canonical still."""
    marked = {"salt": "@salt@", "data": {"incident_id": "@incident@", "needs": ["@need@"], "a": 1}}
    template = Template("one", canonical(marked))
    one, other = (json.loads(template.filled(each)) for each in ("i-1", "i-2"))
    assert one["data"]["incident_id"] == "i-1"
    assert one["data"]["a"] == 1
    assert one["data"]["needs"] != other["data"]["needs"]
    assert one["salt"] != other["salt"]
    assert canonical(one) == canonical(dict(reversed(one.items())))


def test_the_floor_is_fed_about_400_bytes() -> None:
    """As it is described: neither lighter nor heavier."""
    sizes = {len(record().value) for _ in range(50)}
    assert min(sizes) > 350
    assert max(sizes) < 450


def test_only_texts_count_in_the_gateways_ledger(tmp_path: Path) -> None:
    """Mails and replies stand in the same ledger."""
    path = tmp_path / "ledger.jsonl"
    at = "2026-11-23T20:00:00.250+00:00"
    lines = [{"kind": "sms", "message_id": "7", "at": at}, {"kind": "mail", "at": at}]
    path.write_text("\n".join(map(json.dumps, lines)))
    assert ledger(path) == {"7": pytest.approx(1795464000.25)}


def test_time_is_given_to_who_spent_it_and_to_who_asked_for_it() -> None:
    """A sample counts once for the innermost function, and once for each of ours around it."""
    watched = Watched([([ASYNCPG, OURS, OURS], 3), ([OURS], 1)], {})
    assert watched.total == 4
    assert watched.innermost(part) == {"asyncpg": 3, "shared/bus/consume.py": 1}
    assert watched.within() == {"shared/bus/consume.py Consume.batch": 4}
    assert function(ASYNCPG) == "asyncpg pool.py Pool.acquire"
