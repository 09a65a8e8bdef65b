"""Routes of the ledger and of what was found in it; for coordinators and auditors.

Addresses below ``/ledger`` are those of C2SP tlog-tiles, so that tools of others read it.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from services.audit import api_figures, api_monthly, api_seen, api_witnesses
from services.audit.addresses import tile_address
from services.audit.callers import DepsOf, KeepingTx, LookingTx
from services.audit.facts.rebuilding import Rebuilt, rebuild
from services.audit.ledger.export import bundle
from services.audit.ledger.tiles import TILE_WIDTH, TileId
from services.audit.store import chains, checkpoints, findings, origins, restores, tree
from services.audit.views import (
    FindingsView,
    FindingView,
    OriginView,
    OutageView,
    ProducerView,
    RestoreView,
    StatusView,
)
from services.audit.witnesses import store
from services.audit.witnesses.handlers import with_cosignatures
from shared.errors import NotFound
from shared.http.pages import Cursor, Id, Position, filled
from shared.http.web import Viewing

router = APIRouter()
router.include_router(api_witnesses.router)
router.include_router(api_figures.router)
router.include_router(api_monthly.router)
router.include_router(api_seen.router)
NEWEST = 20
"""Outages, and restores."""
Limit = Annotated[int, Query(ge=1, le=200)]
Place = Annotated[str, Path(max_length=64)]
BYTES: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}}}
NOTE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {}}}}


class At(Position):
    """Behind a finding."""

    of: str = "findings"
    finding_id: Id


@router.get("/ledger/status")
async def ledger_status(tx: KeepingTx, deps: DepsOf) -> StatusView:
    """How large the ledger is, what is signed of it, how far each producer was heard, and how much
    was found. Administrators see it, too."""
    grown, signed = await tree.tree(tx), await checkpoints.newest(tx)
    later = await origins.later(tx)
    name = later[-1].name if later else deps.signing.origin
    ahead = await store.ahead(tx, deps.witnesses.current.witnesses)
    status = StatusView.of(name, grown.size, grown.root(), signed)
    return status.model_copy(
        update={
            "producers": [ProducerView.of(each) for each in await chains.every(tx)],
            "findings": await findings.counts(tx),
            "outages": [OutageView.of(each) for each in await findings.outages(tx, NEWEST)],
            "behind": ahead if ahead > grown.size else None,
            "origins": [OriginView.of(each) for each in later],
            "restores": [RestoreView.of(each) for each in await restores.newest(tx, NEWEST)],
        }
    )


@router.get("/ledger/checkpoint", response_class=Response, responses=NOTE)
async def ledger_checkpoint(tx: LookingTx) -> Response:
    """The newest checkpoint, signed, and what witnesses gave for it. 404 before the first."""
    signed = await checkpoints.newest(tx)
    if signed is None:
        raise NotFound
    note = await with_cosignatures(tx, signed)
    return Response(bytes(note), media_type="text/plain; charset=utf-8")


@router.get("/ledger/tile/entries/{place:path}", response_class=Response, responses=BYTES)
async def ledger_entries(tx: LookingTx, place: Place) -> Response:
    """What 256 leaves cover, or as many as the address names: each behind its length, two bytes."""
    number, width = tile_address(place)
    first = number * TILE_WIDTH
    found = await tree.entries(tx, first, first + width)
    if len(found) < width:
        raise NotFound
    return Response(bundle(found), media_type="application/octet-stream")


@router.get("/ledger/tile/{level}/{place:path}", response_class=Response, responses=BYTES)
async def ledger_tile(
    tx: LookingTx, level: Annotated[int, Path(ge=0, le=7)], place: Place
) -> Response:
    """A tile of hashes, 32 bytes each."""
    number, width = tile_address(place)
    tile = TileId(level, number)
    if tile.width(await tree.size(tx)) < width:
        raise NotFound
    of_size = (number * TILE_WIDTH + width) << 8 * level
    return Response(
        (await tree.tiles(tx, [tile], of_size))[tile], media_type="application/octet-stream"
    )


@router.get("/findings")
async def list_findings(
    tx: LookingTx, deps: DepsOf, viewer: Viewing, cursor: Cursor | None = None, limit: Limit = 50
) -> FindingsView:
    """What does not fit in what a producer says, the newest first. None is ever taken back."""

    async def read(after: At | None, most: int) -> list[tuple[At, FindingView | None]]:
        wording = deps.country.current.wording
        return [
            (
                At(finding_id=each.finding_id),
                FindingView.of(each, wording, viewer.language),
            )
            for each in await findings.newest(tx, after.finding_id if after else None, most)
        ]

    page = await filled(read, At.at(cursor), limit)
    return FindingsView(findings=page.rows, next=page.next)


@router.post("/facts/rebuild")
async def rebuild_facts(
    tx: LookingTx, behind: Annotated[str, Query(max_length=64)] = ""
) -> Rebuilt:
    """Makes facts of response anew from what was said, of the service requests behind an id, and
    sets right what was changed. ``last`` is to be asked behind next, null after the last one."""
    return await rebuild(tx, behind)
