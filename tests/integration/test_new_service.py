"""A service that nobody has heard of: it moves in with a row and a package, and every wall holds.

The house is copied, `tests.throwaway` is put into it, and what runs and checks there is the copy's.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from deploy.local.stack import ROOT

ROWS = {
    "shared/events/services.py": """
SERVICES["throwaway"] = Service(8107, "tirek.throwaway", consumes=("tirek.referral",))
""",
    "shared/events/registry.py": """
from shared.events import throwaway  # noqa: E402

READERS[throwaway.Thrown], PRODUCERS[throwaway.Thrown] = ("throwaway",), ("referral",)
READERS[throwaway.Caught], PRODUCERS[throwaway.Caught] = ("referral",), ("throwaway",)
BODIES |= {event_type(body): body for body in (throwaway.Thrown, throwaway.Caught)}
""",
}
"""What a new service adds to the tables."""
LINT = "from importlinter.cli import lint_imports_command as check; check()"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the house in which the new service lives."""
    unwanted = shutil.ignore_patterns("__pycache__", ".mypy_cache")
    for name in ("shared", "services", "deploy", "benchmarks", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=unwanted)
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(tmp_path / "tests/throwaway/service", tmp_path / "services/throwaway")
    shutil.copy(tmp_path / "tests/throwaway/events.py", tmp_path / "shared/events/throwaway.py")
    for path, rows in ROWS.items():
        with (tmp_path / path).open("a", encoding="utf-8") as table:
            table.write(rows)
    (tmp_path / ".tirek").mkdir()
    (tmp_path / ".tirek" / "cache").symlink_to(ROOT / ".tirek" / "cache")
    return tmp_path


def run(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of the copy, by this Python."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )


def test_it_starts_hears_says_and_has_a_page(house: Path) -> None:
    """An event of referral's is handled once, told on the service's own topic, and on its page."""
    done = run(house, "-m", "tests.throwaway.play")
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "page": ["a stone"],
        "emitted": "tirek.thing.caught.v1",
        "stranger": 401,
    }


def test_it_is_in_the_containers(house: Path) -> None:
    """Its two processes and its migration come from the one table."""
    assert run(house, "-m", "deploy.containers.compose").returncode == 0
    written = yaml.safe_load((house / "docker-compose.yml").read_text(encoding="utf-8"))
    assert {"throwaway", "throwaway-api", "throwaway-migrate"} <= set(written["services"])


@pytest.mark.parametrize(
    ("room", "line", "wall"),
    [
        ("handlers.py", "from services.intake import views", "Services never import each other"),
        ("handlers.py", "import aiokafka", "Handlers and jobs do not know FastStream"),
        ("api.py", "from deploy import topology", "Services know no deployment"),
        ("model.py", "import asyncpg", "Models are pure"),
        ("model.py", "from shared.db import Tx", "Models are pure"),
    ],
)
def test_no_wall_forgets_it(house: Path, room: str, line: str, wall: str) -> None:
    """What no other service may do, it may not do either; without it, nothing is broken."""
    path = house / "services" / "throwaway" / room
    with path.open("a", encoding="utf-8") as code:
        code.write(f"\n{line}\n")
    done = run(house, "-c", LINT)
    assert done.returncode == 1
    [broken] = [said for said in done.stdout.splitlines() if said.endswith(" BROKEN")]
    assert broken.startswith(wall)


def test_the_ports_are_kept_there_too(house: Path) -> None:
    """Time, ids and Kafka go through their ports in every service, in a new one too."""
    assert run(house, "-c", LINT).returncode == 0
    path = house / "services" / "throwaway" / "handlers.py"
    path.write_text(path.read_text() + "\nimport datetime\n\nNOW = datetime.datetime.now()\n")
    done = run(house, "-m", "pytest", "-q", "tests/architecture")
    assert "services/throwaway/handlers.py" in done.stdout
    assert "1 failed" in done.stdout
