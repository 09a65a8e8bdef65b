"""Somebody becomes a user and signs in: invited, a code app, a name and a password; then locks."""

from datetime import timedelta

import pyotp

from services.console.accounts import handlers as accounts
from services.console.frame import cookies
from shared.clock import wall
from shared.events.words import SYSTEM
from tests.console.conftest import Office
from tests.support.town import someone_at
from tests.support.visitor import Visitor

WHO = "st-l7ngz2rj"
PASSWORD = "four words that fit"


async def invited(office: Office, staff_id: str) -> tuple[Visitor, str]:
    """Somebody who has an account now, and the seed in their code app."""
    deps = office.desks.deps
    async with deps.db.transaction(actor=SYSTEM) as tx:
        secret = await accounts.invite(tx, deps, "st-admin", staff_id)
    somebody = office.desks.nobody()
    page = await somebody.go(f"/invitation/{secret}")
    page = await somebody.press("Go on")
    assert secret not in somebody.at
    async with deps.db.transaction(actor=SYSTEM) as tx:
        seed = (await accounts.open_invitation(tx, deps, secret)).seed
    page = await somebody.press(
        "Make my account", login=staff_id, password=PASSWORD, again="another", code="123456"
    )
    assert "not the same" in page.text
    page = await somebody.press(
        "Make my account",
        login=staff_id,
        password=PASSWORD,
        again=PASSWORD,
        code=pyotp.TOTP(seed).at(wall()),
    )
    assert "Your account is there" in page.text
    return somebody, seed


async def test_from_an_invitation_to_the_first_place_and_out_again(office: Office) -> None:
    """The link shows a button, the account is made, a code counts once, and lock forgets."""
    somebody, seed = await invited(office, WHO)
    page = await somebody.go("/queue")
    assert somebody.at.startswith("/sign-in"), "nobody has signed in yet"
    used = pyotp.TOTP(seed).at(wall())
    page = await somebody.press("Sign in", login=WHO, password=PASSWORD, code=used)
    assert "is not right" in page.text, "the code was taken when the account was made"
    next_one = pyotp.TOTP(seed).at(wall() + timedelta(seconds=30))
    page = await somebody.press("Sign in", login=WHO, password=PASSWORD, code=next_one)
    assert page.title.endswith("Queue"), page.text
    page = await somebody.go("/account")
    assert "this one" in page.text
    old = dict(somebody.cookies)
    page = await somebody.press("Lock")
    assert somebody.answer.request.url.path == "/sign-in"
    back = office.desks.nobody()
    back.cookies = old
    await back.go("/account")
    assert back.at.startswith("/sign-in"), "what was ended opens nothing"


async def test_nobody_is_signed_in_to_what_another_planted(office: Office) -> None:
    """A cookie that was there before opens nothing afterwards, nor does a form's token."""
    somebody, seed = await invited(office, "st-uu35dbcn")
    somebody.cookies[cookies.COOKIE] = "planted"
    await somebody.go("/sign-in")
    before = somebody.token
    code = pyotp.TOTP(seed).at(wall() + timedelta(seconds=30))
    page = await somebody.press("Sign in", login="st-uu35dbcn", password=PASSWORD, code=code)
    assert page.title.endswith("Queue"), page.text
    assert somebody.cookies[cookies.COOKIE] != "planted"
    assert cookies.BEFORE not in somebody.cookies
    assert somebody.token != before
    await somebody.post("/account/others", {"csrf": before})
    assert somebody.answer.status_code == 403
    other = office.desks.nobody()
    other.cookies[cookies.COOKIE] = "planted"
    await other.go("/account")
    assert other.at.startswith("/sign-in")


async def test_who_guesses_learns_nothing(office: Office) -> None:
    """A name that is there and one that is not are refused alike."""
    said = set()
    for login in (WHO, "nobody-at-all"):
        guesser = office.desks.nobody()
        await guesser.go("/sign-in")
        page = await guesser.press("Sign in", login=login, password="wrong", code="000000")
        said.add(page.text.replace(login, ""))
        assert guesser.answer.status_code == 403
    assert len(said) == 1


async def test_a_form_from_another_site_is_refused(office: Office) -> None:
    """Without the page's own token, or from another site, nothing is done."""
    worker = await office.desks.of(office.town.caller(WHO))
    await worker.go("/account")
    await worker.post("/account/others", {"csrf": "made-up"})
    assert worker.answer.status_code == 403
    stranger = office.desks.nobody()
    await stranger.post("/sign-in", {"login": WHO, "password": PASSWORD, "code": "1", "csrf": ""})
    assert stranger.answer.status_code == 403


async def test_who_is_called_back_sets_digits_for_it(office: Office) -> None:
    """On their own page, after a slip and a PIN that everybody would try first."""
    officer = await office.desks.of(someone_at(office.town, "police-at-bashy"))
    await officer.go("/account")
    page = await officer.press("Keep this PIN", pin="386142", again="386143")
    assert "not the same" in page.text
    page = await officer.press("Keep this PIN", pin="111111", again="111111")
    assert "is too easy: choose other digits" in page.text
    page = await officer.press("Keep this PIN", pin="386142", again="386142")
    assert "Kept. The desk asks for two of the digits" in page.text
    assert "386142" not in page.markup
