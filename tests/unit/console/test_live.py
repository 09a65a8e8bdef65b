"""Changes: a page hears every one of them as a number, until its session is over."""

import asyncio
from datetime import UTC, datetime

from services.console.frame import live
from services.console.frame.live import STAFF, Changes
from shared.events import Envelope


def said(kind: str = "tirek.offer.requested.v1", subject: str = "one") -> Envelope:
    """An event's outside."""
    return Envelope(
        id="e",
        type=kind,
        source="/tirek/referral",
        subject=subject,
        key="k",
        time=datetime(2026, 11, 30, tzinfo=UTC),
        correlation_id="k",
        aggregate_version=1,
    )


async def test_what_comes_while_a_page_is_told_is_told_next() -> None:
    """Nothing falls between one hint and the waiting for the next."""
    changes = Changes()
    page = changes.follow("s")
    assert await anext(page) == 0
    changes.hear(said())
    assert await anext(page) == 1
    changes.hear(said())
    changes.hear(said())
    assert await anext(page) == 3
    await page.aclose()
    assert not changes.open_sessions()


async def test_a_page_ends_with_its_session_and_leaves_nothing() -> None:
    """Two tabs of one session end both; another goes on."""
    changes = Changes()
    pages = [changes.follow("s"), changes.follow("s"), changes.follow("t")]
    for page in pages:
        await anext(page)
    ending = [asyncio.ensure_future(anext(page, None)) for page in pages[:2]]
    await asyncio.sleep(0)
    changes.end(["s"])
    assert await asyncio.gather(*ending) == [None, None]
    assert set(changes.open_sessions()) == {"t"}
    await pages[2].aclose()


async def test_a_page_ends_with_the_process() -> None:
    """Whoever stops it does not wait for pages that are open."""
    changes = Changes()
    page = changes.follow("s")
    await anext(page)
    ending = asyncio.ensure_future(anext(page, None))
    await asyncio.sleep(0)
    changes.close()
    assert await ending is None
    assert await anext(changes.follow("t"), None) is None


def test_whose_entry_changed_is_asked_about_again() -> None:
    """A hint about staff names them by their id, and nothing else is taken from it."""
    changes = Changes()
    changes.hear(said(STAFF, "st-one"))
    assert changes.staff == {"st-one"}
    assert live.LOOK < 5
