"""Routes of sittings: planned, held, decided and closed.

They parse, hand on and return. No rule and no SQL stands here. Whoever plans a sitting or puts an
item on its agenda chooses the id: so what is sent twice is there once.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from services.committee import about, matters
from services.committee.bodies_appeals import OwnId
from services.committee.bodies_sittings import (
    AgendaItemBody,
    AttendanceListBody,
    ClosingBody,
    ConflictBody,
    HeldBody,
    InvitationsBody,
    OutcomeBody,
    SittingBody,
)
from services.committee.callers import DepsOf, KeepingTx, SittingTx
from services.committee.deps import Deps
from services.committee.meanwhile import must_be_as_seen
from services.committee.registry import handlers as registry
from services.committee.registry import store as committees
from services.committee.sittings import agenda, handlers, items, presence, store
from services.committee.sittings.model import Item
from services.committee.views_sittings import (
    BarredView,
    ItemView,
    MinutesView,
    SittingsView,
    SittingView,
)
from shared.db import Tx
from shared.http.schemas import PathId
from shared.http.web import Viewing
from shared.security.visibility import Viewer

router = APIRouter()
Year = Annotated[int, Query(ge=2000, le=2200, description="Left out: this year.")]


async def _whole(tx: Tx, deps: Deps, viewer: Viewer, sitting_id: str) -> MinutesView:
    sitting = await store.find(tx, sitting_id)
    whole = MinutesView.whole(
        replace(sitting, quorum=await presence.counted(tx, deps, sitting)),
        await _items(tx, await agenda.items(tx, sitting_id)),
        await store.invited(tx, sitting_id),
        await store.attended(tx, sitting_id),
    )
    may = await presence.correctable(tx, viewer, sitting)
    return whole.model_copy(update={"correctable": may})


async def _items(tx: Tx, found: Sequence[Item]) -> list[ItemView]:
    told = await about.of(tx, [each.matter_id for each in found])
    return [ItemView.of(each, told[each.matter_id]) for each in found]


async def _item(tx: Tx, item: Item) -> ItemView:
    return (await _items(tx, [item]))[0]


async def _unchanged(tx: Tx, deps: Deps, viewer: Viewer, sitting_id: str, seen: str | None) -> None:
    """Raises `Conflict` where a sitting is another than the caller was shown; holds it till then.

    Its committee is held first, as whoever plans a sitting does.
    """
    if seen is None:
        return
    await registry.own_held(tx, viewer, (await store.find(tx, sitting_id)).committee_id)
    await store.hold(tx, sitting_id)
    must_be_as_seen((await _whole(tx, deps, viewer, sitting_id)).seen, seen)


@router.get("/committees/{committee_id}/sittings")
async def list_sittings(
    committee_id: PathId, tx: SittingTx, deps: DepsOf, year: Year | None = None
) -> SittingsView:
    """Sittings of a year, the newest first."""
    await committees.find(tx, committee_id)
    wanted = year or registry.today(tx, deps).year
    span = [datetime(each, 1, 1, tzinfo=deps.jurisdiction.zone) for each in (wanted, wanted + 1)]
    found = await store.listed(tx, committee_id, span)
    return SittingsView(sittings=[SittingView.of(each) for each in found])


@router.put("/committees/{committee_id}/sittings/{sitting_id}")
async def plan(
    committee_id: PathId,
    sitting_id: OwnId,
    tx: KeepingTx,
    deps: DepsOf,
    viewer: Viewing,
    body: SittingBody,
) -> SittingView:
    """Plans a sitting, or plans it otherwise. For the committee's own secretary."""
    wanted = body.sitting(sitting_id, committee_id)
    return SittingView.of(await handlers.plan(tx, deps, viewer, wanted))


@router.get("/sittings/{sitting_id}")
async def show_sitting(
    sitting_id: PathId, tx: SittingTx, deps: DepsOf, viewer: Viewing
) -> MinutesView:
    """A sitting with its agenda, who was there, and what was decided. Before it was held its quorum
    is that of whoever is said to be here."""
    return await _whole(tx, deps, viewer, sitting_id)


@router.get("/sittings/{sitting_id}/barred")
async def show_barred(sitting_id: PathId, tx: KeepingTx, deps: DepsOf) -> BarredView:
    """Members who must not hear an item, for its incident excludes them: whoever keeps the minutes
    sees to it, and no minutes say so."""
    found = await agenda.items(tx, (await store.find(tx, sitting_id)).sitting_id)
    unheard = await matters.unheard(tx, [each.matter_id for each in found])
    waiting = [each.item_id for each in found if each.matter_id in unheard]
    return BarredView.of(await presence.barred(tx, deps, found), waiting)


