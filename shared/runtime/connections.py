"""Connections of the HTTP servers: each has an end in time and octets, and there are only so many.

uvicorn with httptools bounds the pause between two requests and nothing else. Here is what it
lacks: an end for the head of a request, for its body, and for a caller who does not read; a most
for one message, however it is framed; no more connections than there are files to open; and no more
octets of bodies, of all together, than there is memory for. Nobody keeps others out by opening many
or by sending halves: the connection that has waited for its caller the longest makes room.

How long one body may be, and its own time, `shared.http.limits` judges: here is the end of those
who do not come so far.
"""

import asyncio
import json
import resource
from asyncio import TimerHandle
from email.utils import formatdate
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared import metrics
from shared.runtime.ends import HEAD_MOST, Ends

SPARE_FILES = 96
"""Files that a process has open besides its connections: pools, brokers, listeners, pipes."""


class Part(Enum):
    """Where a connection is."""

    BETWEEN = auto()
    HEAD = auto()
    BODY = auto()
    WHOLE = auto()
    """The request is ours to answer: in this part alone the caller waits for us."""


class Room:
    """All connections of one server, and which wait for their callers, the oldest first."""

    def __init__(self, ends: Ends) -> None:
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.ends = ends
        self._most = max(1, min(ends.connections, files - SPARE_FILES))
        self._open: set[Connection] = set()
        self._waiting: dict[Connection, None] = {}
        self._held = 0

    def enter(self, one: "Connection") -> None:
        """Lets a connection in; the one that has been waiting the longest goes if it must."""
        self._open.add(one)
        self.waits(one)
        if len(self._open) > self._most:
            self._displace(next(iter(self._waiting)))

    def holds(self, one: "Connection", octets: int) -> None:
        """It has so much more of a body in hand; the oldest half goes if it must.

        Judged as it comes in: many may come before anybody takes what there is.
        """
        one.held += octets
        self._held += octets
        while self._held > self.ends.bodies_most:
            half = next((each for each in self._waiting if each.held), None)
            if half is None:
                return
            self._displace(half)

    def lets_go(self, one: "Connection") -> None:
        """Its body is needed no more."""
        self._held -= one.held
        one.held = 0

    def _displace(self, one: "Connection") -> None:
        del self._waiting[one]
        self.lets_go(one)
        one.make_room()

    def waits(self, one: "Connection") -> None:
        """It waits for its caller from now on: to ask, or to read."""
        self._waiting.pop(one, None)
        self._waiting[one] = None

    def serves(self, one: "Connection") -> None:
        """Its caller waits for us."""
        self._waiting.pop(one, None)

    def leave(self, one: "Connection") -> None:
        """It is closed."""
        self.lets_go(one)
        self._waiting.pop(one, None)
        self._open.discard(one)


