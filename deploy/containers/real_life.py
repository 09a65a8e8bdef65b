"""Whether TIREK_ENV=prod has what real life needs: no sample country, no demo's deadlines, no toys.

Matched to invented organisations, with alerts to a simulator, everything would be green and nobody
would come. So the first job of all refuses, and nothing else starts.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deploy.containers.facts import GATEWAYS, SAMPLES
from deploy.errors import StackError
from deploy.topology import SIMULATORS
from services.referral.directory.file import read_directory
from shared.jurisdiction import load_jurisdiction
from shared.jurisdiction.config_files import BadFile

_FILES = {
    "TIREK_DIRECTORY": ("directory.yaml", "the sample country"),
    "TIREK_POLICIES": ("demo-policies.yaml", "the demo's deadlines"),
}
_COUNTRY = ("TIREK_JURISDICTION", "TIREK_POLICIES", "TIREK_DIRECTORY")
_TOLD = ("TIREK_MAIL_FROM", "TIREK_SMS_SENDER", "TIREK_SERVICE_LABEL", "TIREK_LEDGER_ORIGIN")
_OPTIONAL = "TIREK_SMPP_URGENT_URL"
"""Absent, emergencies have a second bind at the other address."""


def check(environment: Mapping[str, str], root: Path, samples: Path = Path(SAMPLES)) -> None:
    """Raises `StackError`, one line with all that is lacking. ``root`` has the secrets."""
    lacking = [
        *(_file(environment, samples, name) for name in _FILES),
        _country(environment),
        *(f"{name} is not said" for name in _TOLD if not environment.get(name)),
        *(_gateway(root / "notify" / name.lower(), name) for name in GATEWAYS),
    ]
    if said := "; ".join(each for each in lacking if each):
        raise StackError(f"TIREK_ENV=prod is real life, and nothing starts: {said}")


def _file(environment: Mapping[str, str], samples: Path, name: str) -> str:
    """A copy of the sample is the sample too."""
    sample, what = _FILES[name]
    path = environment.get(name, "")
    try:
        same = Path(path).read_bytes() == (samples / sample).read_bytes()
    except OSError:
        return f"{name}: {path or 'nothing'} cannot be read"
    return f"{name} is {what}" if same else ""


def _country(environment: Mapping[str, str]) -> str:
    """What would stop each process by itself, said once for all."""
    folder, policies, directory = (environment.get(name) for name in _COUNTRY)
    if not folder or not policies or not directory:
        return ""  # said already, where it must be
    try:
        read_directory(Path(directory), load_jurisdiction(Path(folder), Path(policies)))
    except BadFile as problem:
        return str(problem)
    return ""


def _gateway(path: Path, name: str) -> str:
    if not path.exists():
        return "" if name == _OPTIONAL else f"{name} was never put (deploy.containers.gateways)"
    toy = urlsplit(path.read_text(encoding="utf-8")).hostname == SIMULATORS.name
    return f"{name} is the simulators' (deploy.containers.gateways)" if toy else ""
