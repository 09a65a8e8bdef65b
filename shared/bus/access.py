"""Access to Kafka: where it is, and as whom one comes. Each client of ours is made with it.

A service comes under its own name by SCRAM, which never shows the password to anybody; what it may
do there says the table of topics (`deploy.provision.bus_rules`). Without a password one comes as
nobody, to a broker that asks for none. With an authority's certificate the way is TLS.
"""

import asyncio
import ssl
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self

from aiokafka.conn import create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest
from faststream.security import BaseSecurity, SASLScram256

from shared.settings import Settings, SettingsError

SCRAM = "SCRAM-SHA-256"
GONE, REFUSED, UNTRUSTED = "kafka", "kafka-refuses-us", "kafka-untrusted"
"""What keeps a process from Kafka, as its health names it: no answer; no such user, or another
password; a certificate that the authority has not signed."""
_WITHIN = 5.0
_NO_LOGIN = (SaslAuthenticationFailed, UnsupportedSaslMechanismError, IllegalSaslStateError)


@dataclass(frozen=True, slots=True)
class Access:
    """``servers``: host:port, several by commas."""

    servers: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None
    """Certificates of the authorities that may have signed the brokers', PEM."""
    mechanism: str = SCRAM

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """A service's own; raises `SettingsError` when the authority's file is of no use."""
        if settings.kafka_ca:
            try:
                _trusting(settings.kafka_ca)
            except OSError as problem:  # of TLS, too
                raise SettingsError(
                    f"TIREK_KAFKA_CA: {settings.kafka_ca} is no file of certificates "
                    f"({type(problem).__name__})"
                ) from problem
        secret = settings.kafka_password
        password = secret.get_secret_value() if secret else ""
        return cls(settings.kafka, settings.SERVICE, password, settings.kafka_ca)

    def __str__(self) -> str:
        """Where, for people."""
        return self.servers

    def client(self) -> dict[str, Any]:
        """The arguments that each of aiokafka's clients takes."""
        return {"bootstrap_servers": self.servers, **self._security()}

    def faststream(self) -> dict[str, Any]:
        """The same for FastStream's broker, which takes a string for one server."""
        tls = self.ca is not None
        context = _trusting(self.ca) if self.ca else None
        security = BaseSecurity(context, tls)
        if self.password:
            security = SASLScram256(self.user, self.password, context, tls)
        return {"bootstrap_servers": self.servers.split(","), "security": security}

    async def absence(self) -> str:
        """Why Kafka is not there for us, asked once more: `GONE`, `REFUSED` or `UNTRUSTED`.

        aiokafka's clients tell of a refused password in a line of their log alone.
        """
        try:
            async with asyncio.timeout(_WITHIN):
                for server in self.servers.split(","):
                    if (name := await self._kept_out_by(server)) != GONE:
                        return name
        except TimeoutError:
            pass
        return GONE

    async def _kept_out_by(self, server: str) -> str:
        host, _, port = server.rpartition(":")
        try:
            connection = await create_conn(host, int(port), **self._security())
        except _NO_LOGIN:
            return REFUSED
        except ssl.SSLError:
            return UNTRUSTED
        except (KafkaError, OSError):
            return GONE
        try:
            await connection.send(MetadataRequest([]))
        except KafkaConnectionError:
            return REFUSED  # it hangs up on who does not say their name
        except KafkaError:
            return GONE
        finally:
            connection.close()
        return GONE

    def _security(self) -> dict[str, Any]:
        login = {
            "sasl_mechanism": self.mechanism,
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
        }
        way = "SSL" if self.ca else "PLAINTEXT"
        return {
            "security_protocol": f"SASL_{way}" if self.password else way,
            **(login if self.password else {}),
            **({"ssl_context": _trusting(self.ca)} if self.ca else {}),
        }


@cache
def _trusting(ca: Path) -> ssl.SSLContext:
    """Reading a file of authorities takes milliseconds, and clients are made again and again."""
    return ssl.create_default_context(cafile=ca)
