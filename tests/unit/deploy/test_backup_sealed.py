"""What a backup says can be read by one key alone, and only as it was written."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.backup.frames import END, MANIFEST, ROWS, frame, frames
from deploy.backup.load import register
from deploy.backup.sealed import PIECE, TAG, BadBackup, Sealer, heading, new_keys, opened

PRIVATE, PUBLIC = new_keys()


def sealed(folder: Path, *parts: bytes) -> bytes:
    """A file of these octets."""
    path = folder / "sealed"
    with path.open("wb") as file:
        sealer = Sealer(file, PUBLIC, database="tirek")
        for part in parts:
            sealer.write(part)
        sealer.close()
    return path.read_bytes()


def plain(octets: bytes, private: str = PRIVATE) -> bytes:
    """What it holds."""
    return b"".join(opened(io.BytesIO(octets), private))


@given(st.lists(st.binary(max_size=3 * PIECE), max_size=4))
@settings(max_examples=30, deadline=None)
def test_what_is_sealed_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]
) -> None:
    """Whatever its length."""
    octets = sealed(tmp_path_factory.mktemp("sealed"), *parts)
    assert plain(octets) == b"".join(parts)
    assert heading(io.BytesIO(octets))["database"] == "tirek"


def pieces_of(tmp_path: Path) -> tuple[bytes, list[bytes]]:
    """A file whose content cannot be compressed: its heading, and its pieces."""
    octets = sealed(tmp_path, *(new_keys()[0].encode() for _ in range(5000)))
    line, size = octets.index(b"\n") + 1, PIECE + TAG
    body = octets[line:]
    return octets[:line], [body[at : at + size] for at in range(0, len(body), size)]


def test_a_piece_that_was_altered_moved_or_cut_off_is_noticed(tmp_path: Path) -> None:
    """Each is refused with one line, also when the cut is between two pieces."""
    line, pieces = pieces_of(tmp_path)
    assert len(pieces) >= 3
    flipped = pieces[0][:100] + bytes([pieces[0][100] ^ 1]) + pieces[0][101:]
    for spoiled in (
        [flipped, *pieces[1:]],
        [pieces[1], pieces[0], *pieces[2:]],
        pieces[:-1],
        pieces[1:],
        [*pieces[:-1], pieces[-1][:-1]],
        [*pieces, pieces[-1]],
    ):
        with pytest.raises(BadBackup):
            plain(line + b"".join(spoiled))


def test_its_heading_cannot_be_altered(tmp_path: Path) -> None:
    """The file of one database cannot be called that of another."""
    octets = sealed(tmp_path, b"rows")
    with pytest.raises(BadBackup):
        plain(octets.replace(b'"database": "tirek"', b'"database": "other"', 1))


def test_another_key_reads_nothing_and_says_so(tmp_path: Path) -> None:
    """With whose key it could be read."""
    with pytest.raises(BadBackup, match=f"sealed for another key: {PUBLIC}"):
        plain(sealed(tmp_path, b"rows"), new_keys()[0])


@pytest.mark.parametrize("octets", [b"", b"\n", b"[]\n", b"not json\n", b'{"format": "x"}\n'])
def test_what_is_no_backup_is_refused(octets: bytes) -> None:
    """In one line."""
    with pytest.raises(BadBackup, match="no backup of Tirek"):
        plain(octets)


def test_frames_come_back_whatever_the_pieces() -> None:
    """However the stream is cut; one that ends too early is refused."""
    parts: list[bytes] = []
    frame(parts.append, MANIFEST, {"a": 1})
    frame(parts.append, ROWS, b"\x00\xff")
    frame(parts.append, END, {"rows": {}})
    octets = b"".join(parts)
    expected = [(MANIFEST, {"a": 1}), (ROWS, b"\x00\xff"), (END, {"rows": {}})]
    for size in (1, 3, len(octets)):
        cut = (octets[at : at + size] for at in range(0, len(octets), size))
        assert list(frames(cut)) == expected
    with pytest.raises(BadBackup, match="middle"):
        list(frames(iter([octets[:-1]])))


def test_a_register_of_erasures_is_a_list_with_remarks() -> None:
    """An id a line."""
    assert register("# of 2026\np-2 # asked in writing\n\np-1\np-1\n") == ["p-1", "p-2"]
