"""Notices: somebody wants staff told something. Why is theirs; to whom and how is ours."""

from collections.abc import Sequence

import structlog

from services.notify import metrics
from services.notify.delivery.model import Kind, Lane, Message
from services.notify.delivery.store import messages, notices
from services.notify.deps import Deps
from services.notify.people import store as people
from services.notify.people.model import Person
from shared.db import Tx
from shared.errors import Invalid, Unprocessable
from shared.events import Event
from shared.events.notices import NoticeRequested
from shared.events.words import Role
from shared.jurisdiction.texts import MAIL_ALONE, TEMPLATES

log = structlog.get_logger()

NOTICE_FIELDS = frozenset({"label", "case", "checkpoint"})
"""What a notice's text may mention: there is no code or deadline to fill in."""


async def on_notice_requested(
    deps: Deps, tx: Tx, _event: Event[NoticeRequested], body: NoticeRequested
) -> None:
    """Queues a notice for everybody it is meant for; nobody at all found is not silent.

    One that names no case reminds people of their own work: it is no coordinator's to do, and who
    has no contact is known to whoever keeps the register.
    """
    _check(deps, body)
    if not await notices.new(tx, body.dedup_key, body.notice_id, body.incident_id, body.template):
        return
    readers = await _reachable(deps, tx, body, await _meant(tx, body))
    of_a_case = "case" in TEMPLATES[body.template]
    escalated = not readers and of_a_case
    if escalated:
        readers = await _reachable(deps, tx, body, await people.by_role(tx, Role.COORDINATOR))
        log.warning("notice.escalated", notice_id=body.notice_id, count=len(readers))
    if not readers and of_a_case:
        metrics.NOTICES_TO_NOBODY.inc()
        log.error("notice.nobody", notice_id=body.notice_id, template=body.template)
    await notices.count(tx, body.dedup_key, len(readers), escalated=escalated)
    outgoing = [
        (
            _notice(tx, body, reader.staff_id, channel),
            f"notice:{body.dedup_key}:{reader.staff_id}:{channel}",
        )
        for reader in readers
        for channel in reader.channels
        if channel == Lane.EMAIL or body.template not in MAIL_ALONE
    ]
    await messages.add(tx, outgoing)


def _check(deps: Deps, body: NoticeRequested) -> None:
    """Raises `Unprocessable` for a notice that could never be worded."""
    if not TEMPLATES.get(body.template, frozenset({"?"})) <= NOTICE_FIELDS:
        raise Unprocessable("no such notice")
    if body.territory is not None:
        try:
            deps.jurisdiction.territories.place(body.territory)
        except Invalid as problem:
            raise Unprocessable(str(problem)) from problem


async def _meant(tx: Tx, body: NoticeRequested) -> list[Person]:
    if body.staff_id is not None:
        known = (await people.by_id(tx, [body.staff_id])).get(body.staff_id)
        return [known] if known and known.active else []
    if body.role is None:
        return []
    return await people.by_role(
        tx, body.role, organisation=body.organisation, territory=body.territory
    )


async def _reachable(
    deps: Deps, tx: Tx, body: NoticeRequested, meant: Sequence[Person]
) -> list[Person]:
    excluded = deps.exclusions.read(body.excluded_people)
    units = {each.organisation for each in meant if each.in_police}
    colleagues = await people.of_organisations(tx, sorted(units))
    return [
        each
        for each in meant
        if each.channels
        and not deps.exclusions.hits(excluded, each, colleagues.get(each.organisation, ()))
    ]


def _notice(tx: Tx, body: NoticeRequested, staff_id: str, channel: str) -> Message:
    return Message(
        message_id=tx.ids.new(),
        kind=Kind.NOTICE,
        template=body.template,
        channel=channel,
        staff_id=staff_id,
        urgency=body.urgency,
        valid_until=body.due,
        incident_id=body.incident_id,
        public_id=body.public_id,
        checkpoint=body.checkpoint,
        excluded_people=body.excluded_people,
    )
