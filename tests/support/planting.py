"""Canaries in every field that a service takes, by its own OpenAPI: a new field is one more."""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

WORDS = "Канарейка Кызы"
CODE = "41798765432109"
CANARIES: tuple[Any, ...] = (WORDS, CODE, {WORDS: WORDS})
"""A name, what could be an id, a place or a number, and what is of another shape."""
TRACES = ("анарейка", "98765432109")
Path = tuple[str | int, ...]


def fields(schema: dict[str, Any], parts: dict[str, Any], path: Path = ()) -> Iterator[Path]:
    """The path of every field of a body, objects and lists themselves among them."""
    if "$ref" in schema:
        schema = parts[schema["$ref"].rpartition("/")[2]]
    for each in schema.get("anyOf", ()):
        yield from fields(each, parts, path)
    for name, inner in schema.get("properties", {}).items():
        yield (*path, name)
        yield from fields(inner, parts, (*path, name))
    if "items" in schema:
        yield (*path, 0)
        yield from fields(schema["items"], parts, (*path, 0))


def with_one(body: Any, path: Path, value: Any) -> Any:
    """The body with another value at a path, made where there is none."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        first, *others = body or [{}]
        return [with_one(first, rest, value), *others]
    whole = dict(body) if isinstance(body, dict) else {}
    return whole | {step: with_one(whole.get(step), rest, value)}


def is_canary(sent: Any) -> bool:
    """Whether there is one in it, at any depth."""
    return any(trace in str(sent) for trace in TRACES)


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is asked, by somebody who may do what can be done; ids that are there."""

    http: httpx.AsyncClient
    headers: dict[str, str]
    openapi: dict[str, Any]
    ids: dict[str, str]
    canaries: Sequence[Any] = CANARIES

    def requests(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every operation with one canary: in the body, the path, the query or a header."""
        for path, methods in self.openapi["paths"].items():
            for method, operation in methods.items():
                yield from self._requests(path, method, operation)

    def _requests(
        self, path: str, method: str, operation: dict[str, Any]
    ) -> Iterator[tuple[str, str, dict[str, Any]]]:
        parts = self.openapi["components"]["schemas"]
        schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        given: dict[str, Any] = {}
        there = self.filled(path)
        if schema:
            body = schema["schema"]
            named = next(each for each in body.get("anyOf", [body]) if "$ref" in each)
            example = parts[named["$ref"].rpartition("/")[2]]["examples"][0]
            given = {"json": example}
            for canary in self.canaries:
                yield method, there, {"json": canary}
                yield method, there, {"json": example | {WORDS: canary}}
                for at in fields(named, parts):
                    yield method, there, {"json": with_one(deepcopy(example), at, canary)}
        for parameter in operation.get("parameters", ()):
            for canary in (each for each in self.canaries if isinstance(each, str)):
                yield self._with(path, method, given, parameter, canary)
        yield method, there, given | {"params": {WORDS: WORDS}}

    def _with(
        self, path: str, method: str, given: dict[str, Any], parameter: Any, canary: str
    ) -> tuple[str, str, dict[str, Any]]:
        name = parameter["name"]
        if parameter["in"] == "path":
            return method, self.filled(path, **{name: canary}), given
        if parameter["in"] == "query":
            return method, self.filled(path), given | {"params": {name: canary}}
        return method, self.filled(path), given | {"headers": {name: canary.encode()}}

    def filled(self, path: str, **sent: str) -> str:
        """The path with what is there, and with what nobody has where nothing is."""
        named = re.findall(r"{(\w+)}", path)
        return path.format(**dict.fromkeys(named, "none") | self.ids | sent)

    def unfilled(self, path: str) -> str:
        """The path without the ids that are there."""
        return "/".join("…" if each in self.ids.values() else each for each in path.split("/"))

    async def repeats_nothing(self) -> set[tuple[str, str]]:
        """Asks all of it; which fields of which operations took a canary, ids left out."""
        refused, took = 0, set[tuple[str, str]]()
        for method, path, given in self.requests():
            headers = {"Idempotency-Key": str(uuid4())} | self.headers | given.get("headers", {})
            answer = await self.http.request(method, path, **given | {"headers": headers})
            where = f"{method} {path} {given}: {answer.text}"
            assert answer.status_code < 500, where
            if answer.status_code < 400:
                body = given.get("json") or {}
                named = f"{method} {self.unfilled(path)}"
                took |= {(named, name) for name, sent in body.items() if is_canary(sent)}
                continue
            refused += 1
            said = f"{answer.text} {answer.json()} {answer.headers}".lower()
            assert not is_canary(said), where
        assert refused > 20
        return took
