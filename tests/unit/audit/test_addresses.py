"""Addresses of tiles, as tools of others ask for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.addresses import tile_address
from services.audit.ledger.export import bundle_path
from shared.errors import NotFound


@given(st.integers(0, 10**12), st.integers(1, 256))
def test_each_tile_has_one_address_and_is_found_by_it(number: int, width: int) -> None:
    """Whole, or as wide as it is in a smaller tree: as an export has it."""
    path = bundle_path(number, 256 * number + width)
    assert tile_address(path.removeprefix("tile/entries/")) == (number, width)


def test_the_address_of_the_specification() -> None:
    """C2SP tlog-tiles: 1234067 is x001/x234/067."""
    assert tile_address("x001/x234/067") == (1234067, 256)
    assert tile_address("273.p/8") == (273, 8)


@pytest.mark.parametrize(
    "nonsense",
    ["", "0", "0000", "12a", "x000/001", "001/002", "000.p/0", "000.p/256", "000.p/", "000.p/08",
     "x001/x234/067/", "../secrets", "000.p/8.p/8", "٠٠٠"],
)  # fmt: skip
def test_what_is_no_address_is_not_found(nonsense: str) -> None:
    """And nothing is guessed."""
    with pytest.raises(NotFound):
        tile_address(nonsense)
