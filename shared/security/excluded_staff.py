"""Excluded staff: hiding a case from somebody, in a service that must not know who they are.

An incident carries a keyed digest of every tag under which somebody is excluded from it; a service
holds the tags of all staff (`shared.security.staff`) and the key of the digests, not that of the
tags. So it can tell whether a digest means a member of staff, and nothing of anybody else.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from shared.key_files import Secrets

FILE = "exclusions.json"
_DIGEST_HEX = 32


@dataclass(frozen=True, slots=True)
class Digests:
    """Computes digests. ``keys`` newest first; keys are only ever added: a retired one would show
    old cases to those whom they exclude."""

    keys: Sequence[bytes]

    @classmethod
    def from_directory(cls, keys: Path) -> Self:
        """Follows ``exclusions.json``; `KeyFileError` says what is wrong."""
        return cls(Secrets("exclusions", keys / FILE))

    def of(self, incident_id: str, tags: Iterable[str]) -> tuple[str, ...]:
        """What an incident carries for these tags, under the newest key, in no telling order."""
        return tuple(sorted(_digest(self.keys[0], incident_id, tag) for tag in tags))

    def hit(self, incident_id: str, tags: Iterable[str], carried: Sequence[str]) -> bool:
        """Whether an incident that carries these digests excludes whoever has these tags.

        Every digest is computed and compared, so that it takes as long whatever comes of it.
        """
        known = frozenset(carried)
        mine = [_digest(key, incident_id, tag) for key in self.keys for tag in tags]
        return sum(digest in known for digest in mine) > 0


def _digest(key: bytes, incident_id: str, tag: str) -> str:
    message = f"tirek excluded v2|{incident_id}|{tag}".encode()
    return hmac.digest(key, message, sha256).hex()[:_DIGEST_HEX]


def staff_digest(incident_id: str, staff_id: str) -> str:
    """The unkeyed digest of releases before: incidents that carry it are still hidden by it."""
    return sha256(f"tirek excluded|{incident_id}|{staff_id}".encode()).hexdigest()


def is_excluded(incident_id: str, staff_id: str, digests: tuple[str, ...]) -> bool:
    """Whether ``staff_id`` is among those whom unkeyed digests exclude."""
    return staff_digest(incident_id, staff_id) in digests
