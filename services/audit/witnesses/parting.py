"""Parting: when the ledger and those who watch it know different pasts, and what follows.

The tree stays, with new leaves behind the old; checkpoints bear another name from then on, and each
witness decides anew whether it cosigns them (docs/decisions/0039).
"""

from collections.abc import Collection
from datetime import timedelta

from services.audit.deps import Deps
from services.audit.ledger.add_checkpoint import AddCheckpoint
from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.keys import VerifierKey
from services.audit.ledger.notes import Note
from services.audit.ledger.policy import Policy
from services.audit.ledger.signing import verified
from services.audit.model.findings import Finding, Kind
from services.audit.publish import raise_finding
from services.audit.store import checkpoints, findings, origins, restores, tree
from services.audit.store.origins import Origin
from services.audit.witnesses import store
from services.audit.witnesses.store import Contradiction
from shared import locks
from shared.db import Tx
from shared.errors import Invalid

FIELD = "note"
DAY = timedelta(hours=24)


def has_parted(policy: Policy, by: Collection[str], *, restored: bool, signed: bool) -> bool:
    """Whether those who contradict are enough to be believed.

    ``restored``: audit itself came back from a backup, so that it may lack what witnesses know, and
    too few have gone on with it since: one of them is enough. ``signed``: one of them showed
    another tree with the ledger's own signature, which no witness can make. Else nobody explains
    it, and as many must say it as the policy calls enough, and so many that it is not met without
    them.
    """
    known = [name for name in by if name in policy.witnesses]
    return bool(known) and (restored or signed or policy.outvoted(known))


async def contradicted(tx: Tx, deps: Deps, name: str, asked: AddCheckpoint) -> None:
    """A witness does not go on from as many leaves as it says it knows, though we have so many.

    Not counted where it cosigned so many of this very tree itself: then the witness keeps two.
    """
    await _say(tx, name, asked.old)
    key = deps.witnesses.current.witnesses[name]
    if not await _cosigned_itself(tx, key, asked.old):
        origin = Checkpoint.parse(asked.note.text).origin
        await store.contradict(tx, key, Contradiction(origin, asked.old, signed=False))
        await consider(tx, deps)


async def shown(tx: Tx, deps: Deps, note: Note, by: Collection[VerifierKey]) -> Origin | None:
    """Somebody brings a checkpoint that the ledger's key has signed and these have cosigned, and
    that is not kept here: under which name the ledger goes on, if it is of another tree.

    None if it is nothing of the kind. Raises `Invalid` while there are fewer leaves here.
    """
    theirs = Checkpoint.parse(note.text)
    origin = await origins.current(tx, deps.signing.origin)
    signers = deps.signing.verifiers(origin.name)
    if not by or theirs.origin != origin.name or not verified(note, signers):
        return None
    if theirs.size > await tree.size(tx):
        raise Invalid(FIELD, "this ledger is still behind it: bring it again once it has grown")
    if theirs.root == await tree.root_at(tx, theirs.size):
        return None
    for key in by:
        await store.contradict(tx, key, Contradiction(origin.name, theirs.size, signed=True))
    return await consider(tx, deps)


async def ahead(tx: Tx, deps: Deps, name: str, size: int) -> None:
    """A witness says that it knows ``size`` leaves, and there are fewer here: a finding, unless
    audit was restored and asks for what it lacks."""
    origin = await origins.current(tx, deps.signing.origin)
    await store.say_ahead(tx, deps.witnesses.current.witnesses[name], size)
    if not await _restored(tx, deps.witnesses.current, origin):
        await _say(tx, name, size)


async def consider(tx: Tx, deps: Deps) -> Origin | None:
    """Goes on under another name if enough contradict; which."""
    await locks.hold(tx, checkpoints.LOCK)
    policy, first = deps.witnesses.current, deps.signing.origin
    origin = await origins.current(tx, first)
    found = await store.contradictions(tx, origin.name, policy.witnesses)
    restored = await _restored(tx, policy, origin)
    signed = any(each.signed for each in found.values())
    newest = await checkpoints.newest(tx)
    if newest is None or not has_parted(policy, found, restored=restored, signed=signed):
        return None
    parted_at = await store.shared(tx, {policy.witnesses[name]: found[name].size for name in found})
    after = Origin(origin.next_name(first), origin.number + 1, newest.size, parted_at)
    await origins.begin(tx, after)
    await raise_finding(tx, Finding(Kind.PARTED, "audit", parted_at, newest.size))
    return after


async def _say(tx: Tx, name: str, size: int) -> None:
    """That a witness contradicts, once a day: one that names another size each time calls nobody
    out of bed each time."""
    if not await findings.is_found_since(tx, Kind.CONTRADICTED, name, tx.now - DAY):
        await raise_finding(tx, Finding(Kind.CONTRADICTED, name, size, size))


async def _restored(tx: Tx, policy: Policy, origin: Origin) -> bool:
    """Whether audit was restored under this name, and not enough have cosigned what it is since."""
    at = await restores.of_audit(tx)
    if at is None or (origin.begun_at is not None and at <= origin.begun_at):
        return False
    known = await store.newest(tx, policy.witnesses)
    return not policy.is_met([name for name, each in known.items() if each.received_at > at])


async def _cosigned_itself(tx: Tx, key: VerifierKey, size: int) -> bool:
    kept = await store.cosigned_by(tx, key, size)
    if kept is None:
        return False
    head = Checkpoint.parse(Note.parse(kept.note.encode()).text)
    return head.root == await tree.root_at(tx, size)
