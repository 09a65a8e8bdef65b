"""Everybody round referral in one seed: who reports, whom notify reaches, who answers and acts."""

from datetime import timedelta
from functools import partial
from random import Random

from services.referral.handlers import answers, casework
from services.referral.handlers.answers import Answering
from services.referral.handlers.casework import Change
from services.referral.model import casework as acts
from services.referral.model.service_request import ServiceRequest
from shared.events import Act, Body
from shared.events.intake import ConsentWithdrawn
from shared.events.notify import AlertSent, AlertUnreachable, AnswerReceived
from shared.events.referral import OfferChanged, OfferRequested
from shared.events.words import (
    Answer,
    CancelReason,
    Channel,
    FailReason,
    Role,
    UnreachableReason,
)
from shared.security.visibility import Viewer
from tests.simulation import country
from tests.simulation.cases import Case, cases, reported
from tests.simulation.providers import Deed, providers
from tests.simulation.world import Work, World

COORDINATOR = Viewer(country.COORDINATOR, country.MINISTRY, frozenset({Role.COORDINATOR}), ("417",))
NOBODY = (UnreachableReason.NO_DUTY, *[UnreachableReason.FAILED] * 3)
REQUESTS = (14, 20)
"""Service requests a seed, from and to: an incident has one need or two."""


