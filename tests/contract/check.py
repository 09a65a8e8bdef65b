"""``make check``: the committed AsyncAPI is the one the code makes, and samples are complete."""

import sys
from pathlib import Path

from shared.events import BODIES
from shared.http.asyncapi import text

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "docs" / "asyncapi.yaml"


def problems() -> list[str]:
    """One line each."""
    found = []
    if not COMMITTED.exists() or COMMITTED.read_text(encoding="utf-8") != text():
        found.append("docs/asyncapi.yaml is not what the code says: python -m shared.http.asyncapi")
    files = (ROOT / "tests/contract/samples").glob("*.json")
    samples = {path.stem.partition("+")[0] for path in files}
    found += [f"{each} has no golden sample" for each in sorted(set(BODIES) - samples)]
    found += [f"{each}.json is a sample of no event" for each in sorted(samples - set(BODIES))]
    return found


if __name__ == "__main__":
    lines = problems()
    sys.stdout.writelines(f"contract: {line}\n" for line in lines or ["in order"])
    sys.exit(bool(lines))
