"""The coordinators' board: what needs a person now, why, since when, and whom they could ask."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest_asyncio
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from services.referral.model.service_request import ServiceRequest
from shared.events.words import (
    FailReason,
    Fulfilment,
    OfferStatus,
    ServiceRequestStatus,
    Urgency,
)
from tests.stack import scratch
from tests.support.referral import MINUTE, NOON
from tests.support.referral_lists import COORDINATOR, WORKER, Lists, asked, exhausted, lists
from tests.support.tokens import token

HIDDEN: dict[str, Any] = {"excluded_organisations": ("ministry",)}
ELSEWHERE = {"territory": "41706211000000"}


@pytest_asyncio.fixture(scope="module")
async def here() -> AsyncIterator[Lists]:
    """A referral of our own, empty."""
    async with scratch("referral.serve") as stack, lists(stack) as opened:
        yield opened


def changed(request: ServiceRequest, **offer: Any) -> ServiceRequest:
    """The same with its offer otherwise."""
    return replace(request, offers=(replace(request.offers[0], **offer),))


def waiting(**more: Any) -> dict[str, ServiceRequest]:
    """A case for each reason, by its code."""
    draft: dict[str, Any] = {
        "status": ServiceRequestStatus.DRAFT,
        "fulfilment": Fulfilment.UNMATCHED,
        "offers": (),
    }
    held = asked(Urgency.HIGH, said=OfferStatus.ACCEPTED, due=NOON, **more)
    return {
        "not-permitted": asked(Urgency.IMMEDIATE, **draft, **more),
        "no-consent": asked(Urgency.STANDARD, **draft, **more),
        "exhausted": exhausted(Urgency.HIGH, 5 * MINUTE, **more),
        "nobody-told": asked(Urgency.HIGH, **more),
        "no-answer": changed(asked(Urgency.HIGH, coordinator_told=True, **more), told=True),
        "no-contact": changed(
            asked(Urgency.HIGH, **more),
            status=OfferStatus.FAILED,
            reason=FailReason.NO_CONTACT,
            accepted_at=NOON,
            ended_at=NOON + MINUTE,
        ),
        "not-taken-over": changed(held, handed_at=NOON, person="st-new"),
        "review-overdue": changed(
            asked(Urgency.STANDARD, said=OfferStatus.ON_HOLD, due=NOON, **more), overdue=True
        ),
    }


async def test_the_board_has_what_needs_a_person_and_nothing_else(here: Lists) -> None:
    """By risk; in the own territory; nothing that excludes the caller; page by page the same."""
    needed = waiting()
    calm = changed(asked(Urgency.IMMEDIATE), told=True)
    ended = exhausted(Urgency.IMMEDIATE, status=ServiceRequestStatus.REVOKED)
    await here.put([*needed.values(), calm, ended])
    await here.put([*waiting(**HIDDEN).values(), *waiting(**ELSEWHERE).values()])
    whole = (await here.ask(COORDINATOR, "/board")).json()["needed"]
    found = {each["service_request"]["public_id"]: each for each in whole}
    assert {request.public_id for request in needed.values()} == found.keys()
    for why, request in needed.items():
        (reason,) = found[request.public_id]["attention"]
        assert (reason["why"], bool(reason["since"])) == (why, True)
        assert found[request.public_id]["service_request"]["can_do"]
    ranks = [Urgency(each["service_request"]["urgency"]).rank for each in whole]
    assert ranks == sorted(ranks)
    pages = await here.pages(COORDINATOR, "/board", limit=3)
    assert list(chain(*pages)) == whole
    assert (await here.ask(WORKER, "/board")).status_code == 403


async def test_a_coordinator_sees_whom_they_could_ask_and_why_others_not(here: Lists) -> None:
    """In words of their language; nobody else sees it, nor a coordinator of another place."""
    request = await here.house.reported("shelter", "crisis-centre", children=())
    path = f"/service-requests/{request.id}/candidates"
    services = (await here.ask(COORDINATOR, path)).json()["services"]
    of_type = {each.id for each in here.house.deps.directory.of_type("shelter")}
    assert {each["service"] for each in services} == of_type
    full = next(each for each in services if each["service"] == "ene-uyu-bishkek-shelter")
    assert not full["can_ask"]
    (first, *_) = services
    assert (first["can_ask"] or first["asked"], first["reason"]) == (True, None)
    assert all(each["reason_words"] for each in services if each["reason"])
    assert (await here.ask(WORKER, path)).status_code == 404
    elsewhere = replace(COORDINATOR, territories=("41706",))
    assert (await here.ask(elsewhere, path)).status_code == 404


async def test_a_command_shows_the_board(here: Lists) -> None:
    """With why, and what can be done by which verb."""
    (case,) = await here.put([waiting()["exhausted"]])
    env = {
        "TIREK_REFERRAL_URL": here.stack.url("referral"),
        "TIREK_TOKEN": token(here.stack, COORDINATOR),
        "TIREK_LANG": "en",
    }
    shown = await asyncio.to_thread(CliRunner().invoke, app, ("board",), env=env)
    assert shown.exit_code == 0, shown.output
    assert case.public_id in shown.output
    assert f"tirek case ask {case.public_id}" in shown.output