class Town:
    """Plans what people do into the queue of a world, and hears what referral says."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dice = Random(world.dice.random())
        self.providers = providers(self.dice, world.country)
        world.listen = self.hear

    def plan(self) -> None:
        """Reports, changes of the directory, and a coordinator who looks in."""
        world, seconds = self.world, self.world.country.climate.hours * 3600
        wanted, number = self.dice.randint(*REQUESTS), 0
        while wanted > 0:
            number += 1
            at = world.start + timedelta(seconds=self.dice.randrange(seconds))
            body = reported(self.dice, world.country, number, at)
            wanted -= len(body.needs)
            world.book.cases |= {case.need_id: case for case in cases(body)}
            world.at(at, partial(world.send, body))
            for case in cases(body):
                if case.permissions and self.dice.random() < 0.2:
                    later = at + timedelta(seconds=self.dice.randrange(1, 40_000))
                    world.at(later, partial(self._withdraw, case.need_id))
        for _ in range(self.dice.randint(1, 3)):
            at = world.start + timedelta(seconds=self.dice.randrange(seconds * 3 // 2))
            world.at(at, world.directory_changes)
        for _ in range(self.dice.randint(2, 8)):
            at = world.start + timedelta(seconds=self.dice.randrange(seconds * 3 // 2))
            world.at(at, self._coordinate)

    # --- what referral says, and who reacts ------------------------------------------------------

    def hear(self, body: Body) -> None:
        """An event of referral's reaches notify and the people."""
        world = self.world
        if isinstance(body, OfferRequested):
            soon = world.now + timedelta(seconds=self.dice.choice([2, 3, 5, 20, 90]))
            world.at(soon, partial(self._alert, body))
        elif isinstance(body, OfferChanged):
            for deed in self.providers.holds(body, world.now):
                world.at(deed.at, partial(self._do, deed))

    def _alert(self, asked: OfferRequested) -> None:
        """Notify finds out who is on duty, and tells them, or says at once that it cannot."""
        world, case = self.world, self._case(asked.service_request_id)
        reason = self._why_nobody(asked, case)
        if reason is not None:
            unreachable = AlertUnreachable(
                incident_id=asked.incident_id,
                service_request_id=asked.service_request_id,
                offer_id=asked.offer_id,
                alert_id=asked.alert_id,
                tier=asked.tier,
                reason=reason,
            )
            later = timedelta(seconds=self._takes(reason))
            world.at(world.now + later, partial(world.send, unreachable))
            found_out_late = reason is UnreachableReason.UNIT_EXCLUDED and later
            if self.dice.random() > (0.6 if found_out_late else 0.2):
                return  # else somebody looks into the queue of offers unasked
        elif (
            self.dice.random() > world.country.climate.mute
        ):  # else the gateway takes nothing, and notify still tries
            sent = AlertSent(
                incident_id=asked.incident_id,
                service_request_id=asked.service_request_id,
                offer_id=asked.offer_id,
                alert_id=asked.alert_id,
                tier=asked.tier,
                channel="sms",
                people=1,
                sent_at=world.now,
            )
            world.send(sent)
        for deed in self.providers.told(asked, case, world.now):
            world.at(deed.at, partial(self._do, deed))

    def _takes(self, reason: UnreachableReason) -> int:
        """Seconds until referral hears: notify tries first, or the bus is slow."""
        if reason is UnreachableReason.FAILED and self.dice.random() < 0.5:
            return self.dice.randrange(900)
        if reason is UnreachableReason.UNIT_EXCLUDED and self.dice.random() < 0.5:
            return self.dice.randrange(4 * 3600)
        return 0

    def _why_nobody(self, asked: OfferRequested, case: Case) -> UnreachableReason | None:
        staff = self.world.country.people[asked.organisation]
        parties = case.people.intersection(staff)
        unit = self.world.country.directory.organisations[asked.organisation]
        if parties and unit.kind == "police":
            return UnreachableReason.UNIT_EXCLUDED
        if parties.issuperset(staff):
            return UnreachableReason.EXCLUDED
        if self.world.now > asked.deadline:
            return UnreachableReason.TOO_LATE
        nobody = self.dice.random() < self.world.country.climate.nobody
        return self.dice.choice(NOBODY) if nobody else None

    # --- what people do --------------------------------------------------------------------------

    def _do(self, deed: Deed) -> None:
        if self.providers.asleep:
            return
        answer = next((each for each in Answer if each == deed.act), None)
        if answer is not None and deed.channel is Channel.SMS:
            self._by_sms(deed, answer)
        elif answer is not None:
            desk = deed.channel is Channel.DESK
            viewer = COORDINATOR if desk else _viewer(deed)
            behalf = deed.person if desk else None
            by = Answering(viewer, answer, deed.reason, deed.channel, behalf)
            self._act(
                deed.act, lambda tx: answers.answer(tx, self.world.deps, by, deed.offer), deed
            )
        else:
            self._act(deed.act, self._care(deed), deed)

    def _by_sms(self, deed: Deed, answer: Answer) -> None:
        world = self.world
        request = world.shelf.requests[world.shelf.of_offer[deed.offer]]
        body = AnswerReceived(
            incident_id=request.incident_id,
            service_request_id=request.id,
            offer_id=deed.offer,
            answer_id=world.new_id(),
            answer=answer,
            reason=deed.reason,
            organisation=deed.organisation,
        )
        world.send(body, Act(received_at=world.now, actor=deed.person, channel=Channel.SMS))

    def _care(self, deed: Deed) -> Work:
        deps, viewer = self.world.deps, _viewer(deed)
        if deed.act == "fail":
            return lambda tx: casework.fail(tx, deps, viewer, deed.offer, FailReason.OTHER)
        if deed.act == "hand-over":
            staff = self.world.country.people[deed.organisation]
            case = self._case(self.world.shelf.of_offer[deed.offer])
            nobody = ["st-nobody", country.left(deed.organisation), country.COORDINATOR]
            to = self.dice.choice([*staff, *staff, *nobody, *sorted(case.people)])
            return lambda tx: casework.hand_over(tx, deps, viewer, deed.offer, to, "on leave")
        review = self.world.now + timedelta(minutes=self.dice.choice([10, 60, 600]))
        changes: dict[str, Change] = {
            "start": acts.start,
            "on the way": acts.on_the_way,
            "resume": acts.resume,
            "release": casework.undo(viewer),
            "complete": partial(acts.complete, outcome="helped"),
            "hold": partial(acts.hold, reason="waiting", review_at=review),
        }
        change = changes[deed.act]
        return lambda tx: casework.holder_act(tx, deps, viewer, deed.offer, change)

    def _act(self, kind: str, work: Work, deed: Deed | None = None, about: str = "") -> None:
        """Over HTTP: whoever hears no answer mostly tries again."""
        world = self.world
        lost = world.transact(kind, work, deed=deed, about=about).lost
        if lost and self.dice.random() < 0.8:
            again = world.now + world.crashes.restart()
            world.at(again, lambda: self._act(kind, work, deed, about))

    def _withdraw(self, need_id: str) -> None:
        case = self.world.book.cases[need_id]
        gone = self.dice.choice(case.permissions)
        left = tuple(each for each in case.permissions if each is not gone)
        if self.dice.random() < 0.4:
            left = ()
        body = ConsentWithdrawn(
            incident_id=case.incident_id,
            need_id=need_id,
            consent_id=gone.consent_id,
            permissions_left=left,
        )
        self.world.send(body)

    # --- a coordinator ---------------------------------------------------------------------------

    def _coordinate(self) -> None:
        """Looks at one service request and does something about it, wise or not."""
        requests = list(self.world.shelf.requests.values())
        if not requests:
            return
        living = [request for request in requests if request.id in self.world.shelf.living]
        request = self.dice.choice(living if living and self.dice.random() < 0.7 else requests)
        kind = self.dice.choice(
            ["add"] * 4 + ["cancel", "void", "fail", "void-request", "void-request"]
        )
        work = self._coordination(kind, request)
        if work is not None:
            self._act(kind, work, about=request.id)

    def _coordination(self, kind: str, request: ServiceRequest) -> Work | None:
        deps = self.world.deps
        if kind == "add":
            directory = self.world.country.directory
            services = [each.id for each in directory.of_type(request.service_type)]
            service = self.dice.choice(services or ["none"])
            return lambda tx: casework.add_candidate(tx, deps, COORDINATOR, request.id, service)
        if kind == "void-request":
            return lambda tx: casework.void_request(tx, deps, COORDINATOR, request.id, "mistake")
        if not request.offers:
            return None
        offer = self.dice.choice(request.offers)
        if kind == "fail":
            return lambda tx: casework.fail(tx, deps, COORDINATOR, offer.id, FailReason.OTHER)
        change: Change = partial(acts.cancel, reason=self.dice.choice(list(CancelReason)))
        if kind == "void":
            change = partial(acts.void_offer, reason="mistake")
        return lambda tx: casework.coordinator_act(tx, deps, COORDINATOR, offer.id, change)

    def _case(self, request_id: str) -> Case:
        return self.world.book.case(self.world.shelf.requests[request_id])


def _viewer(deed: Deed) -> Viewer:
    return Viewer(deed.person, deed.organisation, frozenset({Role.WORKER}))
