"""Devices in PostgreSQL. Secrets and codes are stored as hashes, PINs as Argon2id."""

from datetime import datetime

import asyncpg

from services.console.devices.model import Device, End
from shared.db import Tx

ISSUE = """
INSERT INTO device_codes (staff_id, code_hash, issued_by, expires_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (staff_id) DO UPDATE SET
    code_hash = excluded.code_hash, issued_by = excluded.issued_by,
    expires_at = excluded.expires_at
"""
TAKE = """
DELETE FROM device_codes WHERE code_hash = ANY ($1::bytea[]) AND expires_at > $2 RETURNING staff_id
"""
REGISTER = """
INSERT INTO devices (device_id, staff_id, secret_hash, pin, registered_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
GUESS = """
UPDATE devices SET wrong = wrong + 1
WHERE secret_hash = $1 AND ended_at IS NULL AND expires_at > $2 AND wrong < $3
RETURNING *
"""
USED = "UPDATE devices SET wrong = 0, used_at = $2 WHERE device_id = $1 AND ended_at IS NULL"
END = """
UPDATE devices SET ended_at = $2, ended_by = $3, ending = $4
WHERE device_id = $1 AND ended_at IS NULL RETURNING staff_id
"""
END_EVERYBODYS = """
UPDATE devices SET ended_at = $1, ended_by = $2, ending = $3
WHERE ended_at IS NULL RETURNING staff_id
"""
NO_CODES = "DELETE FROM device_codes"
OF_STAFF = """
SELECT * FROM devices WHERE staff_id = $1 AND ended_at IS NULL AND expires_at > $2
ORDER BY registered_at, device_id
"""


async def issue(tx: Tx, staff_id: str, code_hash: bytes, by: str, expires_at: datetime) -> None:
    """One code a person at a time."""
    await tx.execute(ISSUE, staff_id, code_hash, by, expires_at)


async def take(tx: Tx, code_hashes: list[bytes]) -> str | None:
    """Whose telephone a code registers, if its time is not over; it does so once."""
    found: str | None = await tx.fetchval(TAKE, code_hashes, tx.now)
    return found


async def register(tx: Tx, device: Device, secret_hash: bytes, pin: str) -> None:
    """A new one."""
    times = (device.registered_at, device.expires_at)
    await tx.execute(REGISTER, device.device_id, device.staff_id, secret_hash, pin, *times)


async def guess(tx: Tx, secret_hash: bytes, most: int) -> tuple[Device, str, int] | None:
    """Counts a PIN that is about to be tried: the device, its kept PIN, and how many are wrong now.

    None for a device that opens nothing.
    """
    row = await tx.fetchrow(GUESS, secret_hash, tx.now, most)
    return (_device(row), row["pin"], row["wrong"]) if row else None


async def used(tx: Tx, device_id: str) -> None:
    """The PIN was right."""
    await tx.execute(USED, device_id, tx.now)


async def end(tx: Tx, device_id: str, by: str, ending: End) -> str | None:
    """Whose it was; None when it had ended."""
    found: str | None = await tx.fetchval(END, device_id, tx.now, by, ending)
    return found


async def end_everybodys(tx: Tx, by: str, ending: End) -> list[str]:
    """Whose have ended; codes register nothing any more either."""
    await tx.execute(NO_CODES)
    return [row["staff_id"] for row in await tx.fetch(END_EVERYBODYS, tx.now, by, ending)]


async def of_staff(tx: Tx, staff_id: str) -> list[Device]:
    """Somebody's that open something, the oldest first."""
    return [_device(row) for row in await tx.fetch(OF_STAFF, staff_id, tx.now)]


def _device(row: asyncpg.Record) -> Device:
    return Device(**{name: row[name] for name in Device.__slots__})
