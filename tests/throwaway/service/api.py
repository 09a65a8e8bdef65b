"""Throwaway over HTTP: one page."""

from typing import Annotated

from fastapi import APIRouter

from shared.db import Tx
from shared.events.words import Role
from shared.http.web import transaction

router = APIRouter()


@router.get("/thrown")
async def thrown(tx: Annotated[Tx, transaction(Role.WORKER)]) -> list[str]:
    """What was thrown so far."""
    return [row["what"] for row in await tx.fetch("SELECT what FROM thrown ORDER BY what")]
