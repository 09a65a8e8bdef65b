"""Whether the secrets of this machine open a key store.

Every machine that makes its own secrets has a master key of the same name, so a wrong one shows
nowhere until somebody's details are needed. Hence each wrapped key is tried before anything is
replaced; what opens is forgotten at once.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg

from deploy.backup.errors import BackupError
from services.intake.vault import CannotUnseal, Vault, WrappedKey
from shared.key_files import KeyFileError

SAVED = "`tirek secrets restore FILE` puts back what `tirek secrets save` has saved"
LOST = "Give --without-details if they are lost for good"
WRAPPED = "SELECT person_id, kid, wrapped FROM keys.data_keys WHERE person_id = ANY ($1::text[])"
Row = Mapping[str, Any] | asyncpg.Record


def vault(secrets: Path, *, without: bool) -> Vault | None:
    """The master keys of this machine; `BackupError` where there are none, unless ``without``."""
    try:
        return Vault.from_directory(secrets / "intake")
    except (KeyFileError, ValueError):
        if without:
            return None
        raise BackupError(
            f"{secrets} holds no master key of intake, so nobody's details could be read: nothing "
            f"was changed. {SAVED}; --secrets names another folder. {LOST}"
        ) from None


async def closed(people: set[str], keys: asyncpg.Connection, own: Vault | None) -> int:
    """How many of these people's keys do not open with ours: all of them, where there are none."""
    rows = await keys.fetch(WRAPPED, sorted(people))
    return len(rows) if own is None else sum(not _opens(own, row) for row in rows)


def required_open(count: int, total: int) -> None:
    """Raises `BackupError` if any is closed."""
    if count:
        raise BackupError(
            f"the secrets of this machine do not open the keys of {count} of {total} people: their "
            "details could not be read. Nothing was changed. The secrets are another machine's, or "
            f"were made anew: {SAVED}. {LOST}"
        )


def _opens(own: Vault, row: Row) -> bool:
    try:
        own.unwrap(WrappedKey(row["person_id"], row["kid"], row["wrapped"]))
    except CannotUnseal:
        return False
    return True
