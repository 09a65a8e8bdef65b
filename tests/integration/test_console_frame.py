"""The frame of the console's pages, without the services that they ask: doors, forms, staying."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.console.deps import Deps
from services.console.frame import cookies
from services.console.frame.forms import FORM
from services.console.frame.headers import HEADERS
from services.console.sessions import handlers as sessions
from services.console.sessions.model import SessionKind
from shared.http.limits import JSON
from tests.support.console import account, console, member, pages
from tests.support.visitor import Visitor


@dataclass(slots=True)
class Room:
    """The console's pages, and who sits before them."""

    deps: Deps
    http: httpx.AsyncClient

    async def seated(self, kind: SessionKind = SessionKind.DESK) -> Visitor:
        """Somebody who has signed in."""
        async with self.deps.db.transaction() as tx:
            _, secret = await sessions.start(tx, self.deps, member(), kind, "en")
        visitor = Visitor(self.http)
        visitor.cookies[cookies.COOKIE] = secret
        return visitor

    async def turned_back(self, **by: int) -> None:
        """Nobody has touched anything for so long."""
        async with self.deps.db.transaction() as tx:
            await tx.execute(
                "UPDATE sessions SET seen_at = seen_at - $1::interval, "
                "idle_until = idle_until - $1::interval",
                timedelta(**by),
            )


@pytest_asyncio.fixture
async def room(stack: Stack) -> AsyncIterator[Room]:
    """Nobody has been here."""
    async with console(stack) as deps, pages(stack) as http:
        yield Room(deps, http)


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/cases/made-up/details", "/cases/made-up"),
        ("/queue/made-up/accept", "/queue"),
        ("/people/made-up/save", "/people/made-up"),
        ("/account/codes", "/account"),
        ("/lock", "/"),
    ],
)
async def test_a_form_after_the_session_leads_to_the_door_and_back(
    room: Room, path: str, back: str
) -> None:
    """Its token went with the session: nobody is told that a page is not for them."""
    somebody = await room.seated()
    await somebody.go("/account")
    token = somebody.token
    await room.turned_back(minutes=16)
    await somebody.post(path, {"csrf": token})
    page = somebody.page
    assert somebody.answer.request.url.path == "/sign-in"
    assert dict(page.forms[0].fields)["after"] == back


async def test_a_registered_telephone_has_a_door_of_its_own(room: Room) -> None:
    """The PIN, not a password; from there back to where its owner was going."""
    officer = await room.seated(SessionKind.OFFICER)
    officer.cookies[cookies.DEVICE] = "made-up"
    page = await officer.go("/account")
    assert "/duty" in [at for _, at in page.links]
    assert "/queue" not in [at for _, at in page.links]
    page = await officer.press("Lock")
    assert officer.answer.request.url.path == "/device"
    page = await officer.go("/duty/made-up")
    assert officer.at == "/device?after=%2Fduty%2Fmade-up"
    assert dict(page.forms[0].fields)["after"] == "/duty/made-up"
    assert ("Sign in with a password", "/sign-in?after=/duty/made-up") in page.links


async def test_whoever_stays_stays_where_they_are(room: Room) -> None:
    """Pressing *Stay* answers no page, so a browser keeps the one it has."""
    somebody = await room.seated()
    await somebody.go("/account")
    await room.turned_back(minutes=10)

    async def left(method: str) -> int:
        kept = {"Cookie": f"{cookies.COOKIE}={somebody.cookies[cookies.COOKIE]}"}
        said = {"X-Part": "1"} if method == "GET" else {}
        form = {"csrf": somebody.token} if method == "POST" else None
        answer = await room.http.request(method, "/stay", headers=kept | said, data=form)
        assert (answer.status_code, answer.content) == (204, b"")
        return int(answer.headers["idle-in"])

    assert await left("GET") <= 5 * 60
    assert await left("GET") <= 5 * 60
    assert await left("POST") > 14 * 60
    await room.turned_back(minutes=16)
    await somebody.post("/stay", {"csrf": somebody.token})
    assert somebody.answer.request.url.path == "/sign-in"


async def test_the_language_of_an_answer_to_a_form_changes_with_the_next_page(room: Room) -> None:
    """What is typed there stays: it has no address at which it could be opened anew."""
    await account(room.deps)
    somebody = await room.seated()
    page = await somebody.go("/account")
    assert ("RU", "/account?lang=ru") in page.links
    page = await somebody.press("Make new codes")
    assert "RU" not in [words for words, _ in page.links]
    assert "The next page in:" in page.text
    await somebody.post("/stay?lang=ru", {"csrf": somebody.token})
    assert (somebody.answer.status_code, somebody.answer.content) == (204, b"")
    assert (await somebody.go("/account")).language == "ru"


@pytest.mark.parametrize(
    "said",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://else"}],
    ids=str,
)
async def test_another_site_is_not_believed_with_a_valid_token(
    room: Room, said: dict[str, str]
) -> None:
    """Not even with the session's own; without a browser's word from our own page it is."""
    somebody = await room.seated()
    await somebody.go("/account")
    kept = {"Cookie": f"{cookies.COOKIE}={somebody.cookies[cookies.COOKIE]}"}
    form = {"csrf": somebody.token}
    there = await room.http.post("/account/others", headers=kept | said, data=form)
    assert there.status_code == 403
    for ours in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://127.0.0.1:8104"}):
        here = await room.http.post("/account/others", headers=kept | ours, data=form)
        assert here.status_code == 303


async def test_a_part_that_is_away_is_named_and_what_was_typed_comes_back(stack: Stack) -> None:
    """With what still works and whom to call; the page tries again by itself, and keeps no session
    alive by that. A form stands in the answer as it was sent."""
    nowhere = {"referral_api": "http://127.0.0.1:1", "help_number": "+996 000 123"}
    story = "She said\nthat it must not be forgotten."
    async with console(stack) as deps, pages(stack, **nowhere) as http:
        somebody = await Room(deps, http).seated()
        page = await somebody.go("/queue?tab=work")
        assert somebody.answer.status_code == 503
        for words in ("the queue, cases and the directory", "Reports are still", "+996 000 123"):
            assert words in page.text
        assert 'data-again="/queue?tab=work&amp;auto=1"' in page.markup
        typed = {"csrf": somebody.token, "reason": "other", "note": story}
        page = await somebody.post("/queue/made-up/decline", typed)
        assert somebody.answer.status_code == 503
        assert "data-again" not in page.markup
        form = next(each for each in page.forms if each.buttons[0][0] == "Send it again")
        assert (form.action, dict(form.fields)["reason"]) == ("/queue/made-up/decline", "other")
        assert dict(form.fields)["note"].strip() == story


@pytest.mark.parametrize(
    ("body", "kind", "status"), [("x" * 300_000, FORM, 413), ("{}", JSON, 415)], ids=["413", "415"]
)
async def test_whatever_is_refused_before_a_page_is_a_page(
    room: Room, body: str, kind: str, status: int
) -> None:
    """In the reader's language, with the same headers as any other."""
    said = {"Content-Type": kind, "Accept-Language": "ru"}
    answer = await room.http.post("/sign-in", content=body, headers=said)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert '<html lang="ru">' in answer.text
    assert "Обновите эту страницу" in answer.text
