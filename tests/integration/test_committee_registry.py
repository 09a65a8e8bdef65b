"""The registry: who approves a committee, who enters whom into it, and who sees what of that."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest_asyncio

from deploy.local.stack import Stack
from tests.support.committee_api import SECRETARY, Api, committee_api


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """Two committees in which nobody sits yet."""
    async with committee_api(stack) as one:
        yield one


def home(api: Api, organisation: str = SECRETARY.organisation) -> str:
    """The address of a committee."""
    return f"/committees/{api.committees[organisation]}"


def joining(staff_id: str, **fields: Any) -> dict[str, Any]:
    """The body of POST /members: an elder, since January."""
    return {
        "staff_id": staff_id,
        "body": "aksakal-court",
        "sector": "community-aksakal-court",
        "order_no": "14-б",
        "order_on": "2026-01-12",
        "member_from": "2026-01-12",
    } | fields


def refused(answer: httpx.Response) -> list[str]:
    """Which fields were refused."""
    assert answer.status_code == 422, answer.text
    return [each["field"] for each in answer.json()["errors"]]


async def test_a_body_is_one_of_the_country_s_list(api: Api) -> None:
    """So that lists, minutes and reports have one name for each, in each language."""
    assert all(
        set(names) == {"ky", "ru", "en"} for names in api.deps.jurisdiction.profile.bodies.values()
    )
    wrong, sitting = "elders", f"/sittings/{uuid4()}"
    starts = {"kind": "emergency", "starts": f"{await api.today()}T14:00:00+06:00"}
    await api.ask(SECRETARY, "PUT", home(api) + sitting, starts)
    row = {"year": (await api.today()).year, "quarter": 1, "work": "training"}
    row |= {"prepares": "police", "reports": "police", "money": "none"}
    for method, path, body, field in (
        ("POST", f"{home(api)}/members", joining(SECRETARY.staff_id, body=wrong), "body"),
        ("PUT", f"{sitting}/invited", {"bodies": ["police", wrong]}, "bodies[1]"),
        ("PUT", f"/plan-items/{uuid4()}", row | {"reports": wrong}, "reports"),
    ):
        assert refused(await api.call(SECRETARY, method, path, body)) == [field]
