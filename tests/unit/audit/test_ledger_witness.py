"""A witness's own decision: what it cosigns, and what it answers to everything else."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from services.audit.ledger.add_checkpoint import (
    SIZE,
    AddCheckpoint,
    Answer,
    Contradicts,
    Cosigned,
    Knows,
    said,
)
from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.errors import Unproven, Unreadable
from services.audit.ledger.hashes import EMPTY_ROOT, leaf_hash
from services.audit.ledger.keys import Kind, SignerKey
from services.audit.ledger.notes import Note
from services.audit.ledger.policy_file import parse_policy
from services.audit.ledger.signing import sign
from services.audit.ledger.tiles import consistency_proof
from services.audit.ledger.tree import Tree
from services.audit.ledger.witness import Witness

LOG = SignerKey("ledger.example", Kind.NOTE, bytes(32))
KEY = SignerKey("ngo.example", Kind.COSIGNATURE, bytes([1] * 32))
WITNESS = Witness(KEY, (LOG.verifier,))
AT = datetime(2026, 11, 30, 9, 15, tzinfo=UTC)
LEAVES = [leaf_hash(bytes([at])) for at in range(9)]


def tree(size: int, first: int = 0) -> Tree:
    """So many leaves; with another ``first`` it is a fork from the first leaf on."""
    return Tree().grown([leaf_hash(bytes([first])), *LEAVES[1:]][:size])[0]


def checkpoint(of: Tree) -> Checkpoint:
    """Its head."""
    return Checkpoint(LOG.name, of.size, of.root())


def asked(old: int, of: Tree, key: SignerKey = LOG, *, proven_by: Tree | None = None) -> bytes:
    """A request, whose proof is that of ``proven_by`` if it is given."""
    shown = proven_by or of
    proof = consistency_proof(old, shown.size, shown.tiles) if 0 < old <= shown.size else []
    text = str(checkpoint(of))
    return bytes(AddCheckpoint(old, tuple(proof), Note(text, (sign(text, key),))))


STRANGER = replace(LOG, seed=bytes([9] * 32))
UNKNOWN = replace(LOG, name="other.example")


@dataclass(frozen=True)
class Case:
    """What is asked of a witness that has seen ``seen`` leaves, and its answer."""

    body: Callable[[], bytes]
    seen: int
    status: int
    text: str = ""


CASES = {
    "the first that it sees": Case(lambda: asked(0, tree(5)), 0, 200),
    "what goes on": Case(lambda: asked(5, tree(8)), 5, 200),
    "the same again": Case(lambda: asked(5, tree(5)), 5, 200),
    "an empty one": Case(lambda: asked(0, Tree()), 0, 200),
    "no request": Case(lambda: b"old five\n\n", 5, 400),
    "a size that falls": Case(lambda: asked(5, tree(3)), 5, 400),
    "a log that it does not watch": Case(
        lambda: asked(5, tree(8)).replace(b"ledger.example", b"strange.example"), 5, 404
    ),
    "a stranger's signature": Case(lambda: asked(5, tree(8), STRANGER), 5, 403),
    "from a size that it is past": Case(lambda: asked(3, tree(8)), 5, 409, "5\n"),
    "as if it knew nothing": Case(lambda: asked(0, tree(8)), 5, 409, "5\n"),
    "more than it knows": Case(lambda: asked(5, tree(8)), 0, 409, "0\n"),
    "another root of as many": Case(lambda: asked(5, tree(5, first=7)), 5, 409),
    "a fork": Case(lambda: asked(5, tree(8, first=7)), 5, 422),
    "a fork with the true one's proof": Case(
        lambda: asked(5, tree(8, first=7), proven_by=tree(8)), 5, 422
    ),
    "a proof from nothing": Case(
        lambda: asked(0, tree(5)).replace(b"old 0\n", b"old 0\n" + b"A" * 43 + b"=\n"), 0, 422
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_witness_cosigns_what_goes_on_from_what_it_cosigned_and_nothing_else(name: str) -> None:
    """Each answer has the status of C2SP tlog-witness; what it is to keep comes with a cosignature
    alone."""
    case = CASES[name]
    seen = {LOG.name: checkpoint(tree(case.seen))} if case.seen else {}
    answer, kept = WITNESS.answer(case.body(), seen, AT)
    assert answer.status == case.status
    assert (answer.media_type == SIZE) is bool(case.text)
    if case.text:
        assert answer.text == case.text
    assert (kept is not None) is (case.status == 200)
    if kept is not None:
        note = AddCheckpoint.parse(case.body()).note
        heard = said(answer, note, KEY.verifier)
        assert isinstance(heard, Cosigned)
        assert heard.at == AT
        assert Checkpoint.parse(note.text) == kept


def test_what_a_witness_answers_is_told_apart() -> None:
    """Another size asks for another proof; a contradiction is one; all else is no answer."""
    note = AddCheckpoint.parse(asked(0, tree(5))).note
    answer, _ = WITNESS.answer(asked(0, tree(5)), {}, AT)

    def heard(status: int, text: str = "", media_type: str = "text/plain") -> object:
        return said(Answer(status, text, media_type), note, KEY.verifier)

    assert heard(409, "7\n", SIZE) == heard(409, "7\n", f"{SIZE}; charset=utf-8") == Knows(7)
    assert heard(409, "another root\n") == heard(422) == Contradicts()
    for torn in (answer.text[:-1], "", "— ngo.example\n"):
        with pytest.raises(Unreadable):
            heard(200, torn)
    for status in (201, 302, 403, 404, 429, 500):
        with pytest.raises(Unreadable, match=str(status)):
            heard(status, answer.text)
    with pytest.raises(Unreadable):
        heard(409, "-1\n", SIZE)
    with pytest.raises(Unproven, match="not cosigned by"):
        said(answer, note, replace(KEY, name="other").verifier)
    other = AddCheckpoint.parse(asked(0, tree(6))).note
    with pytest.raises(Unproven, match="is not that of its key"):
        said(answer, other, KEY.verifier)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 5",
        b"old 05\n\nx\n",
        b"new 5\n\n",
        b"old 0\n\n",
        b"old 5\nAAAA\n\n" + asked(0, tree(5)).partition(b"\n\n")[2],
        b"old 0\n" + b"A" * 43 + b"=\n" * 64 + asked(0, tree(5)).partition(b"\n")[2],
        asked(0, tree(5)) + b"x" * 65_536,
    ],
)
def test_what_is_no_request_is_refused(body: bytes) -> None:
    """Cut short, with a proof that is none, or too long."""
    with pytest.raises(Unreadable):
        AddCheckpoint.parse(body)


def test_a_request_prints_to_what_was_read() -> None:
    """With its proof and every signature."""
    body = asked(3, tree(9))
    assert bytes(AddCheckpoint.parse(body)) == body
    assert checkpoint(Tree()).root == EMPTY_ROOT


def test_a_policy_says_up_to_where_enough_witnesses_have_come() -> None:
    """Two of three: the second newest counts; one alone proves nothing."""
    lines = "".join(
        f"witness {name} {SignerKey(name, Kind.COSIGNATURE, bytes([at] * 32)).verifier}{url}\n"
        for at, (name, url) in enumerate([("a", ""), ("b", " https://b.example/"), ("c", "")], 1)
    )
    policy = parse_policy(f"{lines}group two 2 a b c\nquorum two\n".encode())
    assert policy.urls == {"b": "https://b.example/"}
    assert policy.covered({"a": 9, "b": 7, "c": 3}) == 7
    assert policy.covered({"a": 9}) == policy.covered({}) == 0
    assert policy.is_met(["a", "c"])
    assert not policy.is_met(["a"])
