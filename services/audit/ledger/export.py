"""The ledger as files, C2SP `tlog-tiles`: a checkpoint, tiles of hashes, and bundles of entries."""

from collections.abc import Iterable, Iterator

from services.audit.ledger.errors import Unreadable
from services.audit.ledger.hashes import HASH_BYTES
from services.audit.ledger.tiles import TILE_WIDTH, TileId

CHECKPOINT = "checkpoint"
LENGTH_BYTES = 2
MOST_ENTRY_BYTES = 2 ** (8 * LENGTH_BYTES) - 1


def tile_path(tile: TileId, size: int) -> str:
    """Where the file of a tile lies in the export of a tree of ``size`` leaves."""
    return _path(str(tile.level), tile.number, tile.width(size))


def bundle_path(number: int, size: int) -> str:
    """Where the entries lie whose hashes are tile ``number`` of level 0."""
    return _path("entries", number, TileId(0, number).width(size))


def tile_file(tile: TileId, hashes: bytes, size: int) -> bytes:
    """The hashes of a tile as they were in the tree of ``size`` leaves, if it has grown since."""
    return hashes[: tile.width(size) * HASH_BYTES]


def all_tiles(size: int) -> Iterator[TileId]:
    """Every tile of a tree, level by level from the leaves."""
    level = 0
    while count := size >> 8 * level:
        yield from (TileId(level, number) for number in range(-(-count // TILE_WIDTH)))
        level += 1


def bundle(entries: Iterable[bytes]) -> bytes:
    """Up to 256 entries, each behind its length; `ValueError` for one of more than 65,535 bytes."""
    parts: list[bytes] = []
    for each in entries:
        if len(each) > MOST_ENTRY_BYTES:
            raise ValueError(f"an entry of {len(each)} bytes: a bundle takes {MOST_ENTRY_BYTES}")
        parts += [len(each).to_bytes(LENGTH_BYTES), each]
    return b"".join(parts)


def unbundle(octets: bytes) -> list[bytes]:
    """The entries of a bundle; raises `Unreadable` if it is cut short."""
    entries: list[bytes] = []
    at = 0
    while at < len(octets):
        first = at + LENGTH_BYTES
        at = first + int.from_bytes(octets[at:first])
        if first > len(octets) or at > len(octets):
            raise Unreadable("a bundle of entries is cut short")
        entries.append(octets[first:at])
    return entries


def _path(room: str, number: int, width: int) -> str:
    *above, last = (digits.zfill(3) for digits in f"{number:,}".split(","))
    part = f".p/{width}" if width < TILE_WIDTH else ""
    return "/".join(["tile", room, *(f"x{digits}" for digits in above), last + part])
