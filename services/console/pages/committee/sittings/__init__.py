"""Sittings: planned, held and closed; agenda, presence, conflicts, decisions, and their papers."""

from fastapi import APIRouter

from services.console.pages.committee.sittings.agenda import router as agenda
from services.console.pages.committee.sittings.conflict import router as conflict
from services.console.pages.committee.sittings.outcome import router as outcome
from services.console.pages.committee.sittings.page import router as page
from services.console.pages.committee.sittings.papers import router as papers
from services.console.pages.committee.sittings.plan import router as plan
from services.console.pages.committee.sittings.presence import router as presence

router = APIRouter()
for each in (plan, page, agenda, conflict, presence, outcome, papers):
    router.include_router(each)
