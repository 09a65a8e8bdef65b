"""CSV: a table as text, as RFC 4180 has it, or as a spreadsheet of this country opens it at once.

A spreadsheet takes a cell that begins with one of some signs for a formula, and runs it. No text
here may: it gets an apostrophe before it (OWASP, CSV injection). A number is a number.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum

BOM = "\ufeff"
"""By which a spreadsheet knows UTF-8."""
FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
Cell = str | int | Decimal | None


class Variant(StrEnum):
    """``plain``: commas, for programs. ``excel``: its mark and semicolons, which decimal commas
    ask for."""

    PLAIN = "plain"
    EXCEL = "excel"


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Cell]], variant: Variant) -> str:
    """The whole file: a head and rows, lines ended by CR LF."""
    return "".join(csv_lines(head, rows, variant))


def csv_lines(
    head: Sequence[str], rows: Iterable[Sequence[Cell]], variant: Variant
) -> Iterator[str]:
    """The same, line by line."""
    yield csv_head(head, variant)
    yield from csv_rows(rows, variant)


def csv_head(head: Sequence[str], variant: Variant) -> str:
    """The first line, with what stands before it."""
    return (BOM if variant is Variant.EXCEL else "") + next(_lines([head], variant))


def csv_rows(rows: Iterable[Sequence[Cell]], variant: Variant) -> Iterator[str]:
    """The lines under the head."""
    point = "," if variant is Variant.EXCEL else "."
    return _lines(([_cell(each, point) for each in row] for row in rows), variant)


def _lines(rows: Iterable[Sequence[str]], variant: Variant) -> Iterator[str]:
    out = io.StringIO()
    delimiter = ";" if variant is Variant.EXCEL else ","
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        out.seek(0)
        out.truncate()
        writer.writerow(row)
        yield out.getvalue()


def _cell(cell: Cell, point: str) -> str:
    if isinstance(cell, str):
        return _harmless(cell)
    return "" if cell is None else str(cell).replace(".", point)


def _harmless(text: str) -> str:
    first = text.lstrip(" \u00a0\u200b\ufeff")[:1]
    return f"'{text}" if text[:1] in FORMULA or first in FORMULA else text
