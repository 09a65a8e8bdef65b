"""Addresses of tiles, as C2SP tlog-tiles writes them: ``x001/x234/067.p/8``."""

from services.audit.ledger.tiles import TILE_WIDTH
from shared.errors import NotFound

LONGEST = 5
"""Groups of three figures: as far as any tree of ours goes."""


def tile_address(place: str) -> tuple[int, int]:
    """The number of a tile, or of a bundle of entries, and how many are meant.

    Raises `NotFound` for what is none.
    """
    number, partial, width = place.partition(".p/")
    *higher, last = number.split("/")
    groups = [each.removeprefix("x") for each in higher] + [last]
    written = "".join(f"x{each}/" for each in groups[:-1]) + last
    if written != number or len(groups) > LONGEST or not all(map(_three, groups)):
        raise NotFound
    if len(groups) > 1 and groups[0] == "000":
        raise NotFound
    return int("".join(groups)), _width(width) if partial else TILE_WIDTH


def _three(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isdigit()


def _width(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3) or text[0] == "0":
        raise NotFound
    if not 0 < int(text) < TILE_WIDTH:
        raise NotFound
    return int(text)
