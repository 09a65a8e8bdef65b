"""Routes of witnesses: what they know of the ledger, and what is brought to and from them by hand;
for coordinators and auditors. Administrators see who the witnesses are."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.audit.bodies import CosignedBody
from services.audit.callers import DepsOf, KeepingTx, LookingTx
from services.audit.handlers import receipts
from services.audit.ledger.checkpoints import MOST_LEAVES
from services.audit.ledger.policy_file import print_policy
from services.audit.store import origins
from services.audit.witnesses import handlers, store
from services.audit.witnesses.views import CosignedView, ReceiptsView, ReceiptView, WitnessesView
from shared.errors import NotFound
from shared.http.schemas import PathId

router = APIRouter()
TEXT = "text/plain; charset=utf-8"


@router.get("/ledger/witnesses")
async def list_witnesses(tx: KeepingTx, deps: DepsOf) -> WitnessesView:
    """Each witness of the policy, and up to where enough of them know the ledger."""
    policy = deps.witnesses.current
    origin = await origins.current(tx, deps.signing.origin)
    known = await store.newest(tx, policy.witnesses)
    view = WitnessesView.of(deps.signing.verifiers(origin.name)[0], policy, known)
    waiting = await store.behind(tx, view.covered)
    return view.model_copy(update={"waiting_since": waiting.signed_at if waiting else None})


@router.get("/ledger/policy", response_class=Response)
async def ledger_policy(tx: KeepingTx, deps: DepsOf) -> Response:
    """Keys of the ledger, under all its names and with the older ones that the file has, those of
    its witnesses, and how many of whom are enough (C2SP tlog-policy): what whoever checks receipts
    needs."""
    named = [deps.signing.origin, *(each.name for each in await origins.later(tx))]
    current = deps.witnesses.current
    ours = (key for each in named for key in deps.signing.verifiers(each))
    logs = tuple(dict.fromkeys((*ours, *current.logs)))  # retired ones have signed receipts
    policy = print_policy(replace(current, logs=logs))
    return Response(policy.encode(errors="surrogateescape"), media_type=TEXT)


@router.get("/ledger/checkpoint/cosigned", response_class=Response)
async def cosigned_checkpoint(tx: LookingTx, deps: DepsOf) -> Response:
    """The newest checkpoint that enough witnesses have cosigned. 404 before the first."""
    note = await handlers.enough(tx, deps.witnesses.current, newest_first=True)
    if note is None:
        raise NotFound
    return Response(bytes(note), media_type=TEXT)


@router.get("/ledger/question", response_class=Response)
async def witness_question(
    tx: LookingTx, old: Annotated[int, Query(ge=0, le=MOST_LEAVES)] = 0
) -> Response:
    """The body of C2SP ``add-checkpoint`` for a witness who has cosigned ``old`` leaves."""
    return Response(bytes(await handlers.question(tx, old)), media_type=TEXT)


@router.post("/ledger/cosignatures")
async def bring_cosignatures(tx: LookingTx, deps: DepsOf, body: CosignedBody) -> CosignedView:
    """Keeps what witnesses gave for a checkpoint of this ledger. One of another tree that the
    ledger's own key has signed shows that it was forked: ``origin`` is its name from now on."""
    found = await handlers.brought(tx, deps, body.note)
    origin = found.parted.name if found.parted else None
    return CosignedView(witnesses=found.cosigners, ignored=found.ignored, origin=origin)


@router.get("/receipts/{offer_or_need}")
async def list_receipts(tx: LookingTx, deps: DepsOf, offer_or_need: PathId) -> ReceiptsView:
    """What the ledger holds of an offer, or of a need and all its offers: each entry with its
    ``.tlog-proof``, once enough witnesses have cosigned a checkpoint over it. Entries have ids and
    times, and no content."""
    found = await receipts.about(tx, deps.witnesses.current, offer_or_need)
    return ReceiptsView(receipts=[ReceiptView.of(each) for each in found])
