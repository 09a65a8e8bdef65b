"""Whether a consumer moves: what there is to read, held against what was done with it. Pure.

A partition is stuck when it has records left, waits for nothing that it can name, and nothing of it
was done for as long as patience lasts. What a consumer has fetched is no progress: its handler may
hang. Nor is what it believes to be the end of the log: its fetcher may have stopped.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass

Partition = tuple[str, int]
"""Topic and number; `aiokafka.TopicPartition` is one."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one moment, by partition, of those that are this process's own.

    ``left``: records between the committed offset and the end, as the brokers say. ``done``: the
    offset behind the last record that is dealt with, committed or not.
    """

    left: Mapping[Partition, int]
    done: Mapping[Partition, int]


class Progress:
    """Remembers since when each partition has not moved. ``patience`` is in seconds."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._still: dict[Partition, tuple[float, int]] = {}
        """Since when, and at which offset, a partition that has work stands still."""

    def judge(self, look: Look, waiting: Set[Partition], at: float) -> list[Partition]:
        """The partitions that are stuck at ``at``, seconds of any steady clock."""
        stuck: list[Partition] = []
        still: dict[Partition, tuple[float, int]] = {}
        for where, left in look.left.items():
            if left <= 0 or where in waiting:
                continue
            done = look.done.get(where, 0)
            since, before = self._still.get(where, (at, done))
            still[where] = (since, done) if before == done else (at, done)
            if at - still[where][0] > self._patience:
                stuck.append(where)
        self._still = still
        return stuck

    def forget(self) -> None:
        """Nothing could be seen: patience begins anew."""
        self._still = {}