@router.put("/sittings/{sitting_id}/attendance", status_code=204)
async def attend(
    sitting_id: PathId, tx: KeepingTx, deps: DepsOf, viewer: Viewing, body: AttendanceListBody
) -> None:
    """Who is here, all of them, while people come: so that the quorum is seen before it begins."""
    await _unchanged(tx, deps, viewer, sitting_id, body.seen)
    await presence.attend(tx, deps, sitting_id, body.attended())


@router.post("/sittings/{sitting_id}/cancel")
async def cancel(sitting_id: PathId, tx: KeepingTx) -> SittingView:
    """It will not be held."""
    return SittingView.of(await handlers.cancel(tx, sitting_id))


@router.post("/sittings/{sitting_id}/reinstate")
async def reinstate(
    sitting_id: PathId, tx: KeepingTx, deps: DepsOf, viewer: Viewing
) -> SittingView:
    """It was cancelled, and will be held after all. Until its day is over."""
    return SittingView.of(await handlers.reinstate(tx, deps, viewer, sitting_id))


@router.put("/sittings/{sitting_id}/invited", status_code=204)
async def invite(sitting_id: PathId, tx: KeepingTx, deps: DepsOf, body: InvitationsBody) -> None:
    """Which other bodies are invited, all of them."""
    await handlers.invite(tx, deps, sitting_id, body.bodies)


@router.put("/sittings/{sitting_id}/agenda/{item_id}")
async def put_item(
    sitting_id: PathId, item_id: OwnId, tx: KeepingTx, viewer: Viewing, body: AgendaItemBody
) -> ItemView:
    """Puts an item at the end of the agenda."""
    return await _item(tx, await items.put_item(tx, viewer, body.item(sitting_id, item_id)))


@router.delete("/sittings/{sitting_id}/agenda/{item_id}", status_code=204)
async def remove_item(sitting_id: PathId, item_id: PathId, tx: KeepingTx, viewer: Viewing) -> None:
    """Takes an item off the agenda that was not dealt with."""
    await items.remove_item(tx, viewer, sitting_id, item_id)


@router.post("/sittings/{sitting_id}/agenda/{item_id}/leave", status_code=204)
async def recuse(
    sitting_id: PathId,
    item_id: PathId,
    tx: SittingTx,
    deps: DepsOf,
    viewer: Viewing,
    body: ConflictBody,
) -> None:
    """Somebody has a conflict: from now on they see nothing of the item, nor what was before.

    Each member for themselves; the chair and the secretary for others too. It is for ever.
    """
    item = await agenda.item(tx, sitting_id, item_id)
    await items.leave(tx, deps, viewer, item, body.staff_id)


@router.put("/sittings/{sitting_id}/held")
async def hold(
    sitting_id: PathId, tx: KeepingTx, deps: DepsOf, viewer: Viewing, body: HeldBody
) -> MinutesView:
    """A sitting as it was held: when, who led it, who was there. Until an outcome is recorded."""
    await _unchanged(tx, deps, viewer, sitting_id, body.seen)
    await handlers.hold(tx, deps, viewer, body.sitting(sitting_id), body.record())
    return await _whole(tx, deps, viewer, sitting_id)


@router.put("/sittings/{sitting_id}/agenda/{item_id}/outcome")
async def settle(
    sitting_id: PathId, item_id: PathId, tx: KeepingTx, deps: DepsOf, body: OutcomeBody
) -> ItemView:
    """What came of an item, in the place of what was recorded before. Until it is closed."""
    if body.seen is not None:
        await store.hold(tx, sitting_id)
        item = await _item(tx, await agenda.item(tx, sitting_id, item_id))
        must_be_as_seen(item.seen, body.seen)
    await handlers.settle(tx, deps, sitting_id, item_id, body.outcome(tx.ids))
    return await _item(tx, await agenda.item(tx, sitting_id, item_id))


@router.post("/sittings/{sitting_id}/close")
async def close(
    sitting_id: PathId,
    tx: KeepingTx,
    deps: DepsOf,
    viewer: Viewing,
    body: ClosingBody | None = None,
) -> MinutesView:
    """Closes the items that the caller sees: what was decided is to be done from now on."""
    await _unchanged(tx, deps, viewer, sitting_id, body.seen if body else None)
    await handlers.close(tx, deps, viewer, sitting_id)
    return await _whole(tx, deps, viewer, sitting_id)
