"""What cannot be is refused by name, as problem+json, and nothing of it is stored."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from shared.clock import wall
from shared.security.tokens import Caller, Signer
from tests.support.intake import UCHKUN, Intake, consent, key_file, report, running, staff

PROBLEM = "application/problem+json"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).isoformat()


@pytest_asyncio.fixture(scope="module")
async def intake(stack: Stack) -> AsyncIterator[Intake]:
    """One intake for the module."""
    async with running(stack) as one:
        yield one


def survivor(**fields: Any) -> dict[str, Any]:
    """A report about this survivor."""
    return {"survivor": {"language": "ky"} | fields}


def consenting(**fields: Any) -> dict[str, Any]:
    """A report with this consent."""
    return {"consents": [consent(**fields)]}


def safe(**fields: Any) -> dict[str, Any]:
    """A report with this safe contact."""
    contact = {"channel": "sms", "phone": "+996000500101", "days": ["mo"], "from": "10:00"}
    rest = {"to": "12:00", "leave_message": False, "language": "ky"}
    return {"safe_contact": contact | rest | fields}


BAD: dict[str, tuple[Mapping[str, Any], str]] = {
    "text for true": ({"immediate_danger": "true"}, "immediate_danger"),
    "a workplace in words": (
        {"accused": [{"organisation": "Базар 1"}]},
        "accused[0].organisation",
    ),
    "an unknown territory": ({"territory": "41799000000000"}, "territory"),
    "another country": ({"territory": "64300000000000"}, "territory"),
    "half a territory": ({"territory": UCHKUN[:8]}, "territory"),
    "an unknown need": ({"needs": ["shelter", "magic"]}, "needs[1]"),
    "a need twice": ({"needs": ["crisis-counselling", "crisis-counselling"]}, "needs[1]"),
    "no need": ({"needs": [], "consents": []}, "needs"),
    "an unknown sign": ({"danger_signs": ["weapon", "horoscope"]}, "danger_signs[1]"),
    "tomorrow's rape": ({"sexual_violence_at": TOMORROW}, "sexual_violence_at"),
    "a rape without zone": (
        {"sexual_violence_at": "2026-11-01T10:00:00"},
        "sexual_violence_at",
    ),
    "a rape at a number": ({"sexual_violence_at": 1763000000}, "sexual_violence_at"),
    "a rape of long ago": (
        {"sexual_violence_at": "0001-01-01T00:00:00+14:00"},
        "sexual_violence_at",
    ),
    "an unknown field": ({"danger": True}, "danger"),
    "an unknown field within": (survivor(nickname="x"), "survivor.nickname"),
    "NUL": ({"text": "a\u0000b"}, "text"),
    "an unknown exclusion": ({"exclusions": [{"kind": "cat", "value": "x"}]}, "exclusions[0].kind"),
    "a place that is none": (
        {"exclusions": [{"kind": "place", "value": "41799"}]},
        "exclusions[0].value",
    ),
    "a consent for no need": (consenting(need="shelter"), "consents[0].need"),
    "a recipient of no kind": (consenting(recipient_kind="circus"), "consents[0].recipient_kind"),
    "a recipient who cannot": (consenting(recipient_kind="police"), "consents[0].recipient_kind"),
    "a consent to nothing": (consenting(scope=[]), "consents[0].scope"),
    "a consent to secrets": (consenting(scope=["diary"]), "consents[0].scope[0]"),
    "a consent that has ended": (consenting(until=YESTERDAY), "consents[0].until"),
    "a consent without end": (consenting(until=None), "consents[0].until"),
    "a ground and an end": (
        consenting(ground="vital-interest", named_person="st-1"),
        "consents[0].until",
    ),
    "a ground nobody answers for": (
        consenting(until=None, ground="vital-interest", given_by={"who": "officer"}),
        "consents[0].named_person",
    ),
    "a ground of no law": (
        consenting(until=None, ground="mood", named_person="st-1", given_by={"who": "officer"}),
        "consents[0].ground",
    ),
    "an officer's consent": (consenting(given_by={"who": "officer"}), "consents[0].given_by.who"),
    "a representative of what": (
        consenting(given_by={"who": "representative"}),
        "consents[0].given_by.basis",
    ),
    "her story for his programme": (
        {
            "needs": ["corrective-programme"],
            "consents": [consent("corrective-programme", recipient_kind="crisis-centre")],
        },
        "consents[0].scope",
    ),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_cannot_be_is_refused_by_name(intake: Intake, name: str) -> None:
    """422 naming the field, and what was sent is not repeated."""
    changed, field = BAD[name]
    caller = staff()
    answer = await intake.send(caller, report(**changed))
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert await intake.count("incidents", "entered_by = $1", caller.staff_id) == 0
    assert await intake.count("requests", "caller = $1", caller.staff_id) == 0


SIDE: dict[str, tuple[Mapping[str, Any], str]] = {
    "a phone too short": (survivor(phone="+996 000 12"), "survivor.phone"),
    "an accused's phone": ({"accused": [{}, {"phone": "102"}]}, "accused[1].phone"),
    "two numbers in one": (
        {"reporter": {"kind": "other", "phone": "0000 500101, эжеси 0000 500102, кечинде"}},
        "reporter.phone",
    ),
    "the accused as a safe contact": (
        safe() | {"accused": [{"phone": "0 000 500 101"}]},
        "safe_contact.phone",
    ),
    "tomorrow's violence": ({"occurred_at": TOMORROW}, "occurred_at"),
}


@pytest.mark.parametrize("name", SIDE)
async def test_a_side_field_costs_no_report(intake: Intake, name: str) -> None:
    """It is taken without it, and whoever sent it reads so: the same when it is sent again."""
    changed, path = SIDE[name]
    caller, key, body = staff(), str(uuid4()), report(**changed)
    taken = await intake.send(caller, body, key)
    assert taken.status_code == 201, taken.text
    assert [each["field"] for each in taken.json()["notices"]] == [path]
    assert (await intake.send(caller, body, key)).content == taken.content
    assert await intake.count("incidents", "entered_by = $1", caller.staff_id) == 1


async def test_the_answer_says_how_numbers_were_read(intake: Intake) -> None:
    """As a contact list pastes them; they are kept in no answer that lies in the database."""
    pasted = "\u202a+996\u00a0000\u00a0500\u2011777\u202c"
    caller, key = staff(), str(uuid4())
    body = report(**survivor(phone=pasted), accused=[{"phone": "0000 500 778\u200b"}])
    for _ in range(2):
        taken = (await intake.send(caller, body, key)).json()
        assert taken["read"] == [
            {"field": "survivor.phone", "value": "+996000500777"},
            {"field": "accused[0].phone", "value": "+996000500778"},
        ]
        assert taken["notices"] == []
    assert await intake.count("requests", "answer LIKE '%500777%'") == 0


RAW: dict[str, tuple[bytes, str, int]] = {
    "broken JSON": (b'{"needs": [', "application/json", 400),
    "NaN": (b'{"age": NaN}', "application/json", 400),
    "no UTF-8": (b'{"text": "\xff"}', "application/json", 400),
    "a lone surrogate": (b'{"text": "\\ud800"}', "application/json", 422),
    "a field twice": (b'{"text": "a", "text": "b"}', "application/json", 422),
    "a list": (b"[]", "application/json", 422),
    "nothing": (b"", "application/json", 422),
    "a form": (b"needs=shelter", "application/x-www-form-urlencoded", 415),
    "over the limit": (b'{"text": "' + b"a" * 1024 * 1024 + b'"}', "application/json", 413),
}


@pytest.mark.parametrize("name", RAW)
async def test_what_is_no_report_at_all_is_refused(intake: Intake, name: str) -> None:
    """Bytes that are no JSON, or too many of them."""
    content, media, status = RAW[name]
    headers = {"Content-Type": media, "Idempotency-Key": str(uuid4())}
    answer = await intake.ask("POST", "/incidents", staff(), content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM


async def test_the_wrong_roles_report_nothing(intake: Intake) -> None:
    """Administrators and auditors do not; nor anybody who calls themselves the system."""
    for caller in (staff("administrator", "auditor"), staff("worker", staff_id="system")):
        assert (await intake.send(caller, report())).status_code == 403


async def test_nobody_reports_without_a_token_of_ours(intake: Intake, stack: Stack) -> None:
    """None, an expired one, one of another issuer, one that is none: 401 and nothing stored."""
    caller = staff()
    foreign = Signer.from_file(key_file(stack, "referral", "tickets.private.json"))
    tokens = [
        None,
        "rubbish",
        intake.tokens.token(caller, wall() - timedelta(minutes=6)),
        foreign.token(caller, wall()),
    ]
    for token in tokens:
        headers = {"Idempotency-Key": str(uuid4())}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        answer = await intake.client.post("/incidents", json=report(), headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == PROBLEM
    assert await intake.count("incidents", "entered_by = $1", caller.staff_id) == 0


async def test_a_problem_repeats_nothing_that_was_sent(intake: Intake) -> None:
    """It may be somebody's words, and problems end up in logs of others."""
    secret = "КАНАРЕЙКА"
    caller: Caller = staff()
    body = report(
        survivor={"language": secret, "phone": secret, "name": secret * 100},
        territory=secret,
        text=None,
    )
    answer = await intake.send(caller, body)
    assert answer.status_code == 422
    assert secret not in json.dumps(answer.json(), ensure_ascii=False)
