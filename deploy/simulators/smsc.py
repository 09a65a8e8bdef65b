"""The SMSC: an SMPP 3.4 server whose phones are in `Phones`, and which misbehaves on request."""

import asyncio
import socket
import ssl
from asyncio import StreamReader, StreamWriter
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Self

from deploy.simulators import smpp, texts
from deploy.simulators.deliveries import Deliveries, Delivery, Full
from deploy.simulators.esme import Esme
from deploy.simulators.faults import Faults, Habits, Mode
from deploy.simulators.phones import Message, Phones, State
from deploy.simulators.receipts import Receipt, Receipts, receipts
from deploy.simulators.smpp import Deliver, Submitted

_STATUS = {Mode.THROTTLE: smpp.THROTTLED, Mode.REFUSE: smpp.BAD_DESTINATION}


class Smsc:
    """Admits clients, takes their texts, delivers replies and receipts to them."""

    def __init__(
        self, phones: Phones, *, password: str | None = None, retry_after: float = 1.0
    ) -> None:
        self.phones = phones
        self.faults = Faults()
        self.habits = Habits()
        self.deliveries = Deliveries(retry_after)
        self._receipts = Receipts.ONCE
        self._receipts_after = 0.0
        self._password = password
        self._esmes: list[Esme] = []
        self.made: Counter[Mode] = Counter()
        """How many texts each mode was met by."""
        self.receipted: Counter[Receipts] = Counter()
        """How many texts each kind of receipts was sent for."""
        self.valid_for: dict[str, str] = {}
        """How long each text may be delivered, by its message id."""
        self.most_unanswered = 0
        """The widest that any client's window ever was."""

    @asynccontextmanager
    async def serving(
        self, listener: socket.socket, tls: ssl.SSLContext | None = None
    ) -> AsyncIterator[Self]:
        """Listens on a bound socket for as long as the context lasts."""
        server = await asyncio.start_server(self._connected, sock=listener, ssl=tls)
        delivering = asyncio.create_task(self.deliveries.run(self._deliver))
        try:
            yield self
        finally:
            delivering.cancel()
            server.close()
            for esme in self._esmes:
                esme.abort()
            await asyncio.gather(delivering, return_exceptions=True)

    @property
    def binds(self) -> list[str]:
        """The user of every bind."""
        return [esme.system_id for esme in self._esmes if esme.submits or esme.receives]

    def set_fault(self, mode: Mode, count: int | None, seconds: float | None) -> None:
        """See `Mode`."""
        self.faults.set(mode, count, seconds)
        if self.faults.refusing_binds:
            for esme in self._esmes:
                esme.abort()

    def set_receipts(self, kind: Receipts, seconds: float | None) -> None:
        """See `Receipts`; of texts taken from now on."""
        self._receipts, self._receipts_after = kind, seconds or 0.0

    @property
    def receipts(self) -> Receipts:
        """Which are sent now."""
        return self._receipts

    def reply(self, phone: str, text: str) -> Message:
        """Somebody types ``text`` on a phone; raises `Full`."""
        self.deliveries.must_have_room()
        message = self.phones.reply(phone, text)
        self.deliveries.add(
            Delivery(
                [
                    Deliver(
                        phone=message.phone,
                        service=message.service,
                        octets=part.octets,
                        data_coding=part.data_coding,
                        has_header=part.has_header,
                        by_data_sm=self.habits.by_data_sm,
                    )
                    for part in texts.parts(text, message.number, self.habits.coding)
                ],
                tell=partial(self._reply_tried, message.number),
            )
        )
        return message

    @property
    def speaks_first(self) -> bool:
        """See `Centre.speaks_first`."""
        return self.habits.speaks_first

    def admit(self, esme: Esme, system_id: str, password: str) -> int:
        """See `Centre.admit`."""
        if self.faults.refusing_binds:
            esme.abort()
            return smpp.TRY_AGAIN
        if not system_id or (self._password is not None and password != self._password):
            return smpp.BAD_PASSWORD
        asyncio.get_running_loop().call_soon(self.deliveries.hurry)
        return smpp.OK

    async def take(self, esme: Esme, text: Submitted) -> tuple[int, str] | None:
        """See `Centre.take`."""
        self.most_unanswered = max(self.most_unanswered, esme.unanswered)
        mode = self.faults.next()
        self.made[mode] += 1
        if mode in _STATUS:
            return _STATUS[mode], ""
        answered = mode not in {Mode.SILENT, Mode.DROP_BIND}
        message = self.phones.receive(
            text.destination,
            text.source,
            texts.shown(text.octets, text.data_coding),
            bind=esme.system_id,
            state=State.ANSWERED if answered else State.UNANSWERED,
        )
        self.valid_for[message.message_id] = text.valid_for
        if text.wants_receipt:
            self._send_receipt(message)
        if mode is Mode.DROP_BIND:
            esme.abort()
        if mode is Mode.SLOW:
            await asyncio.sleep(self.faults.delay)
        return (smpp.OK, message.message_id) if answered else None

    async def _connected(self, reader: StreamReader, writer: StreamWriter) -> None:
        esme = Esme(reader, writer, self)
        self._esmes.append(esme)
        try:
            await esme.serve()
        finally:
            self._esmes.remove(esme)

    async def _deliver(self, part: Deliver, tries: int) -> int | None:
        receivers = [esme for esme in self._esmes if esme.receives]
        return await receivers[tries % len(receivers)].deliver(part) if receivers else None

    def _reply_tried(self, number: int, status: int | None, ended: bool) -> None:
        outcome = State.TAKEN if status == smpp.OK else State.REFUSED
        self.phones.settle(number, outcome if ended else State.WAITING, status)

    def _send_receipt(self, message: Message) -> None:
        now = monotonic()
        self.receipted[self._receipts] += 1
        for receipt in receipts(self._receipts, message.message_id, self._receipts_after):
            octets = receipt.octets(datetime.now(UTC))
            if self.habits.wide_receipts:
                octets = octets.decode("latin-1").encode("utf-16-be")
            part = Deliver(
                message.phone,
                message.service,
                octets,
                data_coding=texts.UCS2 if self.habits.wide_receipts else 0,
                is_receipt=True,
                is_marked=self.habits.marks_receipts,
                by_data_sm=self.habits.by_data_sm,
            )
            due = now + receipt.after
            tell = partial(self._receipt_tried, receipt)
            with suppress(Full):  # so many wait that one receipt less is no loss
                self.deliveries.add(Delivery([part], tell=tell, due=due, earliest=due))
                self.phones.receipted(receipt.message_id, receipt.state, taken=False)

    def _receipt_tried(self, receipt: Receipt, status: int | None, ended: bool) -> None:
        if ended and status == smpp.OK:
            self.phones.receipted(receipt.message_id, receipt.state, taken=True)
