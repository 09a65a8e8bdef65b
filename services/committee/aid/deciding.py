"""Deciding: what aid asks of the decisions, which another register keeps."""

from shared.db import Tx

# to be fitted in with the sittings' migration:
#   SELECT true FROM decisions WHERE decision_id = $1 AND committee_id = $2 AND matter_id = $3


async def decided(_tx: Tx, _committee_id: str, _matter_id: str, decision_id: str) -> bool:
    """Whether the committee decided so, in this matter."""
    return bool(decision_id)
