"""Routes of the closed lists: what codes are called. For everybody."""

from fastapi import APIRouter

from services.committee.callers import DepsOf
from services.committee.vocabularies import vocabularies
from shared.http.web import Viewing
from shared.terms import Term

router = APIRouter()


@router.get("/vocabularies")
async def list_vocabularies(deps: DepsOf, viewer: Viewing) -> dict[str, list[Term]]:
    """Every closed list with its codes and their words in the caller's language."""
    return vocabularies(deps.jurisdiction, viewer.language)
