"""``make check``: every schema has one line of migrations, numbered, forward only."""

import re
import sys
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from shared.events.services import SERVICES

ROOT = Path(__file__).parents[2]
FOLDERS = (
    *(ROOT / "services" / name / "migrations" for name in SERVICES),
    ROOT / "services" / "intake" / "keystore_migrations",
)


def problems(folder: Path) -> list[str]:
    """One line each."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "shared" / "runtime" / "alembic"))
    config.set_main_option("version_locations", str(folder / "versions"))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    where = folder.relative_to(ROOT)
    found = []
    if len(script.get_heads()) != 1:
        found.append(f"{where}: must have one head, has {len(script.get_heads())}")
    numbers = sorted(path.name for path in (folder / "versions").glob("*.py"))
    for position, name in enumerate(numbers, start=1):
        if not re.fullmatch(rf"{position:04d}_[a-z_]+\.py", name):
            found.append(f"{where}: {name} must be numbered {position:04d}")
    return found


if __name__ == "__main__":
    lines = [line for folder in FOLDERS for line in problems(folder)]
    sys.stdout.writelines(f"migrations: {line}\n" for line in lines or ["in order"])
    sys.exit(bool(lines))
