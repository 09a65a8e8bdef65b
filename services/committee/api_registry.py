"""Routes of the registry: committees, and who sits in them.

They parse, hand on and return. No rule and no SQL stands here.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from services.committee.bodies import ApprovalBody, CommitteeBody, LeavingBody, MemberBody
from services.committee.callers import CoordinatorTx, DepsOf, KeepingTx, RegistryTx
from services.committee.deps import Deps
from services.committee.registry import handlers, store
from services.committee.registry.model import Committee
from services.committee.views import (
    CommitteesView,
    CommitteeView,
    MembersView,
    MemberView,
    TermsView,
    TermView,
)
from shared.db import Tx
from shared.http.pages import Cursor, Position, filled
from shared.http.schemas import PathId
from shared.http.web import Viewing
from shared.security.visibility import Viewer

router = APIRouter()
Limit = Annotated[int, Query(ge=1, le=200, description="Committees of a page.")]
Area = Annotated[str, Query(pattern="^[0-9]{1,20}$", description="A territory, or its prefix.")]


class CommitteesPosition(Position):
    """Where the list of committees goes on."""

    of: Literal["committees"] = "committees"
    territory: str
    committee_id: str


async def _views(
    tx: Tx, deps: Deps, viewer: Viewer, committees: Sequence[Committee]
) -> list[CommitteeView]:
    day = handlers.today(tx, deps)
    members = await store.counts(tx, [each.committee_id for each in committees], day)
    territories = deps.jurisdiction.territories
    return [
        CommitteeView.of(
            each,
            territories.place(each.territory).name(viewer.language),
            day,
            members[each.committee_id],
        )
        for each in committees
    ]


@router.post("/committees", status_code=201)
async def approve(
    tx: CoordinatorTx, deps: DepsOf, viewer: Viewing, body: CommitteeBody
) -> CommitteeView:
    """A committee that was approved, entered by the coordinator of its territory."""
    wanted = body.committee(tx.ids.new(), body.organisation, body.territory)
    new = await handlers.approve(tx, deps, viewer, wanted)
    return (await _views(tx, deps, viewer, [new]))[0]


@router.get("/committees")
async def list_committees(
    tx: RegistryTx,
    deps: DepsOf,
    viewer: Viewing,
    area: Area | None = None,
    limit: Limit = 100,
    cursor: Cursor | None = None,
) -> CommitteesView:
    """Committees of a coordinator's territories, or the caller's own, page by page."""
    territories = deps.jurisdiction.territories
    within = territories.area(area, "area") if area else territories.rules.country

    async def read(
        after: CommitteesPosition | None, most: int
    ) -> Sequence[tuple[CommitteesPosition, Committee]]:
        behind = (after.territory, after.committee_id) if after else ("", "")
        found = await store.listed(tx, within, behind, most)
        return [
            (CommitteesPosition(territory=each.territory, committee_id=each.committee_id), each)
            for each in found
        ]

    page = await filled(read, CommitteesPosition.at(cursor), limit)
    return CommitteesView(committees=await _views(tx, deps, viewer, page.rows), next=page.next)


@router.get("/committees/{committee_id}")
async def show(
    committee_id: PathId, tx: RegistryTx, deps: DepsOf, viewer: Viewing
) -> CommitteeView:
    """One committee."""
    found = await store.find(tx, committee_id)
    return (await _views(tx, deps, viewer, [found]))[0]


@router.put("/committees/{committee_id}")
async def change(
    committee_id: PathId, tx: CoordinatorTx, deps: DepsOf, viewer: Viewing, body: ApprovalBody
) -> CommitteeView:
    """Approves it anew, ends it, or names chair and secretary. What is left out holds no more.

    Another order with a later first day begins another term; anything else corrects this one.
    """
    new = await handlers.change(tx, deps, viewer, body.committee(committee_id))
    return (await _views(tx, deps, viewer, [new]))[0]


@router.get("/committees/{committee_id}/terms")
async def list_terms(committee_id: PathId, tx: RegistryTx) -> TermsView:
    """The terms before the one that is approved now: by which order, and until when."""
    await store.find(tx, committee_id)
    found = await store.past_terms(tx, committee_id)
    return TermsView(terms=[TermView.of(each) for each in found])


@router.get("/committees/{committee_id}/members")
async def list_members(committee_id: PathId, tx: RegistryTx, deps: DepsOf) -> MembersView:
    """Who sits or sat in it, by sector; names are notify's."""
    await store.find(tx, committee_id)
    return MembersView.of(await store.members(tx, committee_id), handlers.today(tx, deps))


@router.post("/committees/{committee_id}/members", status_code=201)
async def join(
    committee_id: PathId, tx: KeepingTx, deps: DepsOf, viewer: Viewing, body: MemberBody
) -> MemberView:
    """Somebody of the register joins; repeating it changes nothing. For the own secretary."""
    member = await handlers.join(tx, deps, viewer, body.member(tx.ids.new(), committee_id))
    return MemberView.of(member, handlers.today(tx, deps))


@router.post("/committees/{committee_id}/members/{member_id}/leave", status_code=204)
async def leave(
    committee_id: PathId, member_id: PathId, tx: KeepingTx, viewer: Viewing, body: LeavingBody
) -> None:
    """A member's last day. For the committee's own secretary."""
    await handlers.leave(tx, viewer, committee_id, member_id, body.member_to)


@router.post("/committees/{committee_id}/members/{member_id}/withdraw", status_code=204)
async def withdraw(
    committee_id: PathId, member_id: PathId, tx: KeepingTx, deps: DepsOf, viewer: Viewing
) -> None:
    """A member who was entered in error, and has not taken part yet. For the own secretary."""
    await handlers.withdraw(tx, deps, viewer, committee_id, member_id)
