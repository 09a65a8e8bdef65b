"""Committee: the registers, the sittings and the report of a local committee.

A package for each register, with its routes, templates and texts; what they share stands here.
"""

from collections.abc import Sequence

from fastapi import APIRouter

from services.console.pages.committee.home.page import router as home

ROUTERS: Sequence[APIRouter] = (home,)
"""Of each package. A new one is a folder, a row here, and a row in `rooms`."""
