"""Plants a bug in a rule: some words of one function are replaced, in this process, for a while."""

import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Mutant:
    """``rule`` with ``old`` replaced by ``new``; ``sentence`` says what is wrong then."""

    name: str
    sentence: str
    rule: Callable[..., Any]
    old: str
    new: str


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """In the block the rule is the broken one, for everyone who calls it by whatever name."""
    rule = cast("FunctionType", mutant.rule)
    whole = rule.__code__
    rule.__code__ = _broken(rule, mutant)
    try:
        yield
    finally:
        rule.__code__ = whole


def _broken(rule: FunctionType, mutant: Mutant) -> CodeType:
    """Raises `LookupError` when the rule does not hold the words exactly once: it was changed, and
    so must the mutant be.
    """
    lines, _ = inspect.getsourcelines(rule)
    first = next(
        at for at, line in enumerate(lines) if line.lstrip().startswith(("def ", "async def "))
    )
    source = textwrap.dedent("".join(lines[first:]))
    if source.count(mutant.old) != 1:
        raise LookupError(f"{mutant.name}: {rule.__qualname__} does not say once: {mutant.old}")
    made: dict[str, FunctionType] = {}
    code = compile(source.replace(mutant.old, mutant.new), rule.__code__.co_filename, "exec")
    exec(code, rule.__globals__, made)  # noqa: S102 - our own source, with a bug in it
    return made[rule.__name__].__code__


def of_property(where: object) -> Callable[..., Any]:
    """The function behind a property of a class."""
    if not isinstance(where, property) or where.fget is None:
        raise TypeError("a property that is read, please")
    return where.fget
