"""ESME session: binds, binds again, and gives each text one of three honest outcomes."""

import asyncio
from asyncio import get_running_loop
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NoReturn

import structlog

from services.notify.channels import OnTrouble, tell_nobody
from services.notify.channels.sms import inbound, statuses, wire
from services.notify.channels.sms.alphabet import encode
from services.notify.channels.sms.inbound import DeliveryReceipt, Reply
from services.notify.channels.sms.link import AnswerLost, BindRefused, Link, LinkLost, NotWritten
from services.notify.channels.sms.outcomes import SmsOutcomeUnknown, SmsRefused, SmsUnavailable
from services.notify.channels.sms.provider import Provider
from services.notify.channels.sms.timing import Timing
from services.notify.channels.sms.wire import Malformed, Pdu
from shared.clock import pause
from shared.errors import Unstorable

log = structlog.get_logger()

_MOST_DIGITS = 15
"""E.164's longest number."""

OnReply = Callable[[Reply], Awaitable[None]]
"""Keeps a reply durably. The provider lets go of it when this returns or raises `Unstorable`, and
repeats it if it raises anything else: the same reply may come twice."""
OnReceipt = Callable[[DeliveryReceipt], Awaitable[None]]
"""Keeps a delivery receipt, under the same terms."""


class SmppSession:
    """One bind as transceiver. `run` keeps it up; `submit` sends over it, at most `window` at once.

    Emergencies have a session of their own with a window of 1.
    """

    def __init__(
        self,
        provider: Provider,
        on_reply: OnReply,
        on_receipt: OnReceipt,
        *,
        window: int = 10,
        timing: Timing | None = None,
        on_trouble: OnTrouble = tell_nobody,
    ) -> None:
        self._provider = provider
        self._on_reply = on_reply
        self._on_receipt = on_receipt
        self._timing = timing or Timing()
        self._places = asyncio.Semaphore(window)
        self._link: Link | None = None
        self._up = asyncio.Event()
        self._throttling = self._timing.backoff()
        self._slow_until = 0.0
        self._on_trouble = on_trouble
        self._bound_at: float | None = None
        self.trouble: str | None = None
        """Why it is not bound, for health; None when it is."""

    @property
    def bound(self) -> bool:
        """Whether texts can leave now."""
        return self._link is not None

    @property
    def in_flight(self) -> int:
        """Requests that the provider has not answered yet."""
        return self._link.in_flight if self._link else 0

    @property
    def silent_for(self) -> float | None:
        """Seconds since the provider was last heard; None when not bound."""
        return get_running_loop().time() - self._link.heard_at if self._link else None

    async def run(self) -> NoReturn:
        """Binds and binds again, without end, until cancelled; then unbinds."""
        backoff = self._timing.backoff()
        while True:
            self._bound_at = None
            try:
                await self._live()
            except LinkLost as loss:
                if self._was_bound_for() > self._timing.longest_pause:
                    backoff.reset()  # it was a good bind; one that never lasts is left in peace
                self._report(loss)
            await pause(backoff.pause())

    def _was_bound_for(self) -> float:
        return 0.0 if self._bound_at is None else get_running_loop().time() - self._bound_at

    async def submit(
        self, destination: str, text: str, *, reference: str, lasts: timedelta | None = None
    ) -> str:
        """Sends one segment to ``+`` and digits; the provider's message id, in one spelling.

        After ``lasts`` the provider is to deliver it no more; none: it may keep it as it does.

        Waits its turn (a bind, a place in the window, an end of throttling) for `Timing.patience`.
        Raises `SmsRefused`, `SmsUnavailable` (surely not sent) or `SmsOutcomeUnknown`.
        """
        until = get_running_loop().time() + lasts.total_seconds() if lasts else None
        sent = wire.Text(self._provider.sender, _digits(destination), encode(text))

        def request(sequence: int) -> bytes:
            left = until - get_running_loop().time() if until is not None else None
            return wire.submit_sm(sequence, sent, valid_for=left)

        deadline = get_running_loop().time() + self._timing.patience
        while True:
            answer = await self._attempt(request, deadline)
            if answer.status not in statuses.THROTTLED:
                self._throttling.reset()
                return self._message_id(answer)
            self._slow_down(reference)

    async def _live(self) -> NoReturn:
        link = await Link.open(self._provider, self._timing)
        self._link, self._bound_at = link, get_running_loop().time()
        self._note(None)
        self._up.set()
        log.info("smpp.bound", host=self._provider.host, port=self._provider.port)
        try:
            await link.serve(self._accept)
        finally:
            self._link = None
            self._up.clear()
            await link.close()

    def _report(self, loss: LinkLost) -> None:
        self._note(str(loss))
        event = "smpp.bind-refused" if isinstance(loss, BindRefused) else "smpp.lost"
        log.warning(event, reason=str(loss), host=self._provider.host, port=self._provider.port)

    def _note(self, trouble: str | None) -> None:
        self.trouble = trouble
        self._on_trouble(trouble)

    async def _attempt(self, request: Callable[[int], bytes], deadline: float) -> Pdu:
        async with _waiting("window full", deadline):
            await self._places.acquire()
        try:
            while True:
                link = await self._turn(deadline)
                try:
                    return await link.request(request)
                except NotWritten:
                    if self._link is link:  # lost a moment ago: nothing was sent, so the next
                        self._up.clear()
        except AnswerLost as problem:
            raise SmsOutcomeUnknown(str(problem)) from problem
        finally:
            self._places.release()

    async def _turn(self, deadline: float) -> Link:
        """The link, once there is one and the provider's wish for peace is over."""
        now = get_running_loop().time
        while True:
            async with _waiting("not bound", deadline):
                await self._up.wait()
            if self._link is not None and now() >= self._slow_until:
                return self._link
            async with _waiting("throttled", deadline):
                await pause(self._slow_until - now())

    def _slow_down(self, reference: str) -> None:
        """All texts of the bind pause together: those throttled together lengthen it once."""
        now = get_running_loop().time()
        if now >= self._slow_until:
            pause = self._throttling.pause()
            self._slow_until = now + pause
            log.warning("sms.throttled", message_id=reference, seconds=round(pause, 2))

    def _message_id(self, answer: Pdu) -> str:
        if answer.status in statuses.TEMPORARY:
            raise SmsUnavailable(statuses.failure(answer.status), answer.status)
        if answer.status != statuses.OK or answer.command_id == wire.GENERIC_NACK:
            raise SmsRefused(statuses.failure(answer.status), answer.status)
        try:
            return self._provider.message_ids.of_answer(wire.message_id(answer))
        except Malformed:
            log.warning("sms.answer-unreadable", sequence=answer.sequence)
            return ""  # taken over all the same: only its receipts will find no message

    async def _accept(self, pdu: Pdu) -> int:
        """Hands a delivery to the application; only what it has kept is answered with success."""
        try:
            message = inbound.read(
                wire.deliver(pdu), self._provider.message_ids, self._provider.alphabet
            )
        except Malformed as problem:
            log.warning("smpp.delivery-unreadable", reason=str(problem), sequence=pdu.sequence)
            return statuses.PERMANENT_APPLICATION_ERROR
        try:
            async with asyncio.timeout(self._timing.accept):
                if isinstance(message, Reply):
                    await self._on_reply(message)
                else:
                    await self._on_receipt(message)
        except Unstorable:  # nor will it be when it comes again
            log.exception("smpp.delivery-unstorable", sequence=pdu.sequence)
            return statuses.PERMANENT_APPLICATION_ERROR
        except Exception:  # whatever went wrong in the application, the provider must keep it
            log.exception("smpp.delivery-not-kept", sequence=pdu.sequence)
            return statuses.TEMPORARY_APPLICATION_ERROR
        return statuses.OK


@asynccontextmanager
async def _waiting(reason: str, deadline: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout_at(deadline):
            yield
    except TimeoutError:
        raise SmsUnavailable(reason) from None


def _digits(destination: str) -> str:
    digits = destination.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
        raise SmsRefused("not a telephone number")
    return digits
