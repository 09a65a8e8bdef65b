"""The image has what everything was tested with: its lock file is a part of the whole one."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def drifted(image: str, everything: str) -> list[str]:
    """What the first lock file has otherwise than the second, a line each."""
    tested = dict(_PIN.findall(everything))
    return [
        f"{name} is {version} in the image's lock and {tested.get(name, 'nothing')} in the other"
        for name, version in _PIN.findall(image)
        if tested.get(name) != version
    ]


def check(root: Path = ROOT) -> list[str]:
    """The same of the files."""
    names = ("requirements-image.lock", "requirements.lock")
    return drifted(*((root / name).read_text(encoding="utf-8") for name in names))
