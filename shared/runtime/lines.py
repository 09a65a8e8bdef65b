"""The line to callers: whether the process speaks TLS itself, and whose word on where they come
from is believed."""

from dataclasses import dataclass
from typing import Any, Self

from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Line:
    """Plain, and from whoever is connected, unless something else is said. Paths of PEM files."""

    cert: str | None = None
    key: str | None = None
    proxy: str | None = None
    """The address or network of a proxy; nobody else's ``X-Forwarded-For`` counts."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Of a service's HTTP process."""
        said = (settings.tls_cert, settings.tls_key, settings.trusted_proxy)
        return cls(*(str(each) if each else None for each in said))

    def for_uvicorn(self) -> dict[str, Any]:
        """What uvicorn's configuration is told. By itself it would believe whoever is on this
        machine."""
        return {
            "ssl_certfile": self.cert,
            "ssl_keyfile": self.key,
            "proxy_headers": self.proxy is not None,
            "forwarded_allow_ips": self.proxy or "",
        }
