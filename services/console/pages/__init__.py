"""Pages: a folder each, with its routes, its templates and its texts (``ky.po``, ``ru.po``)."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from services.console.pages.account.page import router as account
from services.console.pages.board.page import router as board
from services.console.pages.case.page import router as case
from services.console.pages.committee import FILES as COMMITTEE_FILES
from services.console.pages.committee import ROUTERS as COMMITTEE
from services.console.pages.desk.page import router as desk
from services.console.pages.device.page import router as device
from services.console.pages.directory.page import router as directory
from services.console.pages.duty.page import router as duty
from services.console.pages.figures.monthly import router as monthly
from services.console.pages.figures.page import router as figures
from services.console.pages.find.page import router as find
from services.console.pages.invitation.page import router as invitation
from services.console.pages.people.account import router as access
from services.console.pages.people.page import router as people
from services.console.pages.places.page import router as places
from services.console.pages.policies.page import router as policies
from services.console.pages.queue.page import router as queue
from services.console.pages.report.page import router as report
from services.console.pages.reports.page import router as reports
from services.console.pages.rosters.calendar import router as calendar
from services.console.pages.rosters.edit import router as roster
from services.console.pages.rosters.page import router as rosters
from services.console.pages.running.page import router as running
from services.console.pages.signin.page import router as signin
from services.console.pages.views.page import router as views

ROUTERS: Sequence[APIRouter] = (
    signin,
    invitation,
    account,
    device,
    duty,
    desk,
    queue,
    case,
    places,
    find,
    report,
    reports,
    board,
    figures,
    monthly,
    views,
    calendar,
    roster,
    rosters,
    people,
    access,
    directory,
    policies,
    running,
    *COMMITTEE,
)
"""Every page. A new one is a folder, a row here, and a row in `frame.places` if people go there."""
FILES: Mapping[str, int] = COMMITTEE_FILES
"""How many bytes a form may have, by the address of one that carries a file."""
