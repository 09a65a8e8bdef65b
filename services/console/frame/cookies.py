"""Cookies: for this host alone, over TLS alone, out of reach of scripts."""

from fastapi import Response

COOKIE, BEFORE = "__Host-desk", "__Host-form"
"""The session's secret; and, before there is one, what proves a form."""


def give(answer: Response, name: str, value: str) -> None:
    """Until the browser is closed."""
    answer.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="lax")


def take(answer: Response, name: str) -> None:
    """Forgets it."""
    answer.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
