"""One client connected to the SMSC: its binds, its texts, and what is delivered to it."""

import asyncio
from asyncio import StreamReader, StreamWriter
from typing import Protocol

from deploy.simulators import smpp
from deploy.simulators.smpp import BadFrame, Deliver, Frame, Framer, Submitted

_BINDS = {
    smpp.BIND_TRANSCEIVER: (True, True),
    smpp.BIND_TRANSMITTER: (True, False),
    smpp.BIND_RECEIVER: (False, True),
}
"""Command → may submit, is delivered to."""
_ANSWER_WITHIN = 10.0
_NAME = "simulator"


class Centre(Protocol):
    """What a client's connection asks of the SMSC."""

    @property
    def speaks_first(self) -> bool:
        """See `Habits.speaks_first`."""
        ...

    def admit(self, esme: "Esme", system_id: str, password: str) -> int:
        """The status to answer a bind with."""
        ...

    async def take(self, esme: "Esme", text: Submitted) -> tuple[int, str] | None:
        """A text came: the status and message id to answer with, or None to stay silent.

        May break the connection, with `Esme.abort`.
        """
        ...


class Esme:
    """The connection. `serve` lasts as long as it does."""

    def __init__(self, reader: StreamReader, writer: StreamWriter, centre: Centre) -> None:
        self._reader = reader
        self._writer = writer
        self._centre = centre
        self._sequence = 0
        self._awaited: dict[int, asyncio.Future[int | None]] = {}
        self._taking: set[asyncio.Task[None]] = set()
        self.system_id = ""
        self.submits = False
        self.receives = False

    async def serve(self) -> None:
        """Reads until the client leaves, or says what nobody can read."""
        framer = Framer()
        try:
            while octets := await self._reader.read(65_536):
                for frame in framer.feed(octets):
                    self._handle(frame)
                await self._writer.drain()
        except (OSError, BadFrame):
            pass  # it will bind again; there is nobody to tell
        finally:
            self.submits = self.receives = False
            for task in self._taking:
                task.cancel()
            for answer in self._awaited.values():
                if not answer.done():
                    answer.set_result(None)
            self.abort()

    @property
    def unanswered(self) -> int:
        """Texts taken from the client that it has no answer to."""
        return len(self._taking)

    def abort(self) -> None:
        """Breaks the connection."""
        self._writer.transport.abort()

    async def deliver(self, part: Deliver) -> int | None:
        """The status of the client's answer to a deliver_sm; None when it gave none."""
        self._sequence += 1
        sequence = self._sequence
        answer: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._awaited[sequence] = answer
        self._writer.write(part.encode(sequence))
        try:
            async with asyncio.timeout(_ANSWER_WITHIN):
                return await answer
        except TimeoutError:
            return None
        finally:
            del self._awaited[sequence]

    def _handle(self, frame: Frame) -> None:
        if frame.command_id & smpp.RESPONSE:
            answer = self._awaited.get(frame.sequence)
            if answer is not None and not answer.done():
                answer.set_result(frame.status)
        elif frame.command_id in _BINDS:
            self._bind(frame)
        elif frame.command_id == smpp.SUBMIT_SM:
            self._submit(frame)
        elif frame.command_id in {smpp.ENQUIRE_LINK, smpp.UNBIND}:
            self._writer.write(smpp.header(frame.command_id | smpp.RESPONSE, 0, frame.sequence))
        else:
            nack = smpp.header(smpp.GENERIC_NACK, smpp.UNKNOWN_COMMAND, frame.sequence)
            self._writer.write(nack)

    def _bind(self, frame: Frame) -> None:
        system_id, password = smpp.system_id_and_password(frame)
        if self._centre.speaks_first:
            self._sequence += 1
            self._writer.write(smpp.header(smpp.ENQUIRE_LINK, smpp.OK, self._sequence))
        status = self._centre.admit(self, system_id, password)
        self._writer.write(smpp.answer(frame, status, _NAME))
        if status == smpp.OK:
            self.system_id = system_id
            self.submits, self.receives = _BINDS[frame.command_id]

    def _submit(self, frame: Frame) -> None:
        if not self.submits:
            self._writer.write(smpp.answer(frame, smpp.NOT_BOUND))
            return
        task = asyncio.create_task(self._take(frame, smpp.submitted(frame)))
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)

    async def _take(self, frame: Frame, text: Submitted) -> None:
        answer = await self._centre.take(self, text)
        if answer is not None:
            self._writer.write(smpp.answer(frame, *answer))
