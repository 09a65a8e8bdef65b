"""Tables as text: whole for programs, opened at once by a spreadsheet, and harmless in one."""

import csv
import io
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shared.csv_text import BOM, FORMULA, Variant, csv_text

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
CELLS = TEXTS | st.sampled_from(["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1"]) | st.integers(0)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5)


def read(text: str, variant: Variant) -> list[list[str]]:
    """As a spreadsheet reads it."""
    excel = variant is Variant.EXCEL
    assert text.startswith(BOM) is excel
    lines = io.StringIO(text.removeprefix(BOM) if excel else text, newline="")
    return list(csv.reader(lines, delimiter=";" if excel else ",", strict=True))


@given(ROWS, st.sampled_from(Variant))
def test_every_cell_comes_back_and_none_is_a_formula(
    rows: list[list[str | int]], variant: Variant
) -> None:
    """An apostrophe stands before what would be one; nothing else is changed."""
    found = read(csv_text(["a", "b"], rows, variant), variant)
    assert found[0] == ["a", "b"]
    for sent, got in zip(rows, found[1:], strict=True):
        assert [each.removeprefix("'") for each in got] == [
            str(each).removeprefix("'") for each in sent
        ]
        assert not any(each.lstrip(" ")[:1] in FORMULA for each in got if each)


def test_nothing_is_an_empty_cell() -> None:
    """Lines end as RFC 4180 has it."""
    assert csv_text(["a", "b"], [[None, 3]], Variant.PLAIN) == "a,b\r\n,3\r\n"


def test_a_number_below_nought_is_no_formula() -> None:
    """It stays a number, with the comma that a spreadsheet of this country reads."""
    cells: list[list[Decimal | int]] = [[Decimal("-13.9"), -2]]
    assert csv_text(["a", "b"], cells, Variant.EXCEL) == f"{BOM}a;b\r\n-13,9;-2\r\n"
    assert csv_text(["a", "b"], cells, Variant.PLAIN) == "a,b\r\n-13.9,-2\r\n"
