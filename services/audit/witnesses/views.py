"""Views: what is shown of witnesses."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from services.audit.ledger.keys import VerifierKey
from services.audit.ledger.policy import Policy
from services.audit.ledger.receipts import Receipt
from services.audit.store.receipts import Entry
from services.audit.witnesses.policies import is_here
from services.audit.witnesses.store import Newest


class WitnessView(BaseModel):
    """A witness: the largest size that it has cosigned, when by its own clock, and when that came.

    ``independent`` is false of one that runs on the ledger's own machine: it proves nothing.
    ``asked``: over HTTP; the others are brought files.
    """

    name: str
    key: str
    asked: bool
    independent: bool
    size: int | None
    cosigned_at: datetime | None
    received_at: datetime | None

    @classmethod
    def of(cls, name: str, policy: Policy, newest: Newest | None) -> Self:
        """As it is kept."""
        url = policy.urls.get(name)
        return cls(
            name=name,
            key=str(policy.witnesses[name]),
            asked=url is not None,
            independent=url is None or not is_here(url),
            size=newest.size if newest else None,
            cosigned_at=newest.at if newest else None,
            received_at=newest.received_at if newest else None,
        )


class WitnessesView(BaseModel):
    """All of them. ``key``: the ledger's own, by which its checkpoints are checked. ``quorum``: how
    many of whom are enough. ``covered``: up to how many leaves that many know the ledger;
    ``waiting_since``: when the first checkpoint after that was signed."""

    key: str
    witnesses: list[WitnessView]
    quorum: str
    covered: int
    waiting_since: datetime | None = None

    @classmethod
    def of(cls, key: VerifierKey, policy: Policy, known: Mapping[str, Newest]) -> Self:
        """As it is kept."""
        return cls(
            key=str(key),
            witnesses=[WitnessView.of(name, policy, known.get(name)) for name in policy.witnesses],
            quorum=policy.asks,
            covered=policy.covered({name: each.size for name, each in known.items()}),
        )


class CosignedView(BaseModel):
    """Who has cosigned it, of the witnesses that the policy names. ``origin``: what the ledger is
    called from now on, if this showed that it was forked."""

    witnesses: list[str]
    origin: str | None = None


class ReceiptView(BaseModel):
    """An entry, to the octet, and its ``.tlog-proof``: null until enough witnesses cosigned."""

    index: int
    type: str
    entry: str
    proof: str | None

    @classmethod
    def of(cls, entry: Entry, receipt: Receipt | None) -> Self:
        """Both as their files have them."""
        proof = bytes(receipt).decode() if receipt else None
        return cls(index=entry.index, type=entry.type, entry=entry.octets.decode(), proof=proof)


class ReceiptsView(BaseModel):
    """All of an offer, in the order of the ledger."""

    receipts: list[ReceiptView]
