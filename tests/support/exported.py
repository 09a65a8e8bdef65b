"""A ledger of 600 entries that three witnesses know, as checkpoints and exports of it."""

from datetime import UTC, datetime
from pathlib import Path

from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.export import (
    CHECKPOINT,
    all_tiles,
    bundle,
    bundle_path,
    tile_file,
    tile_path,
)
from services.audit.ledger.hashes import leaf_hash
from services.audit.ledger.keys import Kind, SignerKey
from services.audit.ledger.notes import Note
from services.audit.ledger.signing import cosign, sign
from services.audit.ledger.tiles import root
from services.audit.ledger.tree import Tree

LOG = SignerKey("ledger.example", Kind.NOTE, bytes(range(32)))
WITNESSES = [
    SignerKey(f"{name}.example", Kind.COSIGNATURE, bytes([at] * 32))
    for at, name in enumerate(["ngo", "ombudsman", "ministry"], 1)
]
POLICY = "".join(
    [f"log {LOG.verifier}\n"]
    + [f"witness {each.name} {each.verifier}\n" for each in WITNESSES]
    + [f"group two 2 {' '.join(each.name for each in WITNESSES)}\nquorum two\n"]
).encode()
AT = datetime(2026, 11, 30, 9, 15, tzinfo=UTC)
ENTRIES = [b'{"answer":%d}' % number for number in range(600)]
LEAVES = [leaf_hash(each) for each in ENTRIES]
_, TILES = Tree().grown(LEAVES)


def checkpoint(size: int, *, head: bytes | None = None, witnesses: int = 2) -> Note:
    """The ledger's word of its first ``size`` entries, cosigned."""
    text = str(Checkpoint("ledger.example", size, head or root(size, TILES)))
    cosigned = (cosign(text, each, AT) for each in WITNESSES[:witnesses])
    return Note(text, (sign(text, LOG), *cosigned))


def export(folder: Path, size: int, *, entries: list[bytes] = ENTRIES) -> Path:
    """The first ``size`` entries as an export."""
    files = {CHECKPOINT: bytes(checkpoint(size))}
    for tile in all_tiles(size):
        files[tile_path(tile, size)] = tile_file(tile, TILES[tile], size)
        if tile.level == 0:
            some = entries[tile.number * 256 : min(tile.number * 256 + 256, size)]
            files[bundle_path(tile.number, size)] = bundle(some)
    for name, octets in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(octets)
    return folder
