"""Handlers of telephone PINs: one is set, two of its digits are asked for, and judged."""

import hmac
import secrets
from dataclasses import dataclass, replace
from functools import partial

from services.notify.deps import Deps
from services.notify.telephone import store
from services.notify.telephone.model import Pair, Pin, checked, proofs
from shared.db import Tx
from shared.errors import Conflict
from shared.events.words import SYSTEM
from shared.security.tokens import CallProof
from shared.security.visibility import Viewer, act_as

NO_PIN = "no telephone PIN holds: they have to set one"
"""Of somebody unknown, who left, who has set none, or whose PIN has ended: these look alike."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether two digits were right; ``check_id`` under which that is on record. ``proof``, of
    right ones: signed, for intake, that this operator has them on the telephone."""

    check_id: str
    right: bool
    proof: str | None = None


async def put(tx: Tx, deps: Deps, staff_id: str, digits: str) -> None:
    """Sets somebody's own PIN; raises `Invalid` for one that is too easy."""
    pin = Pin(pin_id=tx.ids.new(), kid=deps.codes.newest, proofs=())
    prove = partial(deps.codes.pair, pin.kid, pin.pin_id)
    await store.put(tx, staff_id, replace(pin, proofs=proofs(checked(digits), prove)))


async def challenge(tx: Tx, deps: Deps, viewer: Viewer, staff_id: str) -> Pair:
    """Which two digits to ask somebody for: the same until they were said right.

    Who asks for whom is recorded. Raises `Conflict` where no PIN holds.
    """
    await act_as(tx, SYSTEM)
    pin = await _holding(tx, deps, staff_id)
    asked = pin.asked or secrets.choice(pin.choices)
    await store.save(tx, staff_id, replace(pin, asked=asked))
    await store.record(tx, staff_id, viewer.staff_id, viewer.organisation, "asked")
    return asked


async def check(
    tx: Tx, deps: Deps, viewer: Viewer, staff_id: str, positions: Pair, digits: str
) -> Judged:
    """Whether these are the digits that were asked for; either is recorded, and a wrong one counts.

    Raises `Conflict` where no PIN holds, or other digits were asked for.
    """
    await act_as(tx, SYSTEM)
    pin = await _holding(tx, deps, staff_id)
    if pin.asked != positions:
        raise Conflict("other digits are asked for: ask which")
    given = deps.codes.pair(pin.kid, pin.pin_id, positions, digits)
    right = hmac.compare_digest(given, pin.proof(positions))
    await store.save(tx, staff_id, pin.answered(right=right, now=tx.now))
    outcome = "right" if right else "wrong"
    by, organisation = viewer.staff_id, viewer.organisation
    check_id = await store.record(tx, staff_id, by, organisation, outcome)
    if not right:
        return Judged(check_id, right=False)
    proof = deps.signer.call(CallProof(by, staff_id, check_id), tx.now)
    return Judged(check_id, right=True, proof=proof)


async def _holding(tx: Tx, deps: Deps, staff_id: str) -> Pin:
    pin = await store.hold(tx, staff_id)
    if pin is None or not pin.holds or pin.kid not in deps.codes.keys:
        raise Conflict(NO_PIN)
    return pin
