"""Closed lists over HTTP: every code has its words, and nothing else is taken."""

import asyncio
from collections.abc import AsyncIterator, Iterable

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from deploy.local.stack import Stack
from services.referral.vocabularies import LISTS
from shared.events import words
from shared.events.words import OfferStatus, Role
from shared.security.tokens import Caller
from tests.support.referral_doors import HOLDER, LATER, Doors, doors
from tests.support.tokens import bearer, token

REPORTER = Caller("st-reporter", "asylzat-naryn", frozenset({Role.REPORTER}))


@pytest_asyncio.fixture
async def at(stack: Stack) -> AsyncIterator[Doors]:
    """Referral's own process."""
    await stack.ensure("referral.serve")
    async with doors(stack) as at:
        yield at


@pytest.mark.parametrize(
    ("of", "codes"),
    [
        ("reject_reasons", words.RejectReason),
        ("fail_reasons", words.FailReason),
        ("cancel_reasons", words.CancelReason),
        ("hold_reasons", words.HoldReason),
        ("handover_reasons", words.HandoverReason),
        ("void_reasons", words.VoidReason),
        ("close_reasons", words.CloseReason),
        ("outcomes", words.Outcome),
    ],
)
def test_a_list_has_every_code_that_is_taken(of: str, codes: Iterable[str]) -> None:
    """Whoever adds a code adds its words."""
    assert set(LISTS[of]) == set(codes)


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
async def test_everybody_reads_the_lists_in_their_language(at: Doors, language: str) -> None:
    """Also a reporter, who sees no case; what the country calls its own is named by it."""
    kg = at.house.deps.jurisdiction
    headers = bearer(at.stack, REPORTER) | {"Accept-Language": language}
    said = (await at.http.get("/vocabularies", headers=headers)).json()
    shown = {name: {each["code"]: each["label"] for each in codes} for name, codes in said.items()}
    assert set(LISTS) < set(shown)
    assert shown["service_types"] == {
        code: each.names[language] for code, each in kg.service_types.items()
    }
    assert set(shown["languages"]) == set(kg.profile.spoken)
    assert shown["outcomes"]["helped"] == kg.wording.say("helped", language)
    assert all(label for codes in shown.values() for label in codes.values())


async def test_a_command_lists_them(at: Doors) -> None:
    """One list or all, a code and its words a line."""
    env = {"TIREK_REFERRAL_URL": at.stack.url("referral")}
    env |= {"TIREK_TOKEN": token(at.stack, REPORTER)}
    shown = await asyncio.to_thread(CliRunner().invoke, app, ("words", "outcomes"), env=env)
    assert (shown.exit_code, "referred-on" in shown.output) == (0, True), shown.output
    wrong = await asyncio.to_thread(CliRunner().invoke, app, ("words", "jokes"), env=env)
    assert (wrong.exit_code, "outcomes" in wrong.output) == (1, True), wrong.output


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("hold", {"reason": "her husband is at home", "review_at": LATER}),
        ("hold", {"reason": "husband-at-home", "review_at": LATER}),
        ("handover", {"to": HOLDER, "reason": "tired"}),
        ("void", {"reason": "whatever"}),
        ("complete", {"outcome": "went-home"}),
    ],
)
async def test_a_word_of_ones_own_is_no_reason(at: Doors, verb: str, body: dict[str, str]) -> None:
    """What is not on the list is refused before anything is done: it would tell a story."""
    request = await at.case(OfferStatus.ACCEPTED)
    holder = Caller(HOLDER, request.offers[0].organisation, frozenset({Role.WORKER}))
    status, _ = await at.ask(holder, "POST", f"/offers/{request.offers[0].id}/{verb}", body)
    assert status == 422
    assert (await at.house.again(request)).offers == request.offers
