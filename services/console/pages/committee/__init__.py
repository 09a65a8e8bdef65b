"""Committee: the registers, the sittings and the report of a local committee.

A package for each register, with its routes, templates and texts; what they share stands here.
"""

from collections.abc import Sequence

from fastapi import APIRouter

from services.console.pages.committee.actions.page import router as actions
from services.console.pages.committee.activities.page import router as activities
from services.console.pages.committee.aid.page import router as aid
from services.console.pages.committee.appeals.page import router as appeals
from services.console.pages.committee.coverage.page import router as coverage
from services.console.pages.committee.figures.page import router as figures
from services.console.pages.committee.handbook.page import FILES as FILES
from services.console.pages.committee.handbook.page import router as handbook
from services.console.pages.committee.home.page import router as home
from services.console.pages.committee.members.page import router as members
from services.console.pages.committee.plan.joint import router as joint
from services.console.pages.committee.plan.page import router as plan
from services.console.pages.committee.registry.page import router as registry
from services.console.pages.committee.sittings import router as sittings

ROUTERS: Sequence[APIRouter] = (
    home,
    members,
    registry,
    coverage,
    plan,
    joint,
    appeals,
    sittings,
    actions,
    activities,
    aid,
    figures,
    handbook,
)
"""Of each package. A new one is a folder, a row here, and a row in `rooms`."""
