"""Drafts: kept while they are written, for their writer alone, each under a key of its own.

What is written is not judged: half a report is no report yet. A draft whose key is gone is gone.
"""

import json

import structlog

from services.intake.bodies import DRAFT_MAX, DraftBody
from services.intake.deps import Deps
from services.intake.model.drafts import check_room, expires_at
from services.intake.store import drafts
from services.intake.store.drafts import Changed, Draft
from services.intake.vault import seal, unseal
from services.intake.views import DraftPage, DraftText, DraftView
from shared.db import Tx
from shared.errors import Invalid, NotFound
from shared.http.pages import filled
from shared.security.visibility import Viewer

TEXT = "draft"
"""What is sealed of a draft: all of it, in one piece."""


async def begin(deps: Deps, tx: Tx, viewer: Viewer) -> DraftView:
    """An empty draft of the caller's; raises `Conflict` for one too many."""
    check_room(await drafts.count(tx, viewer.staff_id))
    draft_id = tx.ids.new()
    key, wrapped = deps.vault.new_key(draft_id)
    await deps.keys.keep([wrapped])  # before what is sealed under it, as with people
    draft = await drafts.add(tx, viewer.staff_id, draft_id, seal(key, draft_id, TEXT, {}))
    return _view(draft)


async def save(deps: Deps, tx: Tx, viewer: Viewer, draft_id: str, body: DraftBody) -> DraftView:
    """The whole of what is written so far, in the place of what was there."""
    _check_size(body)
    draft, _ = await drafts.find(tx, viewer.staff_id, draft_id)
    key = await _key(deps, draft_id)
    await drafts.save(tx, draft_id, seal(key, draft_id, TEXT, body.root))
    return _view(Draft(draft_id, draft.created_at, tx.now))


async def read(deps: Deps, tx: Tx, viewer: Viewer, draft_id: str) -> DraftText:
    """What is written so far."""
    draft, sealed = await drafts.find(tx, viewer.staff_id, draft_id)
    text = unseal(await _key(deps, draft_id), draft_id, TEXT, sealed)
    structlog.get_logger().info("draft.read", draft_id=draft_id)
    return DraftText(**dict(_view(draft)), report=text)


async def end(tx: Tx, viewer: Viewer, draft_id: str) -> None:
    """Deletes a draft; raises `NotFound` for one that is not the caller's."""
    await drafts.find(tx, viewer.staff_id, draft_id)
    await drafts.end(tx, viewer.staff_id, draft_id)


async def show_own(tx: Tx, viewer: Viewer, before: str | None, limit: int) -> DraftPage:
    """The caller's drafts, the last changed first: ids and times, nothing that is written."""

    async def rows(after: Changed | None, most: int) -> list[tuple[Changed, Draft]]:
        return await drafts.page(tx, viewer.staff_id, after, most)

    page = await filled(rows, Changed.at(before, "before"), limit)
    return DraftPage(drafts=[_view(each) for each in page.rows], next=page.next)


async def _key(deps: Deps, draft_id: str) -> bytes:
    found = await deps.keys.find([draft_id])
    if draft_id not in found:
        raise NotFound
    return deps.vault.unwrap(found[draft_id])


def _check_size(body: DraftBody) -> None:
    try:
        written = json.dumps(body.root, ensure_ascii=False, allow_nan=False)
    except ValueError:  # a number that JSON has no end of
        raise Invalid("report", "holds a value that cannot be stored") from None
    if len(written.encode()) > DRAFT_MAX:
        raise Invalid("report", f"must hold at most {DRAFT_MAX} bytes")


def _view(draft: Draft) -> DraftView:
    return DraftView(
        draft_id=draft.draft_id,
        created_at=draft.created_at,
        changed_at=draft.changed_at,
        expires_at=expires_at(draft.changed_at),
    )
