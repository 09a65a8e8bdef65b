"""HTTP of the committee service: the routes of each of its registers."""

from fastapi import APIRouter

from services.committee import (
    api_actions,
    api_activities,
    api_aid,
    api_appeals,
    api_coverage,
    api_handbook,
    api_plan,
    api_registry,
    api_report,
    api_sittings,
    api_vocabularies,
)

router = APIRouter()
router.include_router(api_registry.router)
router.include_router(api_coverage.router)
router.include_router(api_handbook.router)
router.include_router(api_appeals.router)
router.include_router(api_plan.router)
router.include_router(api_sittings.router)
router.include_router(api_actions.router)
router.include_router(api_activities.router)
router.include_router(api_aid.router)
router.include_router(api_report.router)
router.include_router(api_vocabularies.router)
