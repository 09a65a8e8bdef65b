"""The console's settings, read from the environment."""

import ssl
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from shared.jurisdiction.texts import check_label
from shared.settings import Environment, Settings, SettingsError

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class ConsoleSettings(Settings):
    """What the console needs on top of what all services share."""

    SERVICE: ClassVar[str] = "console"

    origin: str = Field(default="", validate_default=True)
    """Where browsers find it, as they say it themselves: scheme, host, and port if it is another
    than the scheme's. Left out: where it listens."""
    published: str = ""
    """The address of this machine at which others reach it, where that is not `http_host`: in a
    container it listens everywhere, and this says what that is worth outside."""
    help_number: str = Field(default="", pattern=r"[+0-9 ()-]*")
    """Whom people of the console call when it fails them; every page and every refusal names it."""
    service_label: str = "Kezek"
    """What its pages are called: neutral, for whoever looks over a shoulder; as texts begin."""

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by TLS."""
        return self.origin.startswith("https://")

    @property
    def _on_this_machine(self) -> bool:
        places = {urlsplit(self.origin).hostname, self.published or self.http_host}
        return places <= _LOOPBACK

    def check_tls(self) -> None:
        """Raises `SettingsError` where passwords would go over a line that others can read."""
        if (self.tls_cert is None) != (self.tls_key is None):
            raise SettingsError("TIREK_TLS_CERT and TIREK_TLS_KEY: one is no use without the other")
        if self.tls_cert and self.tls_key:
            _check_files(self.tls_cert, self.tls_key)
        if self.tls_cert or self.trusted_proxy:
            if not self.secure:
                raise SettingsError("TIREK_ORIGIN: must begin with https:// where there is TLS")
        elif self.env is Environment.PROD or not self._on_this_machine:
            raise SettingsError(
                "TIREK_TLS_CERT with TIREK_TLS_KEY, or TIREK_TRUSTED_PROXY: one is needed, but in "
                "a demo on this machine"
            )

    @field_validator("origin")
    @classmethod
    def _bare(cls, said: str, info: ValidationInfo) -> str:
        origin = said or f"http://{info.data.get('http_host')}:{info.data.get('http_port')}"
        parts = urlsplit(origin)
        if f"{parts.scheme}://{parts.netloc}" != origin or parts.scheme not in ("http", "https"):
            raise ValueError("must be like https://host, without a path")
        return origin

    @field_validator("service_label")
    @classmethod
    def _short(cls, label: str) -> str:
        return check_label(label)


def _check_files(cert: Path, key: Path) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
    except ssl.SSLError as problem:
        why = f"{cert} and {key} do not serve together ({problem.reason})"
        raise SettingsError(f"TIREK_TLS_CERT: {why}") from None
    except OSError as problem:
        raise SettingsError(f"TIREK_TLS_CERT: {cert} or {key}: {problem.strerror}") from None
