"""What is asked of witnesses, what is kept of their answers, and what is found when they fall
silent."""

from dataclasses import dataclass
from datetime import timedelta

from services.audit.deps import Deps
from services.audit.ledger.add_checkpoint import AddCheckpoint, Cosigned, cosigned
from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.errors import Unproven, Unreadable
from services.audit.ledger.keys import VerifierKey
from services.audit.ledger.notes import Note
from services.audit.ledger.passed_on import passed_on
from services.audit.ledger.policy import NONE, Policy
from services.audit.ledger.proofs import consistency_ranges
from services.audit.ledger.signing import verified
from services.audit.ledger.tiles import consistency_proof, tiles_of
from services.audit.model.findings import Finding, Kind
from services.audit.model.judging import is_cosigned_early
from services.audit.publish import raise_finding
from services.audit.store import checkpoints, findings, tree
from services.audit.store.origins import Origin
from services.audit.witnesses import parting, store
from services.audit.witnesses.parting import FIELD
from shared import locks
from shared.db import Tx
from shared.errors import Invalid, NotFound

LOCK = "unwitnessed"
DAY = timedelta(hours=24)


async def question(tx: Tx, old: int) -> AddCheckpoint:
    """The newest checkpoint, and the proof for who knows ``old`` leaves; `NotFound` before the
    first, `Invalid` for more leaves than it has."""
    newest = await checkpoints.newest(tx)
    if newest is None:
        raise NotFound
    if old > newest.size:
        raise Invalid("old", "the newest checkpoint has fewer leaves")
    proof: list[bytes] = []
    if old:
        needed = tiles_of(consistency_ranges(old, newest.size))
        tiles = await tree.tiles(tx, needed, newest.size)
        proof = consistency_proof(old, newest.size, tiles)
    return AddCheckpoint(old, tuple(proof), Note.parse(newest.note.encode()))


async def next_question(tx: Tx, key: VerifierKey, origin: Origin) -> AddCheckpoint | None:
    """What to ask a witness next; none while it has cosigned all there is. Under a later origin it
    knows nothing yet."""
    newest, known = await checkpoints.newest(tx), await store.newest(tx, {"it": key})
    old = known["it"].size if known else 0
    if newest is None or newest.size <= max(old, origin.since):
        return None
    return await question(tx, old if old > origin.since else 0)


async def keep(tx: Tx, note: Note, witness: tuple[str, VerifierKey], given: Cosigned) -> None:
    """Keeps what a witness has given for a checkpoint of ours, the first time. It is a finding,
    once a day, if by its clock that was before an entry says that it was."""
    (name, key), size = witness, Checkpoint.parse(note.text).size
    if not await store.add(tx, size, key, given):
        return
    latest = await store.latest(tx, key, size)
    if latest is None or not is_cosigned_early(latest.time, given.at):
        return
    if not await findings.is_found_since(tx, Kind.EARLY, name, tx.now - DAY):
        place = latest.index + 1, latest.index + 1
        await raise_finding(tx, Finding(Kind.EARLY, name, *place, latest.event_id))


async def look(tx: Tx, policy: Policy) -> int:
    """Up to how many leaves enough witnesses know the ledger. It is a finding if the first
    checkpoint after that is a day old."""
    await locks.hold(tx, LOCK)
    known = await store.newest(tx, policy.witnesses)
    covered = policy.covered({name: each.size for name, each in known.items()})
    first = await store.behind(tx, covered)
    if policy.quorum != NONE and first is not None and first.signed_at <= tx.now - DAY:
        await raise_finding(tx, Finding(Kind.UNWITNESSED, "audit", covered + 1, first.size))
    return covered


@dataclass(frozen=True, slots=True)
class Brought:
    """Who has cosigned a note, and whose lines were passed over: the policy does not know them.
    ``parted``: what the ledger goes on as, if the note shows that its key signed another tree."""

    cosigners: list[str]
    ignored: list[str]
    parted: Origin | None = None


async def brought(tx: Tx, deps: Deps, text: str) -> Brought:
    """Keeps the cosignatures of a note that somebody brings by hand.

    Raises `Invalid` unless it is a checkpoint of this ledger, and each line of a known witness
    holds.
    """
    policy = deps.witnesses.current
    try:
        note = Note.parse(passed_on(text.encode()))
        checkpoint = Checkpoint.parse(note.text)
        by = [each.key for each in verified(note, policy.witnesses.values())]
    except Unreadable:
        raise Invalid(FIELD, "this is no signed checkpoint, or it is cut short") from None
    except Unproven:
        raise Invalid(FIELD, "a cosignature is not that of its witness under this text") from None
    ours = await store.signed(tx, checkpoint.size)
    cosigners = [name for name, key in policy.witnesses.items() if key in by]
    if ours is None or Note.parse(ours.note.encode()).text != note.text:
        if parted := await parting.shown(tx, deps, note, by):
            return Brought(cosigners, [], parted)
        raise Invalid(FIELD, "this is no checkpoint that this ledger has signed")
    if not by:
        raise Invalid(FIELD, "none of the witnesses that the policy names has cosigned it")
    for name in cosigners:
        key = policy.witnesses[name]
        await keep(tx, note, (name, key), cosigned(note, key))
    known = {(key.name, key.id) for key in policy.witnesses.values()}
    others = [each for each in note.signatures if each.name != checkpoint.origin]
    return Brought(cosigners, [e.name for e in others if (e.name, e.key_id) not in known])


async def enough(tx: Tx, policy: Policy, above: int = 0, *, newest_first: bool) -> Note | None:
    """The newest checkpoint of more than ``above`` leaves, or the earliest, that enough witnesses
    have cosigned, with what they gave. The earliest shows best how old an entry is at least."""
    found = await store.cosigned_sizes(tx, policy.witnesses, above=above, newest_first=newest_first)
    size = next((size for size, names in found.items() if policy.is_met(names)), None)
    signed = await store.signed(tx, size) if size is not None else None
    return await with_cosignatures(tx, signed) if signed else None


async def with_cosignatures(tx: Tx, signed: checkpoints.Checkpoint) -> Note:
    """A checkpoint with all that witnesses gave for it."""
    return Note.parse(signed.note.encode()).also(*await store.lines(tx, signed.size))
