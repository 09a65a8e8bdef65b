"""One JSON line per happening, and an allow-list of keys: what is not listed is not written.

Personal data cannot slip in by a careless argument: a key that nobody allowed becomes
``<name>=dropped``, and a test plants canaries in every personal field.
"""

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

import structlog

from shared.log_floods import Floods

ALLOWED = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "service",
        "process",
        "version",
        "env",
        "exception",
        "incident_id",
        "service_request_id",
        "offer_id",
        "alert_id",
        "answer_id",
        "notice_id",
        "need_id",
        "message_id",
        "consent_id",
        "disclosure_id",
        "event_id",
        "event_type",
        "correlation_id",
        "causation_id",
        "aggregate_version",
        "producer_seq",
        "topic",
        "partition",
        "offset",
        "offsets",
        "group",
        "records",
        "handled",
        "parked",
        "skipped",
        "organisation",
        "service_type",
        "urgency",
        "tier",
        "status",
        "before",
        "after",
        "fulfilment",
        "reason",
        "judgement",
        "template",
        "channel",
        "language",
        "attempt",
        "attempts",
        "window",
        "bound",
        "in_flight",
        "people",
        "count",
        "total",
        "seconds",
        "duration_ms",
        "due",
        "late",
        "next_due",
        "pass_name",
        "retry",
        "name",
        "path",
        "method",
        "route",
        "code",
        "limit",
        "port",
        "host",
        "part",
        "signal",
        "cluster",
        "partitions",
        "error_type",
        "error_code",
        "lock",
        "schema",
        "revision",
        "bytes",
        "kid",
        "peer",
        "mode",
        "request_id",
        "pid",
        "exit_code",
        "sqlstate",
        "constraint",
        "table",
        "maybe_repeated",
        "sequence",
        "command_id",
        "command_status",
        "data_coding",
        "text_hash",
    ]
)
"""Codes, counts and opaque ids only. To add a key is to say that it can never name a person."""


def keep_allowed(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor: drops every key that is not allowed, and says which."""
    unknown = [key for key in entry if key not in ALLOWED]
    for key in unknown:
        del entry[key]
    if unknown:
        entry["name"] = f"dropped keys: {', '.join(sorted(unknown))}"
    return entry


def keep_exception_type(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Turns ``exc_info`` into types and places: messages may quote a person's words."""
    info = entry.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        entry["exception"] = describe(error)
    return entry


def describe(error: BaseException) -> list[str]:
    """``Type at file:line`` for an exception and its causes, innermost call of each; no message."""
    chain: list[str] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 8:
        step = current.__traceback__
        while step is not None and step.tb_next is not None:
            step = step.tb_next
        place = f"{step.tb_frame.f_globals.get('__name__')}:{step.tb_lineno}" if step else "?"
        chain.append(f"{type(current).__name__} at {place}")
        current = current.__cause__ or current.__context__
    return chain


def configure(service: str, process: str, stream: TextIO = sys.stderr) -> None:
    """Sends structlog and the standard library's loggers through the same narrow gate."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        Floods(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        keep_exception_type,
        keep_allowed,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, process=process)
    logging.basicConfig(handlers=[LibraryHandler()], level=logging.WARNING, force=True)


class LibraryHandler(logging.Handler):
    """Libraries log free text, which may quote data: keep who spoke and how loudly."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line naming the logger, its level and the exception's type."""
        log = structlog.get_logger()
        where = f"{record.name}:{record.lineno}"
        if record.exc_info:
            log.warning("library.failed", name=where, exc_info=record.exc_info)
        elif record.levelno >= logging.WARNING:
            log.warning("library.warned", name=where)


@contextmanager
def quiet(library: str, below: int) -> Iterator[None]:
    """Without what a library says below a level, until the end."""
    log = logging.getLogger(library)
    before = log.level
    log.setLevel(below)
    try:
        yield
    finally:
        log.setLevel(before)
