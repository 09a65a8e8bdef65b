"""Whether a consumer moves: what there is to read, held against what was done with it. Pure.

A partition is stuck when it has records left, waits for nothing that it can name, and nothing was
done for it in so many looks. What a consumer has fetched is no progress: its handler may hang. Nor
is what it believes to be the end of the log: its fetcher may have stopped.

A consumer does one thing at a time, and what stood before a record is done before it: as long as
that goes on, the record's turn has yet to come. What came later and is done earlier is no excuse.

Looks are counted, not seconds: a process that was stopped for an hour has not looked meanwhile.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

Partition = tuple[str, int]
"""Topic and number; `aiokafka.TopicPartition` is one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one partition is at one moment; each is the offset behind the last such record.

    ``committed`` and ``end`` as the brokers say. ``done``: dealt with by this process, committed or
    not; a long batch is no standstill.
    """

    committed: int
    done: int
    end: int

    @property
    def left(self) -> int:
        """Records that are not committed."""
        return max(0, self.end - self.committed)

    def short_of(self, offset: int) -> bool:
        """Whether something before ``offset`` is not dealt with."""
        return max(self.committed, self.done) < offset


@dataclass(frozen=True, slots=True)
class Still:
    """A partition that has work and does not move. ``looks``: in a row, at which nothing was done.

    ``ahead``: other partitions, each with the end of its log when this one began to wait. Each is
    there until it has come so far, or waits itself.
    """

    looks: int
    ahead: Mapping[Partition, int]


@dataclass(frozen=True, slots=True)
class Progress:
    """What the last look found, of the partitions that are this process's own."""

    seen: Mapping[Partition, Standing] = field(default_factory=dict)
    still: Mapping[Partition, Still] = field(default_factory=dict)

    def after(self, seen: Mapping[Partition, Standing], waiting: Set[Partition]) -> "Progress":
        """The same after another look; ``waiting``: those that wait by name."""
        return Progress(
            seen,
            {
                where: self._still(where, seen, waiting)
                for where, now in seen.items()
                if now.left and where not in waiting
            },
        )

    def stuck(self, looks: int) -> list[Partition]:
        """For which nothing was done in so many looks."""
        return sorted(where for where, still in self.still.items() if still.looks >= looks)

    def _still(
        self, where: Partition, seen: Mapping[Partition, Standing], waiting: Set[Partition]
    ) -> Still:
        before = self.still.get(where)
        if before is None or self._moved(where, seen):
            looks, ahead = 0, {other: now.end for other, now in seen.items() if other != where}
        else:
            gone_on = any(other in waiting or self._moved(other, seen) for other in before.ahead)
            looks, ahead = 0 if gone_on else before.looks + 1, dict(before.ahead)
        return Still(
            looks,
            {
                other: end
                for other, end in ahead.items()
                if other in seen and other not in waiting and seen[other].short_of(end)
            },
        )

    def _moved(self, where: Partition, seen: Mapping[Partition, Standing]) -> bool:
        """Whether something was done there since the last look, or it came or went."""
        before, now = self.seen.get(where), seen.get(where)
        if before is None or now is None:
            return True
        return (before.committed, before.done) != (now.committed, now.done)
