"""Whether an outbox is what its producer once said: numbers, links and digests, held together.

Pure. Rows come in the order of their numbers, in pages if there are many. The first row that is
retained is taken on trust: what it links to was swept.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from shared.events.envelope import GENESIS


class Kind(StrEnum):
    """What was found, each with its sentence."""

    MISSING = "{numbers} missing"
    ALTERED = "{numbers} altered: the digest does not fit the content"
    REPLACED = "{numbers} not linked to the one before: one of the two was replaced"
    INSERTED = "{numbers} inserted: the number stands twice, or below 1"
    REMOVED = "{numbers} on the topic, but not in the outbox"
    DIFFERENT = "{numbers} not what was published: the topic holds another digest or key"
    FORGED = "{numbers} on the topic, but sealed or said by another service"
    UNPROVEN = "{numbers} not the service's own word: a MAC is missing or does not fit"
    UNPUBLISHED = "{numbers} marked as published, but not on the topic"


@dataclass(frozen=True, slots=True)
class Link:
    """One row of the chain; ``recomputed`` is the digest of what the row holds now."""

    seq: int
    prev: str
    digest: str
    recomputed: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong with the numbers from ``first`` to ``last``."""

    kind: Kind
    first: int
    last: int

    def __str__(self) -> str:
        """One clear line."""
        if self.first == self.last:
            return self.kind.format(numbers=f"number {self.first}")
        return self.kind.format(numbers=f"numbers {self.first} to {self.last}")


@dataclass(frozen=True, slots=True)
class Before:
    """The last number seen, and the digests of the rows that bear it: one, if all is well."""

    seq: int
    digests: frozenset[str]


def check(
    rows: Iterable[Link], before: Before | None = None
) -> tuple[list[Finding], Before | None]:
    """What is wrong with a page of rows, and what the next page follows."""
    found: list[Finding] = []
    for row in rows:
        found += _alone(row)
        if before is not None and row.seq == before.seq:
            found.append(one(Kind.INSERTED, row.seq))
            before = Before(row.seq, before.digests | {row.digest})
            continue
        if before is not None:
            found += _after(before, row)
        before = Before(row.seq, frozenset([row.digest]))
    return found, before


def _alone(row: Link) -> Iterator[Finding]:
    if row.digest != row.recomputed:
        yield one(Kind.ALTERED, row.seq)
    if row.seq < 1:
        yield one(Kind.INSERTED, row.seq)
    if row.seq == 1 and row.prev != GENESIS:
        yield one(Kind.REPLACED, row.seq)


def _after(before: Before, row: Link) -> Iterator[Finding]:
    if row.seq > before.seq + 1:
        yield Finding(Kind.MISSING, before.seq + 1, row.seq - 1)
    elif row.prev not in before.digests:
        yield one(Kind.REPLACED, row.seq)


def one(kind: Kind, seq: int) -> Finding:
    """A finding about one number."""
    return Finding(kind, seq, seq)


def together(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by kind and number, neighbours of one kind as one."""
    found: list[Finding] = []
    for each in sorted(findings, key=lambda each: (list(Kind).index(each.kind), each.first)):
        last = found[-1] if found else None
        if last is not None and last.kind is each.kind and each.first <= last.last + 1:
            found[-1] = Finding(each.kind, last.first, max(last.last, each.last))
        else:
            found.append(each)
    return found
