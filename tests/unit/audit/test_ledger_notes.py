"""Notes, keys, checkpoints and cosignatures: as others print them, and never half read."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.errors import Unproven, Unreadable
from services.audit.ledger.keys import Kind, SignerKey, VerifierKey
from services.audit.ledger.notes import Note, Signature
from services.audit.ledger.signing import cosign, sign, verified

LOG = SignerKey("ledger.example", Kind.NOTE, bytes(range(32)))
WITNESS = SignerKey("witness.example/w1", Kind.COSIGNATURE, bytes(range(1, 33)))
KEYS = [LOG.verifier, WITNESS.verifier]
CHECKPOINT = Checkpoint("ledger.example", 20_852_163, bytes(range(32)))
AT = datetime(2026, 11, 30, 9, 15, tzinfo=UTC)
TEXT = str(CHECKPOINT)
NOTE = Note(TEXT, (sign(TEXT, LOG), cosign(TEXT, WITNESS, AT)))

# The example of C2SP signed-note (https://c2sp.org/signed-note, BSD-1-Clause and CC BY 4.0).
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""  # noqa: E501 as it is printed there


def test_the_example_of_the_specification_holds() -> None:
    """The note is its key's, and both print as they were read."""
    key, note = VerifierKey.parse(EXAMPLE_KEY), Note.parse(EXAMPLE.encode())
    assert [each.key for each in verified(note, [key])] == [key]
    assert (str(key), bytes(note).decode()) == (EXAMPLE_KEY, EXAMPLE)
    with pytest.raises(Unproven, match=r"example\.com/foo"):
        verified(Note("This is another message.\n", note.signatures), [key])


def test_a_checkpoint_is_signed_by_its_log_and_its_witness() -> None:
    """The log's line has no time; the witness's says its clock."""
    signed = verified(Note.parse(bytes(NOTE)), KEYS)
    assert [(each.key.name, each.at) for each in signed] == [
        ("ledger.example", None),
        ("witness.example/w1", AT),
    ]
    assert Checkpoint.parse(NOTE.text) == CHECKPOINT


def test_lines_of_strangers_are_passed_over() -> None:
    """Also under a name that is known with another key; a note of strangers alone is nobody's."""
    stranger = SignerKey("ledger.example", Kind.NOTE, bytes(32))
    note = NOTE.also(sign(TEXT, stranger), NOTE.signatures[0])
    assert len(note.signatures) == 3
    assert verified(note, KEYS) == verified(NOTE, KEYS)
    assert verified(Note(TEXT, (sign(TEXT, stranger),)), KEYS) == []


@pytest.mark.parametrize("line", [0, 1])
def test_a_wrong_signature_of_a_known_key_damns_the_note(line: int) -> None:
    """Whoever else has signed; and a time that was changed is a wrong signature."""
    signed = NOTE.signatures[line]
    value = bytes([signed.value[0] ^ 1]) + signed.value[1:]
    forged = Signature(signed.name, signed.key_id, value)
    other = NOTE.signatures[1 - line]
    with pytest.raises(Unproven, match=signed.name):
        verified(Note(TEXT, (other, forged)), KEYS)


def test_keys_come_back_from_their_text() -> None:
    """And the private one says itself to nobody who does not ask for it."""
    for key in (LOG, WITNESS):
        assert SignerKey.parse(key.text()) == key
        assert VerifierKey.parse(str(key.verifier)) == key.verifier
        assert base64.b64encode(key.seed).decode()[:20] not in repr(key) + str(key)
    assert SignerKey.new("a").seed != SignerKey.new("a").seed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b",
        EXAMPLE_KEY[:-4],
        EXAMPLE_KEY[:-1],
        EXAMPLE_KEY.replace("530d903a", "530d903b"),
        EXAMPLE_KEY.replace("530d903a", "530D903A"),
        EXAMPLE_KEY.replace("example.com", "example com"),
        EXAMPLE_KEY.replace("+Aek", "+Bek"),
        "\ud800" + EXAMPLE_KEY,
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    """Cut short, with another id, of an unknown kind, or under a name that no line can bear."""
    with pytest.raises(Unreadable):
        VerifierKey.parse(text)
    with pytest.raises(Unreadable):
        SignerKey.parse(f"PRIVATE+KEY+{text}")


@settings(max_examples=40)
@given(st.integers(0, len(bytes(NOTE)) - 1))
def test_a_note_that_is_cut_short_is_not_taken(end: int) -> None:
    """Wherever it ends: it cannot be read, or it lacks a signature."""
    try:
        note = Note.parse(bytes(NOTE)[:end])
    except Unreadable:
        return
    assert note.signatures == NOTE.signatures[:1]


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"%PDF-1.7\n",
        EXAMPLE.encode("utf-16"),
        EXAMPLE.replace("\n", "\r\n").encode(),
        EXAMPLE.replace("—", "-").encode(),
        EXAMPLE.replace("QM=", "QN=").encode(),
        EXAMPLE.replace("— example.com/foo Uw2Q", "— example.com/foo  Uw2Q").encode(),
        EXAMPLE.encode() + b"x" * 1_000_000,
        b"text\n\n" + b"\xe2\x80\x94 a AAAAAAAA\n" * 101,
        b"text\n\n\xe2\x80\x94 a AAAAAA==\n",
    ],
)
def test_what_is_no_note_is_refused(octets: bytes) -> None:
    """Foreign, in other letters or line ends, too long, or spelled another way."""
    with pytest.raises(Unreadable):
        Note.parse(octets)


@pytest.mark.parametrize(
    "text",
    [
        "This is an example message.\n",
        TEXT[:-1],
        TEXT.replace("20852163", "020852163"),
        TEXT.replace("20852163", "-1"),
        TEXT.replace("20852163", "٣"),
        TEXT.replace("20852163", "9223372036854775808"),
        TEXT.replace("ledger.example", ""),
        TEXT.replace("8=", "=="),
        TEXT + "\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """And a witness does not cosign it."""
    with pytest.raises(Unreadable):
        Checkpoint.parse(text)
    with pytest.raises(Unreadable):
        cosign(text, WITNESS, AT)


def test_extension_lines_of_others_are_kept() -> None:
    """They are signed with the rest."""
    text = f"{TEXT}of another log\n"
    assert Checkpoint.parse(text).extensions == ("of another log",)
    assert str(Checkpoint.parse(text)) == text


def test_a_time_that_no_clock_shows_is_no_cosignature() -> None:
    """As far as the number goes, even if the signature holds."""
    seconds = 2**63
    value = WITNESS.signature(f"cosignature/v1\ntime {seconds}\n{TEXT}".encode())
    line = Signature(WITNESS.name, WITNESS.verifier.id, seconds.to_bytes(8) + value)
    with pytest.raises(Unproven, match="no clock"):
        verified(Note(TEXT, (line,)), KEYS)


def test_a_key_signs_what_it_is_for() -> None:
    """A witness's key signs no note without a time, a log's no cosignature."""
    with pytest.raises(ValueError, match="with a time"):
        sign(TEXT, WITNESS)
    with pytest.raises(ValueError, match="no witness's"):
        cosign(TEXT, LOG, AT)
