"""Policies: how many of which witnesses must have seen a checkpoint, as data."""

from datetime import UTC, datetime

import pytest

from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.errors import Unproven, Unreadable
from services.audit.ledger.keys import Kind, SignerKey
from services.audit.ledger.notes import Note
from services.audit.ledger.policy import Policy
from services.audit.ledger.policy_file import parse_policy
from services.audit.ledger.signing import cosign, sign

LOG = SignerKey("ledger.example", Kind.NOTE, bytes(32))
WITNESSES = {
    name: SignerKey(f"{name}.example", Kind.COSIGNATURE, bytes([at] * 32))
    for at, name in enumerate(["ngo", "ombudsman", "ministry", "press"], 1)
}
AT = datetime(2026, 11, 30, 9, 15, tzinfo=UTC)
LINES = "".join(
    f"witness {name} {key.verifier} https://{key.name}/\n" for name, key in WITNESSES.items()
)
TEXT = str(Checkpoint("ledger.example", 3, bytes(32)))


def policy(lines: str) -> Policy:
    """One log, four witnesses, and these lines."""
    return parse_policy(f"# who counts\n\nlog {LOG.verifier}\n{LINES}\t{lines}\n".encode())


def note(*names: str) -> Note:
    """Signed by the log, and cosigned by these."""
    return Note(TEXT, (sign(TEXT, LOG), *(cosign(TEXT, WITNESSES[name], AT) for name in names)))


@pytest.mark.parametrize(
    ("lines", "enough", "too_few"),
    [
        ("quorum none", [""], []),
        ("quorum ngo", ["ngo", "ngo press"], ["", "press"]),
        (
            "group two 2 ngo ombudsman ministry\nquorum two",
            ["ngo ministry", "ngo ombudsman ministry"],
            ["", "ngo", "ngo press", "ngo ngo"],
        ),
        ("group one any ngo press\nquorum one", ["ngo", "press"], ["ministry"]),
        ("group all all ngo press\nquorum all", ["ngo press"], ["ngo", "press"]),
        (
            "group state any ombudsman ministry\ngroup both all state ngo\nquorum both",
            ["ministry ngo", "ombudsman ngo press"],
            ["ministry ombudsman", "ngo press"],
        ),
    ],
)
def test_a_quorum_is_there_or_not(lines: str, enough: list[str], too_few: list[str]) -> None:
    """Whoever cosigned twice counts once; whoever is not asked for does not count."""
    rule = policy(lines)
    for names in enough:
        judged = rule.judge(note(*names.split()))
        assert judged.checkpoint == Checkpoint.parse(TEXT)
        assert judged.witnesses == dict.fromkeys(names.split(), AT)
    for names in too_few:
        with pytest.raises(Unproven, match="too few witnesses"):
            rule.judge(note(*names.split()))


def test_the_log_itself_must_have_signed() -> None:
    """However many witnesses there are; and under its own name."""
    rule = policy("quorum none")
    with pytest.raises(Unproven, match="not signed by the log"):
        rule.judge(Note(TEXT, note("ngo").signatures[1:]))
    other = TEXT.replace("ledger", "other")
    with pytest.raises(Unproven, match=r"no key of the log 'other\.example'"):
        rule.judge(Note(other, (sign(other, LOG),)))


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("", "names no quorum"),
        ("quorum ngo\nquorum none", "line 9 of the policy: a second quorum"),
        ("quorum two\ngroup two 2 ngo press", "no line before names 'two'"),
        ("group two 3 ngo press\nquorum two", "'3' of 2 members"),
        ("group two 0 ngo press\nquorum two", "'0' of 2 members"),
        ("group two two ngo press\nquorum two", "'two' of 2 members"),
        ("group two any\nquorum two", "no line of"),
        ("group a any ngo\ngroup b any ngo\nquorum b", "'ngo' is a member twice"),
        ("group a any none\nquorum a", "no line before names 'none'"),
        ("group ngo any press\nquorum ngo", "'ngo' is taken"),
        (f"witness none {WITNESSES['ngo'].verifier}\nquorum none", "'none' is taken"),
        (f"witness twin {WITNESSES['ngo'].verifier}\nquorum none", "stands twice"),
        (f"log {LOG.verifier}\nquorum none", "stands twice"),
        (f"witness log {LOG.verifier}\nquorum none", "signs no cosignatures"),
        ("witness ngo2 ngo+00000000+AAAA\nquorum none", "line 8 of the policy: the key 'ngo'"),
        ("quorum none\rquorum ngo", "control characters"),
        ("witnesses ngo\nquorum none", "no line of"),
    ],
)
def test_what_is_no_policy_is_refused(lines: str, complaint: str) -> None:
    """With the line, and what is wrong in it."""
    with pytest.raises(Unreadable, match=complaint):
        policy(lines)


def test_a_policy_that_is_cut_short_is_refused() -> None:
    """A quorum of `two` is not one of `two-of-three`."""
    with pytest.raises(Unreadable, match="cut short"):
        parse_policy(b"quorum none")


def test_names_are_octets() -> None:
    """A sign that looks the same is another name, and what is no UTF-8 is one too."""
    lines = b"witness \xff" + f" {WITNESSES['ngo'].verifier}\n".encode()
    assert len(parse_policy(lines + b"quorum \xff\n").witnesses) == 1
    with pytest.raises(Unreadable, match="no line before"):
        parse_policy(lines + b"quorum \xfe\n")
