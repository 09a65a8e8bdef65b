"""What stands outside of the services in containers, and is held against what they say."""

import json
from collections import Counter

from deploy.containers.facts import SECRETS
from deploy.engine_check.engine import PROJECT, compose, run, value, wait

TEXTED = """
SELECT phone, count(*) FILTER (WHERE status = 'sent'), sum(maybe_sent)
FROM notify.messages JOIN notify.people USING (staff_id)
WHERE channel = 'sms' AND (status = 'sent' OR maybe_sent > 0) GROUP BY phone
"""


def shares(group: str, count: int) -> str:
    """How many partitions each member reads, once every one of so many reads some."""
    kafka = (
        f"--volume={PROJECT}_secrets-all:{SECRETS}:ro",
        f"--env=TIREK_SECRETS={SECRETS}",
        "--entrypoint=python",
        "tirek:local",
        "-m",
        "deploy.operations.shares",
        "kafka:9092",
        group,
    )
    said = run("docker", "run", "--rm", f"--network={PROJECT}_inside", *kafka).strip()
    each = json.loads(said.splitlines()[-1])
    return "+".join(map(str, each)) if len(each) == count and all(each) else ""


def texts() -> tuple[int, int]:
    """Texts that phones got, and those beyond one a message, each marked as a possible repeat.

    The simulator's ledger stands outside: it is held against what notify believes, until they
    agree. What is on its way just then makes them differ for a moment, a text too many for ever.
    """
    found = wait(_texts, "phones got other texts than notify says that it sent", 60)
    return found[0], found[1]


def _texts() -> tuple[int, int] | None:
    ledger = compose("exec", "-T", "simulators", "cat", "/var/lib/tirek/simulators.jsonl")
    lines = [json.loads(line) for line in ledger.splitlines() if line.startswith("{")]
    got = Counter(each["phone"] for each in lines if each["kind"] == "sms")
    count, again = got.total(), 0
    for line in value(TEXTED).splitlines():
        phone, sent, maybe = line.split("|")
        extra = got.pop(phone, 0) - int(sent)
        if not 0 <= extra <= int(maybe):
            return None
        again += extra
    return (count, again) if count and not got else None
