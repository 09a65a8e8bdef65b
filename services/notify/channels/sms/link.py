"""TCP connection to the SMSC, bound for both directions, until it is lost."""

import asyncio
import ssl
from asyncio import Future, StreamReader, StreamWriter, get_running_loop
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from socket import gaierror
from typing import NoReturn, Self

import structlog

from services.notify.channels.sms import statuses, wire
from services.notify.channels.sms.provider import Provider
from services.notify.channels.sms.timing import Timing
from services.notify.channels.sms.wire import Malformed, Pdu
from services.notify.channels.trust import refusal
from shared.clock import pause

log = structlog.get_logger()

_WAITING_MOST = 100
"""Deliveries read but not yet handled; past it the peer is asked to repeat them later."""
_LAST_SEQUENCE = 0x7FFFFFFF
_BOUND = wire.BIND_TRANSCEIVER | wire.ANSWER
_NEVER_ANSWERED = frozenset({wire.ALERT_NOTIFICATION, wire.OUTBIND})

Accept = Callable[[Pdu], Awaitable[int]]
"""Handles one deliver_sm or data_sm and says the status to answer with."""


@dataclass(frozen=True, slots=True)
class _Awaited:
    """A request that was written: what may answer it, besides generic_nack, and for whom."""

    command_id: int
    answer: Future[Pdu]


class LinkLost(Exception):
    """The connection ended or must end; the message says why, in words fit for a log."""


class NotWritten(LinkLost):
    """Not one octet of the request left: it surely did not happen."""


class AnswerLost(LinkLost):
    """The request left and no answer came: it may have happened."""


class BindRefused(LinkLost):
    """The SMSC refused to bind us: the user, the password or the address is wrong."""


