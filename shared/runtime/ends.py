"""Ends of a connection: what one may take, and what all of a server may take together."""

from dataclasses import dataclass
from typing import Self

from shared.settings import Settings

HEAD_MOST = 32 * 1024
"""Octets of a request's first line with all its headers; a token is the longest of them."""
FRAMING = 8
"""A body in the smallest chunks is sent in six times its own octets."""


@dataclass(frozen=True, slots=True)
class Ends:
    """What a connection may take: seconds, and octets of one message. The settings say why."""

    header_time: float = 5.0
    body_time: float = 10.0
    idle_time: int = 5
    answer_time: float = 10.0
    message_most: int = HEAD_MOST
    connections: int = 64
    bodies_most: int = 1024 * 1024

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Of a service's HTTP process; without settings, of a server that takes no bodies."""
        return cls(
            header_time=settings.http_header_time,
            body_time=settings.http_body_time,
            idle_time=settings.http_idle_time,
            answer_time=settings.http_answer_time,
            message_most=HEAD_MOST + FRAMING * settings.body_limit,
            connections=settings.http_connections,
            bodies_most=settings.http_bodies_limit,
        )
