"""Telephone PINs in PostgreSQL, and who asked for digits of whom."""

from typing import Any

from services.notify.telephone.model import Pin
from shared.db import Tx

SET = """
INSERT INTO telephone_pins (staff_id, pin_id, kid, proofs, asked, heard, wrong, set_at)
VALUES ($1, $2, $3, $4, NULL, NULL, '{}', $5)
ON CONFLICT (staff_id) DO UPDATE SET
    pin_id = excluded.pin_id, kid = excluded.kid, proofs = excluded.proofs,
    asked = NULL, heard = NULL, wrong = '{}', set_at = excluded.set_at
"""
HELD = """
SELECT t.pin_id, t.kid, t.proofs, t.asked, t.heard, t.wrong
FROM telephone_pins t JOIN people p USING (staff_id)
WHERE t.staff_id = $1 AND p.active FOR UPDATE OF t
"""
SAVE = "UPDATE telephone_pins SET asked = $2, heard = $3, wrong = $4 WHERE staff_id = $1"
RECORD = """
INSERT INTO telephone_checks (check_id, staff_id, checked_by, organisation, checked_at, outcome)
VALUES ($1, $2, $3, $4, $5, $6)
"""


async def put(tx: Tx, staff_id: str, pin: Pin) -> None:
    """Somebody's PIN from now on; what was asked and wrong before is forgotten."""
    await tx.execute(SET, staff_id, pin.pin_id, pin.kid, list(pin.proofs), tx.now)


async def hold(tx: Tx, staff_id: str) -> Pin | None:
    """The PIN of somebody who serves; other askings of it wait until this transaction ends."""
    row: Any = await tx.fetchrow(HELD, staff_id)
    if row is None:
        return None
    return Pin(
        pin_id=row["pin_id"],
        kid=row["kid"],
        proofs=tuple(row["proofs"]),
        asked=row["asked"] and tuple(row["asked"]),
        heard=row["heard"] and tuple(row["heard"]),
        wrong=tuple(row["wrong"]),
    )


async def save(tx: Tx, staff_id: str, pin: Pin) -> None:
    """Writes what is asked for, and what was wrong."""
    await tx.execute(SAVE, staff_id, pin.asked, pin.heard, list(pin.wrong))


async def record(tx: Tx, staff_id: str, by: str, organisation: str, outcome: str) -> str:
    """Writes down who asked for digits of whom, and what came of it: its id."""
    check_id = tx.ids.new()
    await tx.execute(RECORD, check_id, staff_id, by, organisation, tx.now, outcome)
    return check_id
