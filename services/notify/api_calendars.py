"""Routes of calendars: somebody's one address, and what is read at it.

They parse, hand on and return. No rule and no SQL stands here.
"""

from typing import Any

from fastapi import APIRouter, Response

from services.notify.calendar import handlers, store
from services.notify.callers import ActingTx, DepsOf
from services.notify.views import FeedView, NewFeedView
from services.notify.visibility import must_serve
from shared.http.schemas import PathId
from shared.http.web import Db, Viewing

router = APIRouter()
TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}
}


class Calendar(Response):
    """What a calendar's program reads."""

    media_type = "text/calendar"


@router.post("/calendar-feeds", status_code=201)
async def make_feed(tx: ActingTx, deps: DepsOf, viewer: Viewing) -> NewFeedView:
    """A secret address at which the caller's own watches are read without a token.

    It is shown this once; the one before holds no more.
    """
    await must_serve(tx, viewer, deps.exclusions)
    feed, secret = await handlers.make(tx, viewer.staff_id)
    path = f"/calendar/{secret}.ics"
    return NewFeedView(feed_id=feed.feed_id, made_at=feed.made_at, path=path)


@router.get("/calendar-feeds")
async def list_feeds(tx: ActingTx, viewer: Viewing) -> list[FeedView]:
    """The caller's address, if there is one: since when, not which."""
    feed = await store.own(tx, viewer.staff_id)
    return [FeedView(feed_id=feed.feed_id, made_at=feed.made_at)] if feed else []


@router.delete("/calendar-feeds", status_code=204)
async def revoke_feed(tx: ActingTx, viewer: Viewing) -> None:
    """The caller's address holds no more; without one nothing changes."""
    await store.revoke(tx, viewer.staff_id)


@router.get("/calendar/{secret}.ics", response_class=Calendar, responses=TEXT)
async def read_calendar(secret: PathId, db: Db, deps: DepsOf) -> Response:
    """Somebody's own watches of the next 60 days, under a neutral title. Needs no token.

    What is no address, or none any more, is not found.
    """
    async with db.transaction() as tx:
        text = await handlers.read(tx, deps, secret)
    return Calendar(text)
