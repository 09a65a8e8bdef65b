"""Answers that are no JSON: tables as files, whole or streamed."""

from collections.abc import AsyncIterable, Iterable, Iterator
from itertools import islice
from typing import Any

from fastapi import Response
from fastapi.responses import StreamingResponse

TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}}
}
"""For the description of a route that answers a `Table`."""
ROWS = "Tirek-Rows"
"""The header that says how many rows a table has, below its head."""
AT_ONCE = 500
"""Lines of a streamed table that are sent together."""


class Table(Response):
    """A table for spreadsheets and programs."""

    media_type = "text/csv"


def table(text: str, name: str) -> Table:
    """The table as a file of this name."""
    return Table(text, headers=_named(name))


def streamed(lines: Iterable[str], name: str) -> StreamingResponse:
    """The same, line by line: however many there are, few are held as text."""
    return StreamingResponse(_together(lines), media_type=Table.media_type, headers=_named(name))


def piecemeal(blocks: AsyncIterable[str], name: str, rows: int) -> StreamingResponse:
    """A table that is made while it is sent, block by block; ``rows``: how many there are, which is
    said before. What breaks in the middle breaks the transfer: no reader takes a part for all."""
    headers = _named(name) | {ROWS: str(rows)}
    return StreamingResponse(blocks, media_type=Table.media_type, headers=headers)


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="tirek-{name}.csv"'}


def _together(lines: Iterable[str]) -> Iterator[str]:
    left = iter(lines)
    while some := "".join(islice(left, AT_ONCE)):
        yield some
