"""A list in pages is the list: held against one that is simply sorted."""

import asyncio
import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.http.pages import LONGEST, Id, Moment, Page, Position, Rank, filled

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Place(Position):
    """A sort key as lists have them."""

    of: Literal["places"] = "places"
    held: bool
    rank: Rank
    due: Moment
    id: Id


class OtherPlace(Place):
    """The same key of another list."""

    of: Literal["others"] = "others"  # type: ignore[assignment]


def key(place: Place) -> tuple[bool, int, datetime, str]:
    """The order of the list."""
    return place.held, place.rank, place.due, place.id


PLACES = st.builds(
    Place,
    held=st.booleans(),
    rank=st.integers(0, 2),
    # few instants: many are equal but for the id, and some differ by a microsecond
    due=st.integers(0, 3).map(lambda n: NOON + timedelta(microseconds=n)),
    id=st.integers(0, 99).map(lambda n: f"id-{n:02}"),
)


class Rows:
    """A table that changes between two pages. Of each row: whether the asker may see it."""

    def __init__(self, rows: dict[Place, bool]) -> None:
        self.rows = rows
        self.reads = 0

    async def read(self, after: Place | None, most: int) -> list[tuple[Place, Place | None]]:
        """What a store reads."""
        self.reads += 1
        behind = sorted((row for row in self.rows if not after or key(row) > key(after)), key=key)
        return [(row, row if self.rows[row] else None) for row in behind[:most]]

    def page(self, cursor: str | None, limit: int) -> Page[Place]:
        """One request."""
        return asyncio.run(filled(self.read, Place.at(cursor), limit))


TABLES = st.dictionaries(PLACES, st.booleans(), max_size=40)
TURNS = st.lists(st.tuples(st.booleans(), PLACES, st.booleans()), max_size=30)


@given(before=TABLES, limit=st.integers(1, 9), turns=TURNS)
def test_what_was_there_all_the_time_is_shown_once_and_in_order(
    before: dict[Place, bool], limit: int, turns: list[tuple[bool, Place, bool]]
) -> None:
    """Whatever comes, goes, appears or is hidden between the pages; and nothing is shown twice."""
    table, cursor, found = Rows(dict(before)), None, list[Place]()
    stayed = {row for row, visible in before.items() if visible}
    while True:
        page = table.page(cursor, limit)
        assert page.next is None or len(page.rows) == limit
        assert all(table.rows[row] for row in page.rows)
        found += page.rows
        cursor = page.next
        if cursor is None:
            break
        assert Place.at(cursor) == page.rows[-1]
        for comes, row, visible in turns[:3]:
            table.rows.pop(row, None)
            if comes:
                table.rows[row] = visible
            stayed -= {row} if not (comes and visible) else set()
        turns = turns[3:]
    assert found == sorted(set(found), key=key)
    assert stayed <= set(found)


@given(rows=TABLES, limit=st.integers(1, 9))
def test_hidden_rows_change_no_page(rows: dict[Place, bool], limit: int) -> None:
    """Size and cursors are those of a list in which they are not."""
    shown = Rows({row: True for row, visible in rows.items() if visible})
    cursor, table = None, Rows(rows)
    while True:
        page = table.page(cursor, limit)
        assert page == shown.page(cursor, limit)
        cursor = page.next
        if cursor is None:
            break


def test_what_is_hidden_costs_no_further_statement() -> None:
    """A page of one in front of two hidden rows was read twice: who timed it knew of them."""
    table = Rows({Place(held=False, rank=0, due=NOON, id=f"id-{n}"): False for n in range(7)})
    assert asyncio.run(filled(table.read, None, 1, at_once=9)) == Page([], None)
    assert table.reads == 1


def test_a_page_is_read_at_once_where_nothing_is_hidden() -> None:
    """One statement a request, with one row more than is shown: that bounds its work."""
    table = Rows({Place(held=False, rank=0, due=NOON, id=f"id-{n}"): True for n in range(1000)})
    assert len(table.page(None, 200).rows) == 200
    assert table.reads == 1


@given(PLACES)
def test_a_cursor_comes_back_as_the_place_it_was_made_of(place: Place) -> None:
    """As text of a URL, and short enough for the door."""
    cursor = place.cursor()
    assert Place.at(cursor) == place
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert len(cursor) < LONGEST


@given(place=PLACES, where=st.integers(0, 10_000), put=st.characters())
def test_an_altered_cursor_is_none(place: Place, where: int, put: str) -> None:
    """One letter, anywhere: changed, taken out or put in."""
    cursor = place.cursor()
    where %= len(cursor)
    for wrong in (
        cursor[:where] + put + cursor[where + 1 :],
        cursor[:where] + put + cursor[where:],
        cursor[:where] + cursor[where + 1 :],
        cursor[:where],
    ):
        if wrong != cursor:
            with pytest.raises(Invalid, match=r"^cursor: is no cursor of this list$"):
                Place.at(wrong)


@given(st.text(max_size=LONGEST))
def test_no_text_is_taken_for_a_cursor(text: str) -> None:
    """Nor breaks anything."""
    with pytest.raises(Invalid):
        Place.at(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"of": "others"},
        {"held": 1},
        {"held": None},
        {"rank": "0"},
        {"rank": -1},
        {"rank": 2**63},
        {"rank": 0.0},
        {"due": "0001-01-01T00:00:00+14:00"},
        {"due": "9999-12-31T23:59:59-14:00"},
        {"due": "2026-11-23T12:00:00"},
        {"due": 1},
        {"id": "a\0b"},
        {"id": "' OR true --"},
        {"id": "x" * 65},
        {"more": 1},
    ],
)
def test_a_key_that_no_row_can_have_is_refused_with_a_right_checksum_too(
    wrong: dict[str, object],
) -> None:
    """Whoever knows how cursors are made gets no further than a place between rows."""
    right = Place(held=False, rank=0, due=NOON, id="id-1")
    text = json.dumps(right.model_dump(mode="json") | wrong, separators=(",", ":"))
    with pytest.raises(Invalid):
        Place.at(_sealed(text))
    assert Place.at(_sealed(right.model_dump_json())) == right


def test_a_place_has_one_cursor() -> None:
    """The same key in another spelling is none: nothing is hidden between the letters."""
    right = Place(held=False, rank=0, due=NOON, id="id-1")
    for other in (right.model_dump_json(indent=1), right.model_dump_json().replace("Z", "+00:00")):
        with pytest.raises(Invalid):
            Place.at(_sealed(other))


def test_a_cursor_is_one_lists() -> None:
    """Also where the other's key has the same columns."""
    with pytest.raises(Invalid):
        OtherPlace.at(Place(held=False, rank=0, due=NOON, id="id-1").cursor())


def _sealed(text: str) -> str:
    key = text.encode()
    return base64.urlsafe_b64encode(hashlib.sha256(key).digest()[:6] + key).rstrip(b"=").decode()
