"""Upkeep: what grows old on the server, as far as the console sees it: backups, and sealing keys;
and what must not come back with a backup.

It sees when the last backup was taken, which `tirek backup` writes down, and not whether it opens:
the key that opens it is elsewhere, on purpose.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.console.accounts import handlers as accounts
from services.console.devices import handlers as devices
from services.console.sessions import handlers as sessions
from shared.db import Tx
from shared.events.words import SYSTEM
from shared.key_files import generation, read_jwks
from shared.security.keyring import PUBLIC_FILE

BACKUP_LATE = timedelta(hours=26)
"""One a day, as the runbook has it, with two hours for a slow one."""
KEY_OLD = timedelta(days=365)
"""As the runbook has it."""
TAKEN = "SELECT at FROM backup_taken"


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The newest key of a service; ``made`` is none of one that does not say so."""

    service: str
    made: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be rotated; of one whose age nobody knows, too."""
        return self.made is None or self.made + KEY_OLD <= now


async def backup_taken(tx: Tx) -> datetime | None:
    """When the last backup was taken; none: never."""
    at: datetime | None = await tx.fetchval(TAKEN)
    return at


async def sign_everybody_out(tx: Tx) -> tuple[int, int]:
    """Ends all sessions, registered telephones and invitations: what was ended since a backup would
    open again. How many sessions, and how many telephones."""
    await accounts.withdraw_invitations(tx)
    telephones = await devices.revoke_everybodys(tx, SYSTEM)
    return await sessions.end_everybodys(tx, by=SYSTEM), telephones


def sealing_keys(folder: Path) -> list[SealingKey]:
    """The newest key of every service, by service; raises `KeyFileError`."""
    newest: dict[str, tuple[int, Mapping[str, object]]] = {}
    for key in read_jwks(folder / PUBLIC_FILE, needs=("kid",)):
        service, number = generation(key["kid"])
        if number > newest.get(service, (0, {}))[0]:
            newest[service] = number, key
    return [SealingKey(service, _made(key)) for service, (_, key) in sorted(newest.items())]


def _made(key: Mapping[str, object]) -> datetime | None:
    made = key.get("iat")
    return datetime.fromtimestamp(made, UTC) if isinstance(made, int) else None
