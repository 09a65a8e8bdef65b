"""Who answers on Kafka's port: asked in Kafka's own protocol (ApiVersions, version 3).

Many brokers speak the protocol. ``metadata.version`` is the release level of Apache Kafka's KRaft
metadata, which look-alikes do not finalise; so the suite can tell that it ran on the real one.
"""

import asyncio
import io
import ssl
import struct
from dataclasses import dataclass

_API_VERSIONS, _VERSION, _CORRELATION = 18, 3, 7
_FINALIZED_FEATURES = 2
RELEASES = {33: "4.4"}
"""Apache Kafka's releases by the level of ``metadata.version`` they format with."""


class NotKafka(Exception):
    """What answers there is not Apache Kafka in KRaft mode."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a broker says of itself: highest version by API key, level by finalised feature."""

    apis: dict[int, int]
    features: dict[str, int]

    @property
    def release(self) -> str:
        """Apache Kafka's release, or the metadata level when it is not one we know."""
        level = self.features["metadata.version"]
        return RELEASES.get(level, f"with metadata level {level}")


async def identify(
    host: str, port: int, *, within: float = 2.0, tls: ssl.SSLContext | None = None
) -> Identity:
    """Asks; raises `NotKafka`, `OSError` or `TimeoutError`."""
    client = b"tirek"
    header = struct.pack(">hhih", _API_VERSIONS, _VERSION, _CORRELATION, len(client)) + client
    compact = bytes([len(client) + 1]) + client
    request = header + b"\0" + compact + compact + b"\0"
    async with asyncio.timeout(within):
        reader, writer = await asyncio.open_connection(host, port, ssl=tls)
        try:
            writer.write(struct.pack(">i", len(request)) + request)
            (size,) = struct.unpack(">i", await reader.readexactly(4))
            return parse(await reader.readexactly(size))
        finally:
            writer.close()


def parse(answer: bytes) -> Identity:
    """An ApiVersions answer, version 3, from its correlation id on; raises `NotKafka`."""
    try:
        return _parse(io.BytesIO(answer))
    except (struct.error, UnicodeDecodeError):
        raise NotKafka("not Kafka's protocol") from None


def _parse(stream: io.BytesIO) -> Identity:
    correlation, error = _unpack(stream, ">ih")
    if correlation != _CORRELATION or error:
        raise NotKafka(f"refused to name its versions (error {error})")
    apis = {}
    for _ in range(_varint(stream) - 1):
        key, _lowest, highest = _unpack(stream, ">hhh")
        apis[key] = highest
        _skip_tags(stream)
    _unpack(stream, ">i")  # throttle time
    features: dict[str, int] = {}
    for _ in range(_varint(stream)):
        tag, size = _varint(stream), _varint(stream)
        field = io.BytesIO(stream.read(size))
        if tag == _FINALIZED_FEATURES:
            features = _finalized(field)
    if "metadata.version" not in features:
        raise NotKafka("no KRaft metadata level: a look-alike")
    return Identity(apis, features)


def _finalized(stream: io.BytesIO) -> dict[str, int]:
    features = {}
    for _ in range(_varint(stream) - 1):
        name = stream.read(max(_varint(stream) - 1, 0)).decode()
        highest, _lowest = _unpack(stream, ">hh")
        features[name] = highest
        _skip_tags(stream)
    return features


def _unpack(stream: io.BytesIO, form: str) -> tuple[int, ...]:
    return struct.unpack(form, stream.read(struct.calcsize(form)))


def _varint(stream: io.BytesIO) -> int:
    value = shift = 0
    while True:
        (byte,) = _unpack(stream, ">B")
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
        shift += 7


def _skip_tags(stream: io.BytesIO) -> None:
    for _ in range(_varint(stream)):
        _varint(stream)
        stream.read(_varint(stream))
