"""Nearest: the page to which an address belongs, which can be opened by itself."""

from collections.abc import Iterable, Iterator, Sequence

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute


def routes(pages: Iterable[APIRouter]) -> Iterator[APIRoute]:
    """Every route of pages, also of routers that a page's own one includes."""
    for page in pages:
        for route in page.routes:
            if isinstance(route, APIRoute):
                yield route
            else:
                yield from routes([getattr(route, "original_router")])  # noqa: B009 - FastAPI's own


def openable(pages: Iterable[APIRouter]) -> Sequence[APIRoute]:
    """The routes that open a page."""
    return [route for route in routes(pages) if "GET" in (route.methods or ())]


def nearest(request: Request) -> str:
    """The longest beginning of the request's path that opens a page; ``/`` where none does.

    An act is not the form that another route would show there: ``/cases/x/details`` belongs to
    ``/cases/x``, and not to ``/cases/x/{form}``.
    """
    own = getattr(request.scope.get("route"), "path", None)
    whole = path = request.url.path
    while path:
        for route in request.app.state.openable:
            if route.path_regex.match(path) and (path != whole or own in (None, route.path)):
                return path
        path = path.rpartition("/")[0]
    return "/"
