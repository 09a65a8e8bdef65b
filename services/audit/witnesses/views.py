"""Views: what is shown of witnesses."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from services.audit.handlers.receipts import Proven
from services.audit.ledger.keys import VerifierKey
from services.audit.ledger.policy import Policy
from services.audit.witnesses.policies import is_here
from services.audit.witnesses.store import Newest
from services.audit.words_receipts import told


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
    """Who has cosigned it, of the witnesses that the policy names. ``ignored``: names of lines that
    it does not know. ``origin``: what the ledger is called from now on, if this showed that it was
    forked."""

    witnesses: list[str]
    ignored: list[str] = []
    origin: str | None = None


class ReceiptView(BaseModel):
    """An entry, to the octet, and its ``.tlog-proof``: null until enough witnesses cosigned.

    ``said_by`` a service at ``said_at`` of its clock. ``what`` and ``word`` are of audit's records,
    and null where those were changed: the entry has a digest of them. ``existed_by``: no later than
    that the entry was there, by ``clocks``, the witnesses who are enough.
    """

    index: int
    type: str
    entry: str
    proof: str | None
    service_request_id: str | None
    offer_id: str | None
    said_by: str
    said_at: datetime
    what: str | None
    word: str | None
    existed_by: datetime | None
    clocks: list[str]

    @classmethod
    def of(cls, proven: Proven) -> Self:
        """Entry and proof as their files have them."""
        entry, said = proven.entry, proven.said
        what, word = told(said.words) if said.proven else (None, None)
        return cls(
            index=entry.index,
            type=entry.type,
            entry=entry.octets.decode(),
            proof=bytes(proven.receipt).decode() if proven.receipt else None,
            service_request_id=said.service_request_id,
            offer_id=said.offer_id,
            said_by=entry.source,
            said_at=entry.time,
            what=what,
            word=word,
            existed_by=max(proven.clocks.values(), default=None),
            clocks=[*proven.clocks],
        )


class ReceiptsView(BaseModel):
    """All of an offer, or of a need and its offers, in the order of the ledger."""

    receipts: list[ReceiptView]
