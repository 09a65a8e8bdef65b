"""What seals a backup: only the right key opens it, and only whole, unaltered and in order."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.backup import age, bech32, keys
from deploy.backup.errors import BackupError

SAMPLES = Path(__file__).with_name("samples")
PRIVATE = age.new_private()
PUBLIC = age.public_of(PRIVATE)
SIZES = (0, 1, age.CHUNK - 1, age.CHUNK, age.CHUNK + 1, 2 * age.CHUNK, 3 * age.CHUNK + 7)
SEALED_CHUNK = age.CHUNK + 16


def sealed(plain: bytes, *recipients: str) -> bytes:
    """As a file would hold it."""
    file = io.BytesIO()
    one = age.Sealed(file, recipients or [PUBLIC])
    for start in range(0, len(plain), 10_000):
        one.write(plain[start : start + 10_000])
    one.close()
    return file.getvalue()


def opened(content: bytes, private: str = PRIVATE) -> bytes:
    """All of it, or the failure."""
    return b"".join(age.opened(io.BytesIO(content), private))


def chunks(content: bytes) -> tuple[bytes, list[bytes]]:
    """What stands before the content, and the sealed chunks."""
    start = content.index(b"\n--- ") + 1
    start = content.index(b"\n", start) + 1 + 16
    body = content[start:]
    pieces = [body[at : at + SEALED_CHUNK] for at in range(0, len(body), SEALED_CHUNK)]
    return content[:start], pieces


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens(size: int) -> None:
    """At every edge of a chunk."""
    plain = bytes(number % 251 for number in range(size))
    assert opened(sealed(plain)) == plain


def test_a_file_that_another_implementation_sealed_opens() -> None:
    """``rage`` made the sample: the format is age's, so another tool can open ours in need."""
    text = (SAMPLES / "age-key.txt").read_text(encoding="utf-8")
    with (SAMPLES / "sealed-by-rage.age").open("rb") as file:
        plain = b"".join(age.opened(file, keys.private(text, "the sample")))
    assert plain == b"sealed by another implementation\n" * 2100


def test_each_of_several_keys_opens_alone() -> None:
    """Two people may each keep a key."""
    others = [age.new_private() for _ in range(2)]
    content = sealed(b"x" * 100, *map(age.public_of, others))
    assert [opened(content, each) for each in others] == [b"x" * 100] * 2


def test_another_key_opens_nothing() -> None:
    """And the failure says that it is the key."""
    with pytest.raises(age.NotForThisKey):
        opened(sealed(b"x"), age.new_private())


def test_no_bit_can_be_altered() -> None:
    """Header, wrapped key, nonce, content: every bit of a file."""
    for place in range(len(SMALL) * 8):
        content = bytearray(SMALL)
        content[place // 8] ^= 1 << place % 8
        with pytest.raises(BackupError):
            opened(bytes(content))


SMALL = sealed(b"the same" * 20)


@pytest.mark.parametrize("size", [age.CHUNK // 2, 2 * age.CHUNK, 2 * age.CHUNK + 9])
def test_what_was_cut_off_does_not_pass_for_the_whole(size: int) -> None:
    """At every length near an edge, also exactly between two chunks."""
    before, pieces = chunks(sealed(bytes(size)))
    ends = [len(before) + sum(map(len, pieces[:number])) for number in range(len(pieces))]
    whole = before + b"".join(pieces)
    for end in {*ends, *(each + 1 for each in ends), *(each - 1 for each in ends), len(whole) - 1}:
        with pytest.raises(BackupError):
            opened(whole[:end])


def test_chunks_have_their_places() -> None:
    """Exchanged, repeated, left out, or taken from another file sealed for the same key."""
    before, pieces = chunks(sealed(bytes(range(256)) * 1024))
    _, foreign = chunks(sealed(bytes(range(256)) * 1024))
    assert len(pieces) == 4
    for wrong in (
        [pieces[1], pieces[0], *pieces[2:]],
        [pieces[0], *pieces],
        pieces[1:],
        [*pieces, pieces[-1]],
        [*pieces[:2], foreign[2], pieces[3]],
    ):
        with pytest.raises(age.Damaged):
            opened(before + b"".join(wrong))


def test_anything_else_is_no_backup() -> None:
    """An empty file, a picture, a header without an end."""
    for content in (b"", b"\x89PNG" * 1000, b"age-encryption.org/v1\n" + b"-> X\n" * 1000):
        with pytest.raises(age.Damaged):
            opened(content)


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=50, deadline=None)
def test_a_key_as_text_is_the_key_and_a_slip_of_the_pen_shows(raw: bytes) -> None:
    """Bech32: whatever the bytes, and whichever letter is wrong."""
    text = bech32.encode("age", raw)
    assert bech32.decode("age", text) == raw == bech32.decode("age", text.upper())
    for place in range(4, len(text)):
        slip = text[:place] + ("q" if text[place] != "q" else "p") + text[place + 1 :]
        with pytest.raises(ValueError, match=r"wrong|left over"):
            bech32.decode("age", slip)


def test_the_text_of_a_key_is_what_bip_173_says() -> None:
    """Its own examples, one of each kind."""
    assert bech32.decode("a", "A12UEL5L") == b""
    checked = "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"
    assert bech32.encode("abcdef", bech32.decode("abcdef", checked)) == checked
    for wrong in ("A1G7SGD8", "a12UEL5L", "1qzzfhee", "x1b4n0q5v"):
        with pytest.raises(ValueError, match=r"."):
            bech32.decode("a", wrong)


def test_a_pair_is_made_once_and_its_private_half_is_for_its_owner(tmp_path: Path) -> None:
    """A second pair would take away what opens all older backups."""
    public, private = keys.make(tmp_path / "new")
    assert private.stat().st_mode & 0o777 == 0o600
    secret = keys.private(private.read_text(encoding="utf-8"), "x")
    assert keys.recipients(public) == [age.public_of(secret)]
    before = private.read_bytes()
    with pytest.raises(BackupError, match="is there already"):
        keys.make(tmp_path / "new")
    assert private.read_bytes() == before
    with pytest.raises(BackupError, match="must not be on this machine"):
        keys.recipients(private)
