"""Pages: a folder each, with its routes, its templates and its texts (``ky.po``, ``ru.po``)."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.console.pages.case.page import router as case
from services.console.pages.queue.page import router as queue
from services.console.pages.report.page import router as report
from services.console.pages.reports.page import router as reports

ROUTERS: Sequence[APIRouter] = (queue, case, report, reports)
"""Every page. A new one is a folder, a row here, and a row in `frame.places` if people go there."""
