"""The offline verifier: alone with its files, and of one mind with the code it judges."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.audit.ledger import verify
from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.errors import Unproven, Unreadable
from services.audit.ledger.export import (
    CHECKPOINT,
    all_tiles,
    bundle,
    bundle_path,
    tile_path,
)
from services.audit.ledger.hashes import leaf_hash
from services.audit.ledger.notes import Note
from services.audit.ledger.passed_on import passed_on
from services.audit.ledger.policy_file import parse_policy
from services.audit.ledger.receipts import Receipt
from services.audit.ledger.signing import cosign, sign
from services.audit.ledger.tiles import inclusion_proof
from services.audit.ledger.tree import Tree
from tests.support.exported import (
    AT,
    ENTRIES,
    LOG,
    POLICY,
    TILES,
    WITNESSES,
    checkpoint,
    export,
)

Say = Callable[..., tuple[int, str]]


def receipt(index: int, size: int = 600) -> Receipt:
    """That an entry stands among the first ``size``."""
    return Receipt(index, tuple(inclusion_proof(index, size, TILES)), checkpoint(size))


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Asks the verifier about files: its exit code, and what it says."""
    policy = tmp_path / "policy"
    policy.write_bytes(POLICY)

    def ask(*files: Path) -> tuple[int, str]:
        code = verify.main(["--policy", str(policy), *map(str, files)])
        return code, capsys.readouterr().out

    return ask


def kept(folder: Path, name: str, note: Note | Receipt | bytes) -> Path:
    """A file."""
    (folder / name).write_bytes(bytes(note))
    return folder / name


