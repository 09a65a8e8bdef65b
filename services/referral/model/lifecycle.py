"""Lifecycle of an offer: every edge there is, and who may take it. What is not here cannot be."""

from enum import StrEnum

from shared.errors import Conflict
from shared.events.words import OfferStatus as S


class Party(StrEnum):
    """Who moves an offer."""

    PROVIDER = "provider"
    COORDINATOR = "coordinator"
    SYSTEM = "system"
    CLOCK = "clock"


_P, _C, _S, _K = Party.PROVIDER, Party.COORDINATOR, Party.SYSTEM, Party.CLOCK

EDGES: dict[tuple[S, S], frozenset[Party]] = {
    (S.DRAFT, S.REQUESTED): frozenset({_S}),
    (S.DRAFT, S.CANCELLED): frozenset({_S}),
    (S.REQUESTED, S.RECEIVED): frozenset({_P}),
    (S.REQUESTED, S.ACCEPTED): frozenset({_P}),
    (S.RECEIVED, S.ACCEPTED): frozenset({_P}),
    (S.EXPIRED, S.ACCEPTED): frozenset({_P}),
    (S.REQUESTED, S.REJECTED): frozenset({_P}),
    (S.RECEIVED, S.REJECTED): frozenset({_P}),
    (S.REQUESTED, S.EXPIRED): frozenset({_K}),
    (S.RECEIVED, S.EXPIRED): frozenset({_K}),
    (S.REQUESTED, S.CANCELLED): frozenset({_C, _S}),
    (S.RECEIVED, S.CANCELLED): frozenset({_C, _S}),
    (S.ACCEPTED, S.CANCELLED): frozenset({_S}),
    (S.IN_PROGRESS, S.CANCELLED): frozenset({_S}),
    (S.ON_HOLD, S.CANCELLED): frozenset({_S}),
    (S.CANCELLED, S.REQUESTED): frozenset({_S}),
    (S.ACCEPTED, S.IN_PROGRESS): frozenset({_P}),
    (S.ACCEPTED, S.ON_HOLD): frozenset({_P}),
    (S.IN_PROGRESS, S.ON_HOLD): frozenset({_P}),
    (S.ON_HOLD, S.ACCEPTED): frozenset({_P}),
    (S.ON_HOLD, S.IN_PROGRESS): frozenset({_P}),
    (S.ON_HOLD, S.FAILED): frozenset({_P, _C, _K}),
    (S.ON_HOLD, S.COMPLETED): frozenset({_P}),
    (S.IN_PROGRESS, S.COMPLETED): frozenset({_P}),
    (S.ACCEPTED, S.FAILED): frozenset({_P, _C, _K}),
    (S.IN_PROGRESS, S.FAILED): frozenset({_P, _C}),
} | {(status, S.ENTERED_IN_ERROR): frozenset({_C}) for status in S if status != S.ENTERED_IN_ERROR}


def check(before: S, after: S, by: Party) -> None:
    """Raises `Conflict` unless ``by`` may take an offer from ``before`` to ``after``."""
    if by not in EDGES.get((before, after), frozenset()):
        raise Conflict(f"an offer that is {before} cannot become {after}", state=before.value)
