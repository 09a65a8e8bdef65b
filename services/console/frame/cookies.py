"""Cookies: for this host alone, over TLS alone, out of reach of scripts."""

from datetime import timedelta

from fastapi import Response

COOKIE, BEFORE, DEVICE = "__Host-desk", "__Host-form", "__Host-device"
"""The session's secret; before there is one, what proves a form; and a registered telephone's."""


def give(answer: Response, name: str, value: str, kept: timedelta | None = None) -> None:
    """Until the browser is closed, or for as long as it is ``kept``."""
    age = int(kept.total_seconds()) if kept else None
    answer.set_cookie(
        name, value, path="/", secure=True, httponly=True, samesite="lax", max_age=age
    )


def take(answer: Response, name: str) -> None:
    """Forgets it."""
    answer.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
