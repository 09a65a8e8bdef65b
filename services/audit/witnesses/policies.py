"""Policies: who the witnesses are, where they are asked, and how many of them are enough."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from services.audit.ledger.errors import Unreadable
from services.audit.ledger.policy import Policy
from services.audit.ledger.policy_file import parse_policy
from shared.jurisdiction.config_files import BadFile
from shared.jurisdiction.live import Live, stamps

FILE = "witnesses.policy"
"""In the folder of the jurisdiction, unless the settings name another; C2SP `tlog-policy`."""
NOBODY = Policy((), {}, {})
NAME = re.compile("[a-z0-9][a-z0-9-]{0,39}")
HERE = frozenset({"127.0.0.1", "::1", "localhost"})


class LivePolicy(Live[Policy]):
    """The policy as its file has it now; without a file there are no witnesses."""

    def __init__(self, file: Path) -> None:
        """Raises `BadFile`."""
        super().__init__(
            "witnesses",
            lambda: stamps([file]),
            lambda _before: read_policy(file),
            lambda policy: policy.quorum,
        )


def read_policy(file: Path) -> Policy:
    """Raises `BadFile`, also for addresses that no ledger may send anything to."""
    try:
        policy = parse_policy(file.read_bytes())
    except FileNotFoundError:
        return NOBODY
    except OSError as problem:
        raise BadFile(file, f"cannot be read: {problem.strerror}") from problem
    except Unreadable as problem:
        raise BadFile(file, str(problem)) from problem
    for name in policy.witnesses:
        if not NAME.fullmatch(name):
            what = "a witness is called by small Latin letters, digits and dashes, at most 40"
            raise BadFile(file, what)
    for name, url in policy.urls.items():
        if not _safe(url):
            what = f"witness {name}: its address must be https, without a password or a query"
            raise BadFile(file, what)
    return policy


def is_here(url: str) -> bool:
    """Whether who answers there runs on this very machine, and so is nobody independent."""
    return urlsplit(url).hostname in HERE


def _safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - a port that is none raises
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    scheme = parts.scheme == "https" or (parts.scheme == "http" and is_here(url))
    return plain and scheme and bool(parts.hostname)
