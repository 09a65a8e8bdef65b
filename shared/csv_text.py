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
    excel = variant is Variant.EXCEL
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if excel else ",", lineterminator="\r\n")
    point = "," if excel else "."
    writer.writerow(head)
    yield (BOM if excel else "") + out.getvalue()
    for row in rows:
        out.seek(0)
        out.truncate()
        writer.writerow([_cell(each, point) for each in row])
        yield out.getvalue()


def _cell(cell: Cell, point: str) -> str:
    if isinstance(cell, str):
        return _harmless(cell)
    return "" if cell is None else str(cell).replace(".", point)


def _harmless(text: str) -> str:
    first = text.lstrip(" \u00a0\u200b\ufeff")[:1]
    return f"'{text}" if text[:1] in FORMULA or first in FORMULA else text
