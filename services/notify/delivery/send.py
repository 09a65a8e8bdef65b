"""Attempts at a message: claim (commit), send, record (commit, and claim the next).

Neither SMPP nor SMTP knows a repeated message when it sees one. So a message in flight when a
process dies is sent again, marked as maybe a repeat; nothing else is ever sent twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

import structlog

from services.notify import metrics
from services.notify.channels import (
    Channel,
    SendOutcomeUnknown,
    SendRefused,
    SendUnavailable,
)
from services.notify.codes import store as codes
from services.notify.delivery import alert_outcomes, send_results, unsent_notices
from services.notify.delivery.model import (
    DropReason,
    Failure,
    Kind,
    Lane,
    Message,
    Offer,
    SendContext,
    after_failure,
    drop_reason,
)
from services.notify.delivery.send_results import Ended, Outgoing
from services.notify.delivery.store import messages, offers
from services.notify.delivery.wording import compose
from services.notify.deps import Deps
from services.notify.people import store as people
from services.notify.people.model import Person
from shared import crash
from shared.crash import Point
from shared.db import Tx
from shared.errors import RetryLater, TirekError, Unprocessable

log = structlog.get_logger()

NO_KEY = "no-sealing-key"
"""Why a message waits: who is excluded is sealed with a key that is not here."""


async def turn(deps: Deps, tx: Tx, lane: Lane, ended: Sequence[Ended], room: int) -> list[Outgoing]:
    """A sender's turn: records how sends ended, claims up to ``room`` messages, settles alerts.

    Locks go as everywhere: offers, then messages, then alerts in one order, then notices, so that
    two senders that settle the same alerts never deadlock.
    """
    told = await send_results.record(deps, tx, ended)
    outgoing, given_up = await _claim(deps, tx, lane, room)
    await alert_outcomes.settle(tx, _untold(given_up) | told)
    refused = (each.outgoing.messages for each in ended if each.failure is Failure.REFUSED)
    await unsent_notices.count(tx, [*given_up, *chain(*refused)])
    return outgoing


async def _claim(
    deps: Deps, tx: Tx, lane: Lane, limit: int
) -> tuple[list[Outgoing], list[Message]]:
    """Takes due messages, gives up those that must not be sent any more.

    Person, offer and exclusions are looked up now: they may have changed since it was queued. Due
    notices take others of their kind along, each only if its reader may hear of it. What is sealed
    with a key that is not here yet waits by itself, until nobody would want it any more.
    """
    due = await messages.due(tx, lane, limit) if limit else []
    if not due:
        return [], []
    due += await messages.gathered(tx, lane, due)
    known = await people.by_id(tx, {each.staff_id for each in due})
    looked = await _looked_at(deps, tx, due, known)
    offer_ids = sorted({each.offer_id for each in due if each.offer_id})
    issued = await codes.of_offers(tx, deps.codes, offer_ids)
    outgoing: list[Outgoing] = []
    for together in looked.allowed.values():
        ready = _outgoing(deps, tx, together, known[together[0].staff_id], issued)
        if ready is not None:
            outgoing.append(ready)
            continue
        for message in together:
            await _give_up(tx, message, DropReason.NO_TEXT)
        looked.given_up += together
    taken = [message for each in outgoing for message in each.messages]
    await messages.claim(tx, [*taken, *looked.waiting])
    for message in looked.waiting:
        await _put_off(tx, message)
    return outgoing, looked.given_up


@dataclass(slots=True)
class _Looked:
    """Due messages, looked at now: those of one text together, those that wait, those given up."""

    allowed: dict[tuple[str, ...], list[Message]] = field(default_factory=dict)
    waiting: list[Message] = field(default_factory=list)
    given_up: list[Message] = field(default_factory=list)


async def _looked_at(
    deps: Deps, tx: Tx, due: Sequence[Message], known: Mapping[str, Person]
) -> _Looked:
    contexts = await _contexts(deps, tx, due, known)
    looked = _Looked()
    for message, context in zip(due, contexts, strict=True):
        if context is None and tx.now < message.valid_until:
            looked.waiting.append(message)
        elif reason := drop_reason(message, context) if context else DropReason.DEADLINE:
            await _give_up(tx, message, reason)
            looked.given_up.append(message)
        else:
            text = message.gathers_by or (message.message_id,)
            looked.allowed.setdefault(text, []).append(message)
    return looked


def _outgoing(
    deps: Deps,
    tx: Tx,
    together: Sequence[Message],
    person: Person,
    issued: Mapping[tuple[str, str], str],
) -> Outgoing | None:
    """One text of these; none where there are no words: that must not stop all others."""
    first = together[0]
    code = issued.get((first.offer_id or "", first.staff_id))
    destination = person.destination(first.channel)
    try:
        content = compose(
            deps, first, language=person.language, code=code, now=tx.now, count=len(together)
        )
    except (TirekError, LookupError, ValueError):
        log.exception("message.no-text", message_id=first.message_id, template=first.template)
        return None
    return Outgoing(tuple(together), destination, content, tx.now) if destination else None


class _Case(NamedTuple):
    """A message, whom it goes to, and the offer that it is about, as far as they are known."""

    message: Message
    person: Person | None
    offer: Offer | None

    @property
    def sealed(self) -> tuple[str | None, ...]:
        """The lists of who is excluded, each once."""
        later = self.offer.excluded_people if self.offer else None
        return tuple(dict.fromkeys((self.message.excluded_people, later)))

    @property
    def told(self) -> tuple[str, ...]:
        """Where nobody may be excluded: at the organisation that is asked; for a notice, where its
        reader serves. Whoever was asked before hears how it ended all the same."""
        if not any(self.sealed):
            return ()
        if self.message.kind is Kind.ALERT and self.offer is not None:
            return (self.offer.organisation,)
        if self.message.kind is Kind.NOTICE and self.person is not None:
            return (self.person.organisation,)
        return ()


async def _contexts(
    deps: Deps, tx: Tx, messages: Sequence[Message], known: Mapping[str, Person]
) -> list[SendContext | None]:
    """How things stand for each of these, which go to people who are ``known``: read at once."""
    asked = await offers.by_id(tx, sorted({each.offer_id for each in messages if each.offer_id}))
    cases = [
        _Case(each, known.get(each.staff_id), asked.get(each.offer_id or "")) for each in messages
    ]
    told = sorted({organisation for case in cases for organisation in case.told})
    units = await people.of_organisations(tx, told) if told else {}
    return [_context(deps, tx, case, units) for case in cases]


def _context(
    deps: Deps, tx: Tx, case: _Case, units: Mapping[str, Sequence[Person]]
) -> SendContext | None:
    """How things stand; None while nobody can say who is excluded, for want of a key."""
    message, person, offer = case
    try:
        excluded = deps.exclusions.read(*case.sealed)
        colleagues = chain.from_iterable(units[each] for each in case.told)
        unit_excluded = deps.exclusions.hits_unit(excluded, colleagues)
        is_excluded = person is not None and deps.exclusions.hits(excluded, person)
    except Unprocessable:  # nobody is told past exclusions that nobody can read
        log.exception("exclusions.unreadable", message_id=message.message_id)
        is_excluded, unit_excluded = True, False
    except RetryLater:
        return None
    return SendContext(
        now=tx.now,
        offer_status=offer.status if offer else None,
        is_staff=person is not None and person.active,
        excluded=is_excluded,
        unit_excluded=unit_excluded,
        destination=person.destination(message.channel) if person else None,
    )


async def _put_off(tx: Tx, message: Message) -> None:
    """One such message must not stop all others: after a restore its key may never come."""
    verdict = after_failure(message, Failure.UNAVAILABLE, NO_KEY, tx.now)
    await messages.put_back(tx, message, verdict, tx.now)
    metrics.MESSAGES.labels(message.channel, NO_KEY).inc()
    log.warning("message.put-off", message_id=message.message_id, reason=NO_KEY)


async def _give_up(tx: Tx, message: Message, reason: DropReason) -> None:
    await messages.drop(tx, message, reason)
    metrics.MESSAGES.labels(message.channel, f"dropped-{reason}").inc()
    log.info("message.dropped", message_id=message.message_id, reason=reason)


def _untold(given_up: Iterable[Message]) -> dict[str, None]:
    return {each.alert_id: None for each in given_up if each.alert_id}


async def send(channel: Channel, outgoing: Outgoing) -> Ended:
    """Sends what was claimed for one text; how that ended."""
    message = outgoing.messages[0]
    crash.passing(Point.NOTIFY_BEFORE_SUBMIT)
    try:
        receipt = await channel.send(outgoing.destination, outgoing.content, message.message_id)
        crash.passing(Point.NOTIFY_AFTER_SUBMIT)
        ended = Ended(outgoing, provider_id=receipt.provider_id)
    except SendRefused as problem:
        ended = Ended(outgoing, Failure.REFUSED, problem.reason)
    except SendUnavailable as problem:
        ended = Ended(outgoing, Failure.UNAVAILABLE, problem.reason)
    except SendOutcomeUnknown as problem:
        ended = Ended(outgoing, Failure.UNKNOWN, problem.reason)
    outcome = ended.failure or "sent"
    metrics.MESSAGES.labels(message.channel, outcome).inc()
    log.info(
        f"message.{outcome}",
        message_id=message.message_id,
        template=message.template_to_send,
        channel=message.channel,
        attempt=message.attempts + 1,
        count=len(outgoing.messages),
        reason=ended.reason or None,
    )
    return ended


async def give_up_expired(deps: Deps, tx: Tx, limit: int) -> Sequence[Message]:
    """Gives up what nobody sent in time: the provider is away, or refuses for now.

    Exclusions are asked for here too: a unit that may not know is more than late.
    """
    late = await messages.expired(tx, limit)
    known = await people.by_id(tx, {each.staff_id for each in late})
    for message, context in zip(late, await _contexts(deps, tx, late, known), strict=True):
        reason = drop_reason(message, context) if context else None
        await _give_up(tx, message, reason or DropReason.DEADLINE)
    await alert_outcomes.settle(tx, _untold(late))
    await unsent_notices.count(tx, late)
    return late
