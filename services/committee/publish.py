"""Events of the committee service."""

from datetime import date

from services.committee.appeals.model import Appeal
from services.committee.registry.model import Committee
from shared.db import Tx
from shared.events import Act
from shared.events.committee import AppealChanged, CommitteeChanged
from shared.events.words import Channel


def committee_changed(tx: Tx, committee: Committee, today: date, by: str) -> None:
    """Emits how a committee stands."""
    body = CommitteeChanged(
        committee_id=committee.committee_id,
        organisation=committee.organisation,
        territory=committee.territory,
        standing=committee.standing(today),
    )
    act = Act(received_at=tx.now, actor=by, channel=Channel.API)
    tx.emit(body, subject=committee.committee_id, version=committee.version, act=act)


def appeal_changed(tx: Tx, appeal: Appeal, by: str) -> None:
    """Emits where an appeal stands."""
    body = AppealChanged(
        appeal_id=appeal.appeal_id, committee_id=appeal.committee_id, state=appeal.state
    )
    act = Act(received_at=tx.now, actor=by, channel=Channel.API)
    tx.emit(body, subject=appeal.appeal_id, version=appeal.version, act=act)
