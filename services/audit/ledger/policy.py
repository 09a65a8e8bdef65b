"""Trust policies, C2SP `tlog-policy`: which logs count, and how many of which witnesses."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.errors import Unproven
from services.audit.ledger.keys import VerifierKey
from services.audit.ledger.notes import Note
from services.audit.ledger.signing import verified

NONE = "none"
"""The quorum that is always there."""


@dataclass(frozen=True, slots=True)
class Group:
    """``least`` of the members must have witnessed; a member is a witness or another group."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A checkpoint that the policy takes, and the time of each known witness that cosigned it."""

    checkpoint: Checkpoint
    witnesses: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Policy:
    """Keys of logs, witnesses and groups by their names here, and the name that must be there;
    ``urls``: where those witnesses are asked that can be."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    quorum: str = NONE
    urls: Mapping[str, str] = field(default_factory=dict)

    def judge(self, note: Note) -> Judged:
        """Raises `Unproven`, or `Unreadable` if the note is no checkpoint."""
        checkpoint = Checkpoint.parse(note.text)
        logs = [key for key in self.logs if key.name == checkpoint.origin]
        if not logs:
            raise Unproven(f"no key of the log {checkpoint.origin!r} is known")
        if not verified(note, logs):
            raise Unproven(f"not signed by the log {checkpoint.origin!r}")
        times = {each.key: each.at for each in verified(note, self.witnesses.values())}
        signed = {name: times.get(key) for name, key in self.witnesses.items()}
        witnesses = {name: at for name, at in signed.items() if at is not None}
        if not self.is_met(witnesses):
            raise Unproven(
                f"too few witnesses: {', '.join(witnesses) or NONE} cosigned it,"
                f" and the policy asks for {self.asks}"
            )
        return Judged(checkpoint, witnesses)

    @property
    def asks(self) -> str:
        """How many of whom are enough, in words."""
        if self.quorum == NONE:
            return NONE
        group = self.groups.get(self.quorum, Group(1, (self.quorum,)))
        return f"{group.least} of {', '.join(group.members)}"

    def is_met(self, witnesses: Collection[str]) -> bool:
        """Whether these witnesses, by their names here, are as many as it asks for."""
        return self._there(self.quorum, witnesses)

    def earliest(self, times: Mapping[str, datetime]) -> dict[str, datetime]:
        """The first of these, by their times, that are enough together; none if all are not. What
        they cosigned existed no later than the last of these times."""
        first: dict[str, datetime] = {}
        for name, at in sorted(times.items(), key=lambda each: each[1]):
            first[name] = at
            if self.is_met(first):
                return first
        return {}

    def outvoted(self, by: Collection[str]) -> bool:
        """Whether these are as many as it asks for, and it is not met without them."""
        return self.is_met(by) and not self.is_met(
            [name for name in self.witnesses if name not in by]
        )

    def covered(self, newest: Mapping[str, int]) -> int:
        """The largest size of which enough witnesses know the tree, by the newest of each; or 0."""
        sizes = sorted(set(newest.values()), reverse=True)
        seen = ([name for name, each in newest.items() if each >= size] for size in sizes)
        met = (size for size, names in zip(sizes, seen, strict=True) if self.is_met(names))
        return next(met, 0)

    def _there(self, name: str, witnesses: Collection[str]) -> bool:
        if name not in self.groups:
            return name == NONE or name in witnesses
        group = self.groups[name]
        return sum(self._there(each, witnesses) for each in group.members) >= group.least
