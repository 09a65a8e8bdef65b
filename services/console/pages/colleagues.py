"""Colleagues: who serves in an organisation, as far as whoever looks may see them."""

from typing import Any

from services.console.frame.desk import Desk


async def of(desk: Desk, organisation: str) -> list[dict[str, Any]]:
    """All of them, by name; raises as `Desk.get` does."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await desk.get("notify", "/people", organisation=organisation, cursor=cursor)
        found += page["people"]
        cursor = page.get("next")
        if cursor is None:
            return sorted(found, key=lambda each: (each["name"], each["staff_id"]))
