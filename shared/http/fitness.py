"""Fitness of a JSON body: what PostgreSQL, or a person who reads it, would choke on is refused.

Every look at a body costs no more than the body is long.
"""

import json
from typing import Any

from starlette.responses import JSONResponse

from shared.http.problems import as_name, problem

DEEPEST = 32
_WRONG = "holds NUL, a lone surrogate, a name given twice, or nests too deeply"


def unfit(body: bytes) -> JSONResponse | None:
    """A problem for JSON that is broken or holds what no text may hold; none when it is fit."""
    try:
        content = json.loads(
            body.decode(), parse_constant=_no_constant, object_pairs_hook=_no_twins
        )
    except UnicodeDecodeError:
        return problem(400, "The body is not UTF-8")
    except _Twice as twice:
        return _at("A field is given twice", as_name(str(twice)))
    except RecursionError:
        return problem(400, "The body is nested too deeply")
    except ValueError:
        return problem(400, "The body is no JSON")
    where = _unfit_text(content, 0)
    return None if where is None else _at("Text that cannot be stored", _path(where))


class _Twice(ValueError):
    """A name given twice in one object."""


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _Twice(name)
            seen.add(name)
    return content


def _unfit_text(value: Any, depth: int) -> list[str | int] | None:
    """The way to the first NUL, lone surrogate or too deep nesting, innermost step first.

    It is put together on the way back alone: written down at each step, a long name would be
    copied as often as there are values under it.
    """
    if depth > DEEPEST:
        return []
    if isinstance(value, str):
        return None if _fit(value) else []
    if isinstance(value, dict):
        if not all(map(_fit, value)):
            return []
        steps: Any = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    else:
        return None
    for step, inner in steps:
        where = _unfit_text(inner, depth + 1)
        if where is not None:
            where.append(step)
            return where
    return None


def _fit(text: str) -> bool:
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate, and nothing else
        return False
    return True


def _path(steps: list[str | int]) -> str:
    """``[0, "needs"]`` → ``needs[0]``."""
    path = ""
    for step in reversed(steps):
        name = f"[{step}]" if isinstance(step, int) else as_name(step)
        path += f".{name}" if path and not isinstance(step, int) else name
    return path


def _at(title: str, where: str) -> JSONResponse:
    # a name may be the very text that cannot be said
    errors = [{"field": where[:200] or "body", "message": _WRONG}]
    return problem(422, title, errors=errors)
