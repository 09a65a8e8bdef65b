"""Routes of referral's HTTP: they parse, hand on and return. No rule and no SQL stands here."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from services.referral import bodies, directory_api, requests_api, views
from services.referral.deps import Deps
from services.referral.handlers import answers, casework, lists
from services.referral.handlers.answers import Answering
from services.referral.handlers.find import find_case, find_offer
from services.referral.model import casework as acts
from services.referral.offer_views import OfferView, ProgressView
from services.referral.routing import DepsOf, DeskTx, InTx, LookedUp
from services.referral.showing import (
    entered_view,
    offer_view,
    progress_view,
    request_view,
    told_view,
)
from shared.db import Tx
from shared.events.words import Answer, Channel
from shared.http.schemas import PathId
from shared.http.web import Viewing
from shared.security.visibility import Viewer

Entered = OfferView | ProgressView
"""What was answered or said; an operator who entered it sees how far it is, no more."""

router = APIRouter()
router.include_router(requests_api.router)
router.include_router(directory_api.router)


@router.get("/queue")
async def queue(
    tx: InTx, deps: DepsOf, viewer: Viewing, asked: Annotated[bodies.Part, Query()]
) -> views.Queue:
    """Open offers to the caller's organisation, then what it holds; most urgent first.

    By risk, then by what is ``due``. ``next`` is the ``cursor`` of the page behind this one.
    """
    page = await lists.queue(tx, deps, viewer, asked)
    counts = None if asked.cursor else await lists.counts(tx, deps, viewer)
    return views.Queue(
        offers=[offer_view(deps, each, viewer) for each in page.rows],
        counts=views.Counts.model_validate(counts) if counts else None,
        next=page.next,
    )


@router.get("/cases/{public_id}")
async def show_case(
    public_id: LookedUp, tx: DeskTx, deps: DepsOf, viewer: Viewing
) -> views.FoundView:
    """What is called so: the offers to the caller's organisation, to a coordinator the whole.

    To an operator how far it is where they answer for. What they ask about is written down."""
    found = await find_case(tx, deps, viewer, public_id)
    return views.FoundView(
        service_request=request_view(deps, found.request, viewer, told=tx.now)
        if found.coordinated
        else None,
        offers=[told_view(deps, each, viewer, tx.now) for each in found.offers],
        progress=[progress_view(deps, each, tx.now) for each in found.desk],
    )


@router.get("/offers/{offer_id}")
async def show_offer(offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing) -> OfferView:
    """One offer to the caller's organisation, or in a coordinator's territory; its timeline too."""
    return told_view(deps, await find_offer(tx, deps, viewer, offer_id), viewer, tx.now)


def _by(viewer: Viewer, said: Answer, body: bodies.ByDesk) -> Answering:
    reason = body.reason if isinstance(body, bodies.Reject) else None
    channel = Channel.DESK if body.on_behalf_of else Channel.API
    return Answering(viewer, said, reason, channel, body.on_behalf_of, body.claimed_at)


async def _answer(tx: Tx, deps: Deps, by: Answering, offer_id: str) -> Entered:
    found = await answers.answer(tx, deps, by, offer_id)
    if not found.whole:
        return progress_view(deps, found, tx.now)
    return offer_view(
        deps, found, by.viewer, answers.ticket(deps, found, by.viewer.staff_id, tx.now)
    )


@router.post("/offers/{offer_id}/received")
async def receive(
    offer_id: PathId, tx: DeskTx, deps: DepsOf, viewer: Viewing, body: bodies.ByDesk
) -> Entered:
    """Seen, not decided: the ladder waits for the decision."""
    return await _answer(tx, deps, _by(viewer, Answer.RECEIVED, body), offer_id)


@router.post("/offers/{offer_id}/accept")
async def accept(
    offer_id: PathId, tx: DeskTx, deps: DepsOf, viewer: Viewing, body: bodies.ByDesk
) -> Entered:
    """Yes. The first one stands; its giver gets a disclosure ticket."""
    return await _answer(tx, deps, _by(viewer, Answer.ACCEPT, body), offer_id)


@router.post("/offers/{offer_id}/reject")
async def reject(
    offer_id: PathId, tx: DeskTx, deps: DepsOf, viewer: Viewing, body: bodies.Reject
) -> Entered:
    """No, with a coded reason: the next candidate is asked at once."""
    return await _answer(tx, deps, _by(viewer, Answer.REJECT, body), offer_id)


@router.post("/offers/{offer_id}/ticket")
async def renew(
    offer_id: PathId,
    tx: DeskTx,
    deps: DepsOf,
    viewer: Viewing,
    body: bodies.ToRead | None = None,
) -> views.TicketView:
    """A fresh disclosure ticket for the case holder; ``on_behalf_of`` them for an operator of their
    desk, who reads out to them."""
    if body and body.on_behalf_of:
        to_read_out = await answers.ticket_to_read_out(
            tx, deps, viewer, offer_id, body.on_behalf_of
        )
        return views.TicketView(ticket=to_read_out)
    return views.TicketView(ticket=await answers.renew_ticket(tx, deps, viewer, offer_id))


def _word(change: casework.Change, body: bodies.ByDesk | None) -> casework.Word:
    return (
        casework.Word(change, body.on_behalf_of, body.claimed_at) if body else casework.Word(change)
    )


@router.post("/offers/{offer_id}/on-the-way")
async def on_the_way(
    offer_id: PathId,
    tx: DeskTx,
    deps: DepsOf,
    viewer: Viewing,
    body: bodies.ByDesk | None = None,
) -> Entered:
    """The case holder is coming: recorded and shown, and no clock stops."""
    found = await casework.holder_word(tx, deps, viewer, offer_id, _word(acts.on_the_way, body))
    return entered_view(deps, found, viewer, tx.now)


@router.post("/offers/{offer_id}/start")
async def start(
    offer_id: PathId,
    tx: DeskTx,
    deps: DepsOf,
    viewer: Viewing,
    body: bodies.ByDesk | None = None,
) -> Entered:
    """First contact, or she arrived, as the case holder says."""
    found = await casework.holder_word(tx, deps, viewer, offer_id, _word(acts.start, body))
    return entered_view(deps, found, viewer, tx.now)


@router.post("/offers/{offer_id}/hold")
async def hold(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Hold
) -> OfferView:
    """Paused until a review date."""
    change = partial(acts.hold, reason=body.reason, review_at=body.review_at)
    found = await casework.holder_act(tx, deps, viewer, offer_id, change)
    return offer_view(deps, found, viewer)


@router.post("/offers/{offer_id}/resume")
async def resume(offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing) -> OfferView:
    """As it was before the pause."""
    return offer_view(
        deps, await casework.holder_act(tx, deps, viewer, offer_id, acts.resume), viewer
    )


@router.post("/offers/{offer_id}/complete")
async def complete(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Complete
) -> OfferView:
    """Done, with a coded outcome."""
    change = partial(acts.complete, outcome=body.outcome)
    found = await casework.holder_act(tx, deps, viewer, offer_id, change)
    return offer_view(deps, found, viewer)


@router.post("/offers/{offer_id}/release")
async def release(offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing) -> OfferView:
    """Undo of one's own yes, within two minutes."""
    found = await casework.holder_act(tx, deps, viewer, offer_id, casework.undo(viewer))
    return offer_view(deps, found, viewer)


@router.post("/offers/{offer_id}/fail")
async def fail(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Fail
) -> OfferView:
    """It came to nothing: the ladder goes on. By the case holder, or by a coordinator."""
    found = await casework.fail(tx, deps, viewer, offer_id, body.reason)
    return offer_view(deps, found, viewer)


@router.post("/offers/{offer_id}/handover")
async def hand_over(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.HandOver
) -> OfferView:
    """A colleague becomes the case holder. By the present one, or by a coordinator."""
    found = await casework.hand_over(tx, deps, viewer, offer_id, body.to, body.reason)
    return offer_view(deps, found, viewer)


@router.post("/offers/{offer_id}/cancel")
async def cancel(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Cancel
) -> OfferView:
    """A coordinator takes an open offer back; the ladder goes on."""
    change = partial(acts.cancel, reason=body.reason)
    return offer_view(
        deps, await casework.coordinator_act(tx, deps, viewer, offer_id, change), viewer
    )


@router.post("/offers/{offer_id}/void")
async def void_offer(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Void
) -> OfferView:
    """Entered in error."""
    change = partial(acts.void_offer, reason=body.reason)
    return offer_view(
        deps, await casework.coordinator_act(tx, deps, viewer, offer_id, change), viewer
    )
