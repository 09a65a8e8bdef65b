"""Events of the committee service."""

from datetime import date, datetime

from services.committee.actions.model import Action, Reminder
from services.committee.appeals.model import Appeal
from services.committee.registry.model import Committee
from services.committee.sittings.model import Sitting
from shared.db import Tx
from shared.events import Act
from shared.events.committee import ActionChanged, AppealChanged, CommitteeChanged, SittingHeld
from shared.events.notices import NoticeRequested
from shared.events.words import Channel, Urgency


def committee_changed(tx: Tx, committee: Committee, today: date, by: str) -> None:
    """Emits how a committee stands."""
    body = CommitteeChanged(
        committee_id=committee.committee_id,
        organisation=committee.organisation,
        territory=committee.territory,
        standing=committee.standing(today),
    )
    tx.emit(body, subject=committee.committee_id, version=committee.version, act=_act(tx, by))


def appeal_changed(tx: Tx, appeal: Appeal, by: str) -> None:
    """Emits where an appeal stands."""
    body = AppealChanged(
        appeal_id=appeal.appeal_id, committee_id=appeal.committee_id, state=appeal.state
    )
    tx.emit(body, subject=appeal.appeal_id, version=appeal.version, act=_act(tx, by))


def sitting_held(tx: Tx, sitting: Sitting, by: str) -> None:
    """Emits that a committee sat; of one that was held."""
    if sitting.held_on is None:
        raise ValueError("it was not held")
    body = SittingHeld(
        sitting_id=sitting.sitting_id,
        committee_id=sitting.committee_id,
        kind=sitting.kind,
        held_on=sitting.held_on,
    )
    tx.emit(body, subject=sitting.sitting_id, version=sitting.version, act=_act(tx, by))


def action_changed(tx: Tx, action: Action, by: str) -> None:
    """Emits how an action stands, and not what it is or whom it is about."""
    body = ActionChanged(
        action_id=action.action_id,
        committee_id=action.committee_id,
        sitting_id=action.sitting_id,
        status=action.status,
        due=action.due,
    )
    tx.emit(body, subject=action.action_id, version=action.version, act=_act(tx, by))


def reminder(tx: Tx, action: Action, text: Reminder, staff_id: str, until: datetime) -> None:
    """Asks that somebody is reminded of an action, once whatever is asked again."""
    body = NoticeRequested(
        notice_id=tx.ids.new(),
        template=text,
        urgency=Urgency.STANDARD,
        staff_id=staff_id,
        due=until,
        dedup_key=f"{text}|{action.action_id}|{action.due}|{staff_id}",
    )
    tx.emit(body, subject=action.action_id, version=action.version)


def _act(tx: Tx, by: str) -> Act:
    return Act(received_at=tx.now, actor=by, channel=Channel.API)
