"""Accounts of the console on the real database: who gets in, and who does not."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from deploy.cli.__main__ import app
from deploy.local.stack import Stack
from deploy.topology import HOST
from services.console.accounts import handlers as accounts
from services.console.accounts.handlers import SignInRefused
from services.console.accounts.model import AccountState
from services.console.deps import Deps
from services.console.devices import handlers as devices
from services.console.devices.handlers import DeviceEnded
from services.console.sessions import handlers as sessions
from services.console.sessions.model import SessionKind
from shared.errors import Conflict, Invalid, NotFound, TooMany
from tests.support.console import PASSWORD, account, console, member, pages, said
from tests.support.visitor import Visitor

HERE, NEAR, ELSEWHERE = "192.0.2.7", "192.0.2.99", "203.0.113.5"


@pytest_asyncio.fixture
async def deps(stack: Stack) -> AsyncIterator[Deps]:
    """A console where nobody has been."""
    async with console(stack) as one:
        yield one


async def test_name_password_and_code_open_it_and_nothing_less(deps: Deps) -> None:
    """The refusal is one and the same; what was refused is said of the account, never the name."""
    one = await account(deps)
    assert await one.sign_in(login=" ASEL ") == "st-one"
    wrong: list[dict[str, str]] = [
        {"login": "nobody"},
        {"password": "another one"},
        {"code": "000000"},
    ]
    told = set()
    for other in wrong:
        with pytest.raises(SignInRefused) as refused:
            await one.sign_in(**other)
        told.add(str(refused.value))
    assert len(told) == 1
    async with deps.db.transaction() as tx:
        assert (await said(tx)).count("tirek.session.refused.v1") == 2


async def test_what_was_typed_once_is_worth_nothing_the_second_time(deps: Deps) -> None:
    """A one-time password, by whoever saw it typed, also at the same instant; a recovery code."""
    one = await account(deps)
    code = await one.fresh()
    tries = (one.sign_in(address, code=code) for address in (HERE, ELSEWHERE))
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(map(type, done), key=str) == sorted([str, SignInRefused], key=str)
    assert len(set(one.recovery)) == 10
    assert await one.sign_in(code=one.recovery[0].lower()) == "st-one"
    with pytest.raises(SignInRefused):
        await one.sign_in(code=one.recovery[0])
    async with deps.db.transaction() as tx:
        fresh = await accounts.renew_recovery_codes(tx, deps, "st-one")
    with pytest.raises(SignInRefused):
        await one.sign_in(code=one.recovery[1])
    assert await one.sign_in(code=fresh[0]) == "st-one"


async def test_a_thousand_guesses_get_nowhere_and_keep_nobody_else_out(deps: Deps) -> None:
    """At once or one by one; not the owner elsewhere, nor a colleague beside the guesser."""
    one, two = await account(deps), await account(deps, "st-two", "Bakyt")
    await two.sign_in(HERE)
    tried, waits = 0, set()

    async def guess(number: int) -> None:
        nonlocal tried
        login = "asel" if number < 500 else f"name-{number}"
        try:
            await accounts.sign_in(deps, login, f"guess {number}", "123456", NEAR)
        except SignInRefused:
            tried += 1
        except TooMany as refused:
            waits.add(refused.wait)

    for first in range(0, 1000, 8):
        await asyncio.gather(*(guess(first + each) for each in range(8)))
    assert tried <= 100
    assert 0 < min(waits) <= max(waits) <= 900
    with pytest.raises(TooMany):
        await one.sign_in(HERE)
    assert await one.sign_in(ELSEWHERE) == "st-one"
    assert await two.sign_in(HERE) == "st-two"
    async with deps.db.transaction() as tx:
        await tx.execute("UPDATE guesses SET since = since - $1::interval", timedelta(minutes=15))
    assert await one.sign_in(HERE) == "st-one"


async def accept(deps: Deps, secret: str, login: str, password: str, seed: str) -> str:
    """In a transaction of its own, with the code of now if there is a seed; whose it is."""
    async with deps.db.transaction() as tx:
        code = pyotp.TOTP(seed).at(tx.now) if seed else "000000"
        done = await accounts.accept_invitation(tx, deps, secret, login, password, code)
        return done[0]


async def test_an_invitation_is_for_one_person_once(deps: Deps) -> None:
    """Looking at it changes nothing, a slip leaves it as it was; a newer one replaces it."""
    await account(deps, "st-two", "Bakyt")
    async with deps.db.transaction() as tx:
        before = await accounts.invite(tx, deps, "st-admin", "st-one")
        secret = await accounts.invite(tx, deps, "st-admin", "st-one")
        with pytest.raises(NotFound):
            await accounts.open_invitation(tx, deps, before)
        shown = await accounts.open_invitation(tx, deps, secret)
        assert shown == await accounts.open_invitation(tx, deps, secret)
        assert shown.seed in shown.uri
    for login, password, field in (
        ("x", PASSWORD, "login"),
        ("Asel", "short", "password"),
        ("bakyt", PASSWORD, "login"),
        ("Asel", PASSWORD, "code"),
    ):
        with pytest.raises(Invalid, match=field):
            await accept(deps, secret, login, password, "" if field == "code" else shown.seed)
    async with deps.db.transaction() as tx:
        code = pyotp.TOTP(shown.seed).at(tx.now)
        assert (await accounts.accept_invitation(tx, deps, secret, "Asel", PASSWORD, code))[
            0
        ] == "st-one"
        for again in (
            accounts.open_invitation(tx, deps, secret),
            accounts.accept_invitation(tx, deps, secret, "Other", PASSWORD, code),
        ):
            with pytest.raises(NotFound):
                await again
        with pytest.raises(Conflict):
            await accounts.invite(tx, deps, "st-admin", "st-one")


async def test_an_invitation_ends_after_a_day(deps: Deps) -> None:
    """It is in no list then, and opens nothing."""
    async with deps.db.transaction() as tx:
        secret = await accounts.invite(tx, deps, "st-admin", "st-one")
        assert [line.state for line in await accounts.list_accounts(tx)] == [AccountState.INVITED]
        await tx.execute("UPDATE invitations SET expires_at = $1", tx.now)
        assert await accounts.list_accounts(tx) == []
        with pytest.raises(NotFound):
            await accounts.open_invitation(tx, deps, secret)


async def test_a_reset_takes_two_people_and_ends_all_that_was(deps: Deps) -> None:
    """Not the same one twice, nor the owner; then sessions and account are gone, and only then."""
    one = await account(deps)
    for staff_id in ("st-admin", "st-other"):
        await account(deps, staff_id, staff_id, vouched=True)
    async with deps.db.transaction() as tx:
        _, cookie = await sessions.start(tx, deps, member(), SessionKind.DESK, "ky")
        with pytest.raises(Conflict):
            await accounts.reset(tx, deps, "st-one", "st-one")
        for _ in range(2):
            assert await accounts.reset(tx, deps, "st-admin", "st-one") is None
        [line] = [each for each in await accounts.list_accounts(tx) if each.staff_id == "st-one"]
        assert (line.state, line.asked_by) == (AccountState.RESET_ASKED, "st-admin")
        assert await sessions.resume(tx, cookie) is not None
    assert await one.sign_in() == "st-one"
    async with deps.db.transaction() as tx:
        secret = await accounts.reset(tx, deps, "st-other", "st-one")
        assert secret is not None
        assert (await accounts.open_invitation(tx, deps, secret)).seed != one.seed
        assert await sessions.resume(tx, cookie) is None
    with pytest.raises(SignInRefused):
        await accounts.sign_in(deps, "Asel", PASSWORD, one.recovery[0], HERE)


async def test_a_second_self_cannot_confirm_a_reset_nor_ask_for_one(deps: Deps) -> None:
    """Whom one administrator has invited alone; who came of a reset by two can."""
    await account(deps)
    await account(deps, "st-admin", "one", vouched=True)
    await account(deps, "st-self", "two")
    async with deps.db.transaction() as tx:
        assert await accounts.reset(tx, deps, "st-admin", "st-one") is None
        for whose in ("st-one", "st-admin"):
            with pytest.raises(Conflict):
                await accounts.reset(tx, deps, "st-self", whose)


async def test_the_first_invitation_is_made_while_there_is_no_account(deps: Deps) -> None:
    """Again if it was lost, and never once somebody has accepted."""
    async with deps.db.transaction() as tx:
        for _ in range(2):
            await accounts.invite_first(tx, deps, "st-one")
        await tx.execute("DELETE FROM invitations")
    await account(deps)
    async with deps.db.transaction() as tx:
        with pytest.raises(Conflict):
            await accounts.invite_first(tx, deps, "st-two")


async def test_nothing_that_is_kept_can_be_typed(deps: Deps) -> None:
    """Neither name nor password, seed nor recovery code stands in a table as it is."""
    one = await account(deps)
    await one.sign_in()
    typed = [
        one.login.casefold(),
        PASSWORD,
        one.seed,
        *(each.replace("-", "") for each in one.recovery),
    ]
    async with deps.db.transaction() as tx:
        tables = ("accounts", "recovery_codes", "guesses", "places")
        kept = [
            repr(tuple(row)) for table in tables for row in await tx.fetch(f"SELECT * FROM {table}")
        ]
    assert len(kept) == 13
    assert not [each for each in typed if any(each in row for row in kept)]


async def tirek(stack: Stack, *arguments: str) -> Result:
    """``tirek account``, as whoever has the server types it."""
    there = (
        "--secrets",
        str(stack.state / "secrets"),
        "--postgres",
        f"{HOST}:{stack.port('postgres')}",
    )
    return await asyncio.to_thread(CliRunner().invoke, app, ["account", *arguments, *there])


async def test_the_server_makes_the_first_invitation_and_can_end_and_reset(
    deps: Deps, stack: Stack
) -> None:
    """`tirek account`: a link that a browser opens, to the form of the account it is for."""

    async def opens(link: Result) -> None:
        address = urlsplit(link.output.strip())
        assert address.netloc == "desk.example"
        async with deps.db.transaction() as tx:
            secret = address.path.rpartition("/")[2]
            enrolment = await accounts.open_invitation(tx, deps, secret)
        assert enrolment.staff_id == "st-one"
        async with pages(stack) as http:
            somebody = Visitor(http)
            await somebody.go(address.path)
            page = await somebody.press("Go on")
            assert (somebody.at, somebody.answer.status_code) == ("/invitation", 200)
            assert enrolment.seed in page.text

    await opens(await tirek(stack, "first", "st-one", "--origin", "https://desk.example"))
    assert "invited" in (await tirek(stack, "list")).output
    await account(deps)
    refused = await tirek(stack, "first", "st-two")
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    async with deps.db.transaction() as tx:
        await sessions.start(tx, deps, member(), SessionKind.DESK, "ky")
    assert "st-one: 1 sessions ended" in (await tirek(stack, "sessions", "end", "st-one")).output
    await opens(await tirek(stack, "reset", "st-one", "--origin", "https://desk.example"))
    assert (await tirek(stack, "reset", "st-two")).output == "there is no such account\n"


async def test_after_a_restore_nothing_that_had_ended_opens_again(deps: Deps, stack: Stack) -> None:
    """One verb ends every session, telephone, code and invitation; accounts stand."""
    await account(deps)
    async with deps.db.transaction() as tx:
        _, cookie = await sessions.start(tx, deps, member(), SessionKind.DESK, "ky")
        code = await devices.issue_code(tx, deps, "st-admin", member())
        telephone = await devices.register(tx, deps, code, "407192")
        code = await devices.issue_code(tx, deps, "st-admin", member())
        invitation = await accounts.invite(tx, deps, "st-admin", "st-two")
    said = await tirek(stack, "sessions", "end-all")
    assert said.output == "1 sessions ended, 1 telephones revoked, no invitation is open\n"
    async with deps.db.transaction() as tx:
        assert await sessions.resume(tx, cookie) is None
        with pytest.raises(NotFound):
            await accounts.open_invitation(tx, deps, invitation)
        with pytest.raises(Invalid):
            await devices.register(tx, deps, code, "407192")
        assert [each.staff_id for each in await accounts.list_accounts(tx)] == ["st-one"]
    with pytest.raises(DeviceEnded):
        await devices.unlock(deps, telephone, "407192")
