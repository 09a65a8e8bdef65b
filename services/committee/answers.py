"""Answers of the committee service that are no JSON: tables as files."""

from typing import Any

from fastapi import Response

TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}}
}
"""For the description of a route that answers a `Table`."""


class Table(Response):
    """A table for spreadsheets and programs."""

    media_type = "text/csv"


def table(text: str, name: str) -> Table:
    """The table as a file of this name."""
    disposition = f'attachment; filename="tirek-{name}.csv"'
    return Table(text, headers={"Content-Disposition": disposition})
