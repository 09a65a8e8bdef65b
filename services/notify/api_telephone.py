"""Routes of telephone PINs: one's own is set, an operator asks for two digits.

They parse, hand on and return. No rule and no SQL stands here.
"""

from fastapi import APIRouter

from services.notify.bodies import DigitsBody, PinBody
from services.notify.callers import ActingTx, DepsOf, OperatorTx
from services.notify.telephone import handlers
from services.notify.views import ChallengeView, JudgedView
from services.notify.visibility import must_serve
from shared.http.schemas import PathId
from shared.http.web import Viewing

router = APIRouter()


@router.put("/me/telephone-pin", status_code=204)
async def put_telephone_pin(tx: ActingTx, deps: DepsOf, viewer: Viewing, body: PinBody) -> None:
    """Sets the caller's PIN for being called by a desk. It is not the one for signing in."""
    await must_serve(tx, viewer, deps.exclusions)
    await handlers.put(tx, deps, viewer.staff_id, body.pin)


@router.post("/people/{staff_id}/telephone-challenge")
async def ask_digits(
    staff_id: PathId, tx: OperatorTx, deps: DepsOf, viewer: Viewing
) -> ChallengeView:
    """Which two digits to ask somebody for, who was called back. For operators; it is recorded.

    The same until they were said right: asking again brings no other pair.
    """
    await must_serve(tx, viewer, deps.exclusions)
    return ChallengeView(positions=await handlers.challenge(tx, deps, viewer, staff_id))


@router.post("/people/{staff_id}/telephone-check")
async def check_digits(
    staff_id: PathId, tx: OperatorTx, deps: DepsOf, viewer: Viewing, body: DigitsBody
) -> JudgedView:
    """Whether these are the digits that were asked for. For operators; it is recorded.

    Five wrong ones within an hour, or ten since a right one, end the PIN.
    """
    await must_serve(tx, viewer, deps.exclusions)
    found = await handlers.check(tx, deps, viewer, staff_id, body.pair, body.digits)
    return JudgedView(check_id=found.check_id, right=found.right, proof=found.proof)
