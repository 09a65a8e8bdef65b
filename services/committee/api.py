"""HTTP of the committee service: the routes of each of its registers."""

from fastapi import APIRouter

from services.committee import api_appeals, api_plan, api_registry

router = APIRouter()
router.include_router(api_registry.router)
router.include_router(api_appeals.router)
router.include_router(api_plan.router)