WAITS = timedelta(minutes=1), timedelta(hours=1), timedelta(0)
RFC_8032 = [  # section 7.1, tests 1, 2 and 3: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_ed25519_is_that_of_rfc_8032(public: str, message: str, signature: str) -> None:
    """Its vectors hold; a signature with S beyond the order, which also adds up, does not."""
    key, text, signed = (bytes.fromhex(each) for each in (public, message, signature))
    assert verify.ed25519(key, text, signed)
    beyond = (int.from_bytes(signed[32:], "little") + verify.L).to_bytes(32, "little")
    assert not verify.ed25519(key, text, signed[:32] + beyond)
    assert not verify.ed25519(key, text + b"!", signed)
    assert not verify.ed25519(key, text, signed[:-1])


def test_a_key_that_would_sign_anything_signs_nothing() -> None:
    """Points of small order, and points that are spelled a second way."""
    zero = bytes(32)
    for key in (b"\1" + bytes(31), zero, (verify.P - 1).to_bytes(32, "little")):
        assert verify.point(key) is not None
        assert not verify.ed25519(key, b"anything", b"\1" + bytes(63))
    assert verify.point((verify.P + 1).to_bytes(32, "little")) is None
    assert verify.point((1 | 1 << 255).to_bytes(32, "little")) is None


@settings(max_examples=30)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 767))
def test_ed25519_agrees_with_the_library(seed: bytes, message: bytes, bit: int) -> None:
    """A signature holds; with one bit of key or signature turned, both say the same again."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    signed = private.public_key().public_bytes_raw() + private.sign(message)
    assert verify.ed25519(signed[:32], message, signed[32:])
    turned = (int.from_bytes(signed, "big") ^ 1 << bit).to_bytes(96, "big")
    try:
        Ed25519PublicKey.from_public_bytes(turned[:32]).verify(turned[32:], message)
        holds = True
    except (InvalidSignature, ValueError):
        holds = False
    assert verify.ed25519(turned[:32], message, turned[32:]) is holds


def test_it_needs_python_and_nothing_else(tmp_path: Path) -> None:
    """Copied away, without packages, it verifies an export, a receipt and an old checkpoint."""
    alone = kept(tmp_path, "verify.py", Path(verify.__file__).read_bytes())
    receipt_file = kept(tmp_path, "answer.tlog-proof", receipt(300))
    kept(tmp_path, "answer.json", ENTRIES[300])
    old = kept(tmp_path, "old", checkpoint(257))
    policy = kept(tmp_path, "policy", POLICY.split(b"\n", 1)[1])
    files = [export(tmp_path / "export", 600), receipt_file, old]
    ran = subprocess.run(
        [sys.executable, "-IS", alone, "--key", str(LOG.verifier), "--policy", policy, *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "answer.json is entry 300; 'ledger.example' had 600 entries" in ran.stdout
    assert "cosigned by 'ngo.example' (2026-11-30 09:15:00 UTC)" in ran.stdout
    assert ran.stdout.endswith("export: 600 entries are as signed in 3 checkpoints\n")


def test_ten_thousand_entries_come_zipped(tmp_path: Path, say: Say) -> None:
    """An archive is read as the folder is."""
    entries = [json.dumps({"answer": number}).encode() for number in range(10_000)]
    tree, _ = Tree().grown(leaf_hash(each) for each in entries)
    text = str(Checkpoint("ledger.example", tree.size, tree.root()))
    note = Note(text, (sign(text, LOG), *(cosign(text, each, AT) for each in WITNESSES)))
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(CHECKPOINT, bytes(note))
        for at in range(0, 10_000, 256):
            zipped.writestr(bundle_path(at // 256, 10_000), bundle(entries[at : at + 256]))
    assert say(tmp_path / "export.zip")[0] == 0
    octets = (tmp_path / "export.zip").read_bytes()
    assert say(kept(tmp_path, "torn.zip", octets[: len(octets) // 2]))[0] == 2
    rotten = octets[:5000] + bytes([octets[5000] ^ 1]) + octets[5001:]
    assert say(kept(tmp_path, "rotten.zip", rotten))[0] == 2


def test_a_changed_entry_is_found(tmp_path: Path, say: Say) -> None:
    """Where the tiles tell, by its tile; where they were left out, by the root."""
    entries = [*ENTRIES[:300], b'{"answer":"earlier"}', *ENTRIES[301:]]
    folder = export(tmp_path / "export", 600, entries=entries)
    code, said = say(folder)
    assert (code, "tile/0/001 holds other hashes" in said) == (1, True)
    for tile in all_tiles(600):
        (folder / tile_path(tile, 600)).unlink()
    code, said = say(folder)
    assert (code, "its first 600 entries are not those" in said) == (1, True)


def test_a_ledger_that_was_cut_or_forked_is_found(tmp_path: Path, say: Say) -> None:
    """By whoever kept an older checkpoint, or a later one."""
    later, forked = checkpoint(600), checkpoint(500, head=leaf_hash(b"another"))
    old = export(tmp_path / "old", 550)
    code, said = say(old, kept(tmp_path, "later", later))
    assert (code, "it ends after 550 entries" in said) == (1, True)
    code, said = say(old, kept(tmp_path, "forked", forked))
    assert (code, "its first 500 entries are not those that" in said) == (1, True)
    code, said = say(kept(tmp_path, "kept", checkpoint(500)), tmp_path / "forked")
    assert (code, "forked: of 500 entries" in said) == (1, True)
    code, said = say(tmp_path / "kept", tmp_path / "later")
    assert (code, "only an export can show" in said) == (0, True)


def test_a_checkpoint_that_people_passed_on_is_what_it_was(tmp_path: Path, say: Say) -> None:
    """Quoted, with other ends of lines and blank lines around it; a changed letter stays one. Both
    implementations undo the same."""
    octets = bytes(checkpoint(600))
    lines = octets.decode().split("\n")
    quoted = "\r\n\r\n" + "".join(f">> {line}\r\n" for line in lines) + "> \r\n"
    mails = [quoted.encode(), b"\xef\xbb\xbf" + octets + b" \n\n", octets.replace(b"\n", b"\r\n")]
    for each in mails:
        assert verify.passed_on(each) == passed_on(each) == octets
        assert say(kept(tmp_path, "mail", each))[0] == 0
    assert say(kept(tmp_path, "mail", mails[0].replace(b"600", b"601")))[0] == 1
    for each in (b"", b" ", b">", b"\r\n", octets[:-1]):
        assert verify.passed_on(each) == passed_on(each)
        assert say(kept(tmp_path, "mail", each))[0] == 2


def test_a_folder_of_receipts_says_what_each_proves(tmp_path: Path, say: Say) -> None:
    """Of what, and since when by whose clocks; entries and texts beside them are no files of their
    own."""
    said = {"type": "tirek.offer.changed.v1", "subject": "s-1", "time": "2026-11-30T09:14:00Z"}
    entry = json.dumps(said).encode()
    text = str(Checkpoint("ledger.example", 1, leaf_hash(entry)))
    times = [cosign(text, each, AT + wait) for each, wait in zip(WITNESSES, WAITS, strict=True)]
    kept(tmp_path, "0.tlog-proof", Receipt(0, (), Note(text, (sign(text, LOG), *times))))
    kept(tmp_path, "0.json", entry)
    kept(tmp_path, "0.txt", b"words")
    code, found = say(tmp_path)
    assert code == 0
    assert (
        "0.json is entry 0: tirek.offer.changed.v1 about s-1, said at 2026-11-30T09:14:00Z" in found
    )
    by = "no later than 2026-11-30 09:16:00 UTC by the clocks of ministry.example, ngo.example"
    assert by in found
    assert say(*(each for each in tmp_path.iterdir() if each.name != "policy"))[0] == 0
    early = kept(tmp_path, "9.json", entry)
    for files in ([tmp_path], [early, kept(tmp_path, "9.txt", b"words")]):
        code, found = say(*files)
        assert (code, found.count("an entry without its proof")) == (2, 1)
        assert "9.txt" not in found


def test_without_a_policy_cosigners_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And are known to nobody."""
    assert verify.main(["--key", str(LOG.verifier), str(kept(tmp_path, "it", checkpoint(9)))]) == 0
    said = capsys.readouterr().out
    names = "'ngo.example', 'ombudsman.example' (unknown keys)"
    assert f"no policy given: cosigned by {names}" in said