class Link:
    """Requests out, requests in, each answered. `open` binds, `serve` lives, `close` ends."""

    def __init__(self, reader: StreamReader, writer: StreamWriter, timing: Timing) -> None:
        self._reader = reader
        self._writer = writer
        self._timing = timing
        self._sequence = 0
        self._awaited: dict[int, _Awaited] = {}
        self._deliveries: asyncio.Queue[Pdu] = asyncio.Queue(_WAITING_MOST)
        self._over = False
        self.heard_at = get_running_loop().time()

    @classmethod
    async def open(cls, provider: Provider, timing: Timing) -> Self:
        """Connects and binds; raises `LinkLost`, or `BindRefused` with the status's name."""
        try:
            async with asyncio.timeout(timing.connect):
                streams = await asyncio.open_connection(
                    provider.host, provider.port, ssl=provider.trust()
                )
        except ssl.SSLError as problem:
            raise LinkLost(refusal(problem)) from problem
        except gaierror as problem:
            raise LinkLost("host not found") from problem
        except (OSError, TimeoutError) as problem:
            raise LinkLost("no connection") from problem
        link = cls(*streams, timing)
        try:
            await link._bind(provider)
        except BaseException:
            await link.close()
            raise
        return link

    async def _bind(self, provider: Provider) -> None:
        sequence = self._next_sequence()
        await self._write(
            wire.bind_transceiver(
                sequence, provider.system_id, provider.password, provider.system_type
            )
        )
        try:
            async with asyncio.timeout(self._timing.answer):
                answer = await self._answer_to_bind(sequence)
        except TimeoutError as problem:
            raise LinkLost("no answer to the bind") from problem
        except LinkLost as problem:
            raise LinkLost(f"{problem}, before an answer to the bind") from problem
        if answer.status != statuses.OK:
            raise BindRefused(statuses.failure(answer.status))
        if answer.command_id != _BOUND:
            raise BindRefused("answered by another command")

    async def _answer_to_bind(self, sequence: int) -> Pdu:
        """Serves the peer until it answers: many ask first whether we are there."""
        while True:
            pdu = await self._next()
            if pdu.command_id == _BOUND or (pdu.is_answer and pdu.sequence == sequence):
                return pdu
            await self._take(pdu)

    @property
    def in_flight(self) -> int:
        """Requests written and not yet answered."""
        return len(self._awaited)

    @property
    def _gone(self) -> bool:
        """The transport knows before `serve` does, and from then on takes a write as a mistake."""
        return self._over or self._writer.is_closing()

    async def request(self, encode: Callable[[int], bytes]) -> Pdu:
        """Sends what ``encode`` makes of a fresh sequence number; the answer to that number.

        Raises `NotWritten` or `AnswerLost`.
        """
        if self._gone:
            raise NotWritten("the connection is gone")
        sequence = self._next_sequence()
        octets = encode(sequence)
        answer: Future[Pdu] = get_running_loop().create_future()
        self._awaited[sequence] = _Awaited(wire.command_of(octets) | wire.ANSWER, answer)
        try:
            async with asyncio.timeout(self._timing.answer):
                self._writer.write(octets)
                await self._writer.drain()
                return await answer
        except TimeoutError as problem:
            raise AnswerLost("no answer in time") from problem
        except OSError as problem:
            raise AnswerLost("connection lost") from problem
        finally:
            del self._awaited[sequence]

    async def serve(self, accept: Accept) -> NoReturn:
        """Reads, answers and keeps the link alive until it is lost; raises `LinkLost`.

        Deliveries go to ``accept`` one at a time, so that a person's second word stays second.
        """
        tasks = [
            asyncio.create_task(part)
            for part in (self._read(), self._enquire(), self._handle(accept))
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
            raise LinkLost("ended")  # not reached: a part of a link ends only by an exception
        except asyncio.CancelledError:
            await self._unbind()
            raise
        finally:
            self._fail_awaited()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """Ends the connection, without waiting for the peer's consent."""
        self._fail_awaited()
        self._writer.close()
        try:
            async with asyncio.timeout(self._timing.unbind):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()

    def _fail_awaited(self) -> None:
        self._over = True
        for awaited in self._awaited.values():
            if not awaited.answer.done():
                awaited.answer.set_exception(AnswerLost("connection lost"))

    async def _unbind(self) -> None:
        try:
            async with asyncio.timeout(self._timing.unbind):
                await self.request(Pdu(wire.UNBIND, statuses.OK, 0).numbered)
        except (LinkLost, TimeoutError):
            return  # leaving anyway

    async def _enquire(self) -> NoReturn:
        while True:
            await pause(self._timing.enquire_every)
            try:
                await self.request(Pdu(wire.ENQUIRE_LINK, statuses.OK, 0).numbered)
            except AnswerLost as problem:
                raise LinkLost("no answer to enquire_link") from problem

    async def _read(self) -> NoReturn:
        while True:
            await self._take(await self._next())

    async def _next(self) -> Pdu:
        """The next frame; raises `LinkLost` when none will come, or none that can be read."""
        try:
            pdu = await wire.read(self._reader)
        except OSError as problem:
            raise LinkLost("connection lost") from problem
        except Malformed as problem:
            raise LinkLost(f"malformed: {problem}") from problem
        if pdu is None:
            raise LinkLost("closed by the peer")
        self.heard_at = get_running_loop().time()
        return pdu

    async def _take(self, pdu: Pdu) -> None:
        if pdu.is_answer:
            self._take_answer(pdu)
        else:
            await self._take_request(pdu)

    def _take_answer(self, pdu: Pdu) -> None:
        """By its number and its kind: another kind's under the same number says nothing of ours."""
        awaited = self._awaited.get(pdu.sequence)
        if (
            awaited is not None
            and pdu.command_id in {awaited.command_id, wire.GENERIC_NACK}
            and not awaited.answer.done()
        ):
            awaited.answer.set_result(pdu)
        elif pdu.command_id == wire.GENERIC_NACK:
            raise LinkLost(f"the peer could not read us: {statuses.failure(pdu.status)}")
        else:
            log.info("smpp.answer-to-nothing", sequence=pdu.sequence, command_status=pdu.status)

    async def _take_request(self, pdu: Pdu) -> None:
        if pdu.command_id in {wire.DELIVER_SM, wire.DATA_SM}:
            try:
                self._deliveries.put_nowait(pdu)
            except asyncio.QueueFull:
                busy = statuses.TEMPORARY_APPLICATION_ERROR
                await self._write(wire.delivery_resp(pdu, busy))
        elif pdu.command_id == wire.ENQUIRE_LINK:
            await self._write(pdu.answered().encode())
        elif pdu.command_id == wire.UNBIND:
            await self._write(pdu.answered().encode())
            raise LinkLost("unbound by the peer")
        elif pdu.command_id in _NEVER_ANSWERED:
            log.info("smpp.nothing-to-answer", command_id=hex(pdu.command_id))
        else:
            log.warning("smpp.unknown-request", command_id=hex(pdu.command_id))
            nack = Pdu(wire.GENERIC_NACK, statuses.INVALID_COMMAND, pdu.sequence)
            await self._write(nack.encode())

    async def _handle(self, accept: Accept) -> NoReturn:
        while True:
            pdu = await self._deliveries.get()
            status = await accept(pdu)
            await self._write(wire.delivery_resp(pdu, status))

    async def _write(self, octets: bytes) -> None:
        if self._gone:
            raise LinkLost("connection lost")
        try:
            async with asyncio.timeout(self._timing.answer):
                self._writer.write(octets)
                await self._writer.drain()
        except (OSError, TimeoutError) as problem:
            raise LinkLost("the peer takes nothing") from problem

    def _next_sequence(self) -> int:
        self._sequence = self._sequence % _LAST_SEQUENCE + 1
        return self._sequence