class Connection(HttpToolsProtocol):
    """One connection. A request after another: one that comes with the end of the one before it is
    not taken, and the connection ends with that answer (RFC 9112, 9.3.2), because it would all have
    to be kept. One that comes later waits for its turn, and no more than a head of it is read."""

    def __init__(self, room: Room, **of_uvicorn: Any) -> None:
        super().__init__(**of_uvicorn)
        self._room = room
        self._ends = room.ends
        self._part = Part.BETWEEN
        self._octets = 0
        self.held = 0
        self._deaf = False
        self._ahead = b""
        """Of the next request: a caller may have the whole answer before we have ended it."""
        self._due: TimerHandle | None = None
        self._unread: TimerHandle | None = None

    @property
    def _ours(self) -> bool:
        """Whether the request is ours to answer."""
        return self._part is Part.WHOLE

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Something is to come within the time of a head."""
        super().connection_made(cast(asyncio.Transport, transport))
        self._within(self._ends.header_time)
        self._room.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing of it stays."""
        self._room.leave(self)
        self._within(None)
        self._has_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Octets of a request. They go by once its answer has begun, or nothing more is taken; what
        comes before an answer has ended waits for that."""
        if self._deaf or (self._part is Part.BODY and self.cycle.response_started):
            return
        if self._ours:
            self._ahead += data
            if len(self._ahead) > HEAD_MOST:
                self.flow.pause_reading()
            return
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if self._part is Part.WHOLE:
                self._deaf, self.cycle.keep_alive = True, False
            elif not self._deaf:
                self.end("malformed", HTTPStatus.BAD_REQUEST)
            return
        self._octets += len(data)
        if self._part is Part.HEAD and self._octets > HEAD_MOST:
            self.end("head", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._part is Part.BODY and self._octets > self._ends.message_most:
            self.end("body", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def on_message_begin(self) -> None:
        """A request begins; sent ahead of an answer, it is not taken."""
        if self._part is not Part.BETWEEN:
            raise ValueError("sent ahead of an answer")
        super().on_message_begin()
        self._unset_keepalive_if_required()
        self._part, self._octets = Part.HEAD, 0
        self._within(self._ends.header_time)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header. One that follows a body in chunks says nothing to us, and is not kept."""
        if self._part is Part.HEAD:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The application is asked, and ends the body's time itself; this end is behind that."""
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_MOST:
            self.end("head", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            raise ValueError("a head too long")
        # uvicorn's main loop writes these anew each second; ours sleeps
        self.server_state.default_headers = [_date(), *self.config.encoded_headers]
        super().on_headers_complete()
        self._part = Part.BODY
        self._within(self._ends.body_time + self._ends.header_time)

    def on_body(self, body: bytes) -> None:
        """Some of the body; none of one that had to make room."""
        if not self._deaf:
            super().on_body(body)
            self._room.holds(self, len(body))

    def on_message_complete(self) -> None:
        """The request is whole."""
        super().on_message_complete()
        self._part = Part.WHOLE
        self._within(None)
        self._room.serves(self)

    def on_response_complete(self) -> None:
        """The next request may begin, within uvicorn's time between two."""
        super().on_response_complete()
        self._room.lets_go(self)
        if self._part is Part.WHOLE:
            self._part = Part.BETWEEN
            self._room.waits(self)
        if self.transport.is_closing():
            self._has_to_read()
        elif self._ahead:
            ahead, self._ahead = self._ahead, b""
            self.data_received(ahead)

    def pause_writing(self) -> None:
        """The caller does not read as fast as we write: not for ever."""
        super().pause_writing()
        self._has_to_read()

    def resume_writing(self) -> None:
        """They have read."""
        super().resume_writing()
        if not self.transport.is_closing():
            self._has_read()
            if self._part is Part.WHOLE:
                self._room.serves(self)

    def timeout_keep_alive_handler(self) -> None:
        """Nothing more was asked."""
        self._close()

    def end(self, reason: str, status: HTTPStatus) -> None:
        """Ends it, with a problem where a request has begun and its answer has not."""
        metrics.HTTP_ENDED.labels(reason).inc()
        unanswered = self._part is Part.HEAD or (
            self._part is Part.BODY and not self.cycle.response_started
        )
        if unanswered and not self.transport.is_closing():
            self.transport.write(_problem(status))
        self._close()

    def make_room(self) -> None:
        """Ends it for a newer one."""
        if self._unread is not None:
            self.transport.abort()
        if self.cycle is not None:
            self.cycle.body.clear()
        self.end("displaced", HTTPStatus.SERVICE_UNAVAILABLE)

    def _within(self, seconds: float | None) -> None:
        if self._due is not None:
            self._due.cancel()
        self._due = None if seconds is None else self.loop.call_later(seconds, self._overdue)

    def _overdue(self) -> None:
        reasons = {Part.BETWEEN: "silent", Part.HEAD: "head-time"}
        self.end(reasons.get(self._part, "body-time"), HTTPStatus.REQUEST_TIMEOUT)

    def _close(self) -> None:
        self._deaf = True
        self._within(None)
        self.transport.close()
        self._has_to_read()

    def _has_to_read(self) -> None:
        """What is written is read in time, or not at all."""
        if self._unread is None:
            self._room.waits(self)
            self._unread = self.loop.call_later(self._ends.answer_time, self.transport.abort)

    def _has_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None


def _date() -> tuple[bytes, bytes]:
    return b"date", formatdate(usegmt=True).encode()


def _problem(status: HTTPStatus) -> bytes:
    """A whole answer; the application has been asked nothing, or will hear that nobody listens."""
    content = {"type": "about:blank", "title": status.phrase, "status": status.value}
    body = json.dumps(content).encode()
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "content-type: application/problem+json",
        f"content-length: {len(body)}",
        "connection: close",
        *(["retry-after: 2"] if status is HTTPStatus.SERVICE_UNAVAILABLE else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