def test_what_lacks_is_not_taken_for_what_is_false(tmp_path: Path, say: Say) -> None:
    """A lost part of an export, a receipt without its entry, a foreign file, and none."""
    folder = export(tmp_path / "export", 600)
    (folder / bundle_path(1, 600)).unlink()
    assert say(folder)[0] == 2
    lonely = kept(tmp_path, "lonely.tlog-proof", receipt(3))
    code, said = say(lonely)
    assert (code, "lonely.json is not there" in said) == (2, True)
    assert say(kept(tmp_path, "photo.jpg", b"\xff\xd8\xff\xe0"))[0] == 2
    assert say(tmp_path / "nowhere")[0] == 2
    assert (
        say(kept(tmp_path, "empty", b""), kept(tmp_path, "few", checkpoint(3, witnesses=1)))[0] == 1
    )


def test_what_a_file_says_moves_no_terminal(tmp_path: Path, say: Say) -> None:
    """Letters that command one stand escaped."""
    text = str(Checkpoint("\x9b2J\u202eledger", 1, leaf_hash(b"x")))
    code, said = say(kept(tmp_path, "note", Note(text, (sign(text, LOG),))))
    assert (code, said.isascii()) == (1, True)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_both_say_the_same_of_whatever_comes(tmp_path: Path, say: Say, data: st.DataObject) -> None:
    """Of a receipt or policy with octets changed, moved or lost: proven, or not, or unreadable."""
    proof, policy = damaged(data, bytes(receipt(300))), damaged(data, POLICY, likely=False)
    kept(tmp_path, "policy", policy)
    kept(tmp_path, "answer", ENTRIES[300])
    assert say(kept(tmp_path, "answer.tlog-proof", proof))[0] == judged(proof, policy)


def judged(proof: bytes, policy: bytes) -> int:
    """The exit code that the package's own code asks for."""
    try:
        rules = parse_policy(policy)
        if not rules.logs:
            return 2
        Receipt.parse(proof).prove(ENTRIES[300], rules)
    except Unreadable:
        return 2
    except Unproven:
        return 1
    return 0


def damaged(data: st.DataObject, octets: bytes, *, likely: bool = True) -> bytes:
    """The octets, mostly as they were, or with a piece replaced."""
    if data.draw(st.integers(0, 3)) == (0 if likely else 1):
        return octets
    lines = octets.split(b"\n")
    at, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    match data.draw(st.sampled_from(["swap", "lose", "twice", "octet", "cut"])):
        case "swap":
            lines[at], lines[other] = lines[other], lines[at]
        case "lose":
            del lines[at]
        case "twice":
            lines.insert(at, lines[other])
        case "cut":
            return octets[: data.draw(st.integers(0, len(octets)))]
        case _:
            place = data.draw(st.integers(0, len(octets) - 1))
            octet = data.draw(st.sampled_from(b"0129 +=/\n\t\r\0Aa\x80\xff-"))
            return octets[:place] + bytes([octet]) + octets[place + 1 :]
    return b"\n".join(lines)
