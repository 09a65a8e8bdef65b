"""The steps of a seed in plain lines, so that a person can follow what led to a broken law."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from services.referral.model.service_request import Offer
from shared.events import Event
from shared.events.intake import ConsentWithdrawn, IncidentReported
from shared.events.notify import AlertSent, AlertUnreachable, AnswerReceived
from tests.simulation.step import Change, Step


class History:
    """Lines, as the steps come."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self.lines: list[str] = []

    def tell(self, step: Step) -> None:
        """One step: what was done on the first line, and below it what came of it."""
        again = ", once more" if step.again is not None else ""
        self.lines.append(f"{step.number:4} {self.at(step.now)}  {'; '.join(_done(step))}{again}")
        if step.lost:
            self.lines.append(f"{'':14}lost: the process died before the commit")
            return
        if step.refused is not None:
            self.lines.append(f"{'':14}refused: {step.refused}")
        for heard in step.heard:
            self.lines.append(f"{'':14}{heard.said.person}: {heard.judged.judgement}")
        for change in step.changes:
            self.lines += [f"{'':14}{line}" for line in self._came_of(change)]

    def at(self, when: datetime) -> str:
        """A time as day and clock of the seed: ``day 2 10:42:07``."""
        day = (when.date() - self._start.date()).days + 1
        return f"day {day} {when:%H:%M:%S}"

    def _came_of(self, change: Change) -> Iterator[str]:
        request = change.after
        known = request.fulfilment if request.status == "active" else request.status
        name = f"{request.id} v{request.version} ({request.service_type}, {request.urgency})"
        yield f"{name}: {known}"
        for move in change.moves:
            why = f", {move.reason}" if move.reason else ""
            yield f"  {_offer(move.offer)}: {move.before} → {move.offer.status}{why}" + (
                self._until(move.offer.deadline)
            )
        for offer in change.alerts:
            yield f"  {_offer(offer)}: tier {offer.tier} is to be told"
        for notice in change.notices:
            yield f"  a coordinator is to be told: {notice.template}"

    def _until(self, deadline: datetime | None) -> str:
        return f", until {self.at(deadline)}" if deadline else ""


def _done(step: Step) -> Iterator[str]:
    if step.kind == "clock":
        yield "the clock looks at what is due"
    elif step.kind == "directory":
        yield "the directory has changed"
    elif step.deed is not None:
        deed = step.deed
        why = f" ({deed.reason})" if deed.reason else ""
        yield f"{deed.person}, {deed.organisation}: {deed.act}{why} {deed.offer} by {deed.channel}"
    elif step.kind != "events":
        yield f"a coordinator: {step.kind}, about {step.about}"
    for event in step.events:
        yield _event(event)


def _event(event: Event[Any]) -> str:
    body = event.body
    if isinstance(body, IncidentReported):
        needs = ", ".join(f"{need.service_type} ({need.urgency})" for need in body.needs)
        return f"{body.incident_id} is reported: {needs}"
    if isinstance(body, ConsentWithdrawn):
        return f"a consent for {body.need_id} ends, {len(body.permissions_left)} are left"
    if isinstance(body, AlertSent):
        return f"somebody was told of {body.offer_id}, tier {body.tier}"
    if isinstance(body, AlertUnreachable):
        return f"nobody could be told of {body.offer_id}, tier {body.tier}: {body.reason}"
    if isinstance(body, AnswerReceived) and event.act is not None:
        why = f" ({body.reason})" if body.reason else ""
        return f"{event.act.actor} had said {body.answer}{why} to {body.offer_id} by SMS"
    return type(body).__name__


def _offer(offer: Offer) -> str:
    return f"{offer.id} to {offer.service}"
