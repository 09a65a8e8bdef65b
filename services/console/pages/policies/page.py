"""Routes of the policies: the timers and the ladder that a request opened now would keep."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.moments import span
from shared.events.words import Role
from shared.times import duration

router = APIRouter()
Answering = Annotated[Desk, Depends(somebody(Role.ADMINISTRATOR, Role.COORDINATOR))]


@router.get("/policies")
async def policies(desk: Answering) -> Response:
    """All of them: a service's rows stand together."""
    found = await desk.get("referral", "/policies")
    services: dict[str, list[Any]] = {}
    for each in found["timers"]:
        services.setdefault(each["service_name"], []).append(each)
    return desk.page(
        "policies/policies.html",
        policies=found,
        services=services,
        lasts=lambda text: span(duration(text).total_seconds()),
        words=await desk.words(),
    )
