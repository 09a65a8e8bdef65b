"""What other people's programs wrote is read here, and our octets are theirs.

The samples were written by golang.org/x/mod, torchwood, its witness and its `spicy`; the other way
round, what those said of ours, is in docs/evidence/ledger-judged-by-others-2026-11-30.md.
"""

import base64
import json
from pathlib import Path

import pytest

from services.audit.ledger import verify
from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.hashes import leaf_hash
from services.audit.ledger.keys import SignerKey, VerifierKey
from services.audit.ledger.notes import Note
from services.audit.ledger.policy import Policy
from services.audit.ledger.proofs import consistency_ranges, verify_consistency
from services.audit.ledger.receipts import HEADER, Receipt
from services.audit.ledger.signing import sign, verified
from services.audit.ledger.tiles import consistency_proof, inclusion_proof, root, tiles_of
from services.audit.ledger.tree import Tree

SAMPLES = json.loads((Path(__file__).parent / "vectors/foreign_ledgers.json").read_text())
TLOG, LITEWITNESS, SPICY = SAMPLES["tlog"], SAMPLES["litewitness"], SAMPLES["spicy"]
_, TILES = Tree().grown([leaf_hash(b"entry %d" % number) for number in range(300)])


def policy(log_key: str) -> Policy:
    """One log, and no witness."""
    return Policy((VerifierKey.parse(log_key),), {}, {})


@pytest.mark.parametrize(("name", "size"), [("older", 257), ("newer", 300)])
def test_their_checkpoints_are_ours(name: str, size: int) -> None:
    """The root of the same entries, the log's line octet for octet, and the witness's time."""
    note = Note.parse(TLOG[name].encode())
    log, witness = (VerifierKey.parse(TLOG[each]) for each in ("log_key", "witness_key"))
    assert note.text == str(Checkpoint("go.example/log", size, root(size, TILES)))
    assert note.signatures[0] == sign(note.text, SignerKey.parse(TLOG["signer_key"]))
    assert [(each.key, each.at is None) for each in verified(note, [log, witness])] == [
        (log, True),
        (witness, False),
    ]
    assert bytes(note).decode() == TLOG[name]


def test_their_consistency_proof_is_ours() -> None:
    """Hash for hash; and it holds."""
    proof = [base64.b64decode(each) for each in TLOG["consistency"]]
    assert proof == consistency_proof(257, 300, TILES)
    assert tiles_of(consistency_ranges(257, 300)) <= set(TILES)
    verify_consistency(257, 300, root(257, TILES), root(300, TILES), proof)


def test_their_proof_of_an_entry_is_ours() -> None:
    """The whole file, with its extra line."""
    note = Note.parse(TLOG["newer"].encode())
    receipt = Receipt(257, tuple(inclusion_proof(257, 300, TILES)), note, b"from Go")
    assert bytes(receipt).decode() == TLOG["proof"]
    assert Receipt.parse(TLOG["proof"].encode()) == receipt
    receipt.prove(TLOG["entry"].encode(), policy(TLOG["log_key"]))


def test_a_foreign_witness_cosigns_our_checkpoint() -> None:
    """Its line under our text holds, and says its time."""
    note = Note.parse(LITEWITNESS["note"].encode())
    log, witness = (VerifierKey.parse(LITEWITNESS[each]) for each in ("log_key", "witness_key"))
    signed = {each.key: each.at for each in verified(note, [log, witness])}
    assert f"{signed[witness]:%Y-%m-%d}" == "2026-11-30"
    assert Checkpoint.parse(note.text).origin == log.name


def test_spicy_and_the_offline_verifier_agree(tmp_path: Path) -> None:
    """Its files lack the first line that C2SP asks for, and are ours otherwise."""
    (tmp_path / "doc").write_text(SPICY["entry"])
    proof = tmp_path / "doc.tlog-proof"
    proof.write_text(SPICY["proof"])
    assert verify.main(["--key", SPICY["log_key"], str(proof)]) == 2
    proof.write_text(f"{HEADER}\n{SPICY['proof']}")
    assert verify.main(["--key", SPICY["log_key"], str(proof)]) == 0
    (tmp_path / "doc").write_text(SPICY["entry"] + "!")
    assert verify.main(["--key", SPICY["log_key"], str(proof)]) == 1
