"""The console's settings, read from the environment."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from shared.jurisdiction.texts import check_label
from shared.settings import Environment, Settings, SettingsError

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class ConsoleSettings(Settings):
    """What the console needs on top of what all services share."""

    SERVICE: ClassVar[str] = "console"

    intake_api: str = "http://127.0.0.1:8101"
    referral_api: str = "http://127.0.0.1:8102"
    notify_api: str = "http://127.0.0.1:8103"
    origin: str = Field(default="", validate_default=True)
    """Where browsers find it, as they say it themselves: scheme, host, and port if it is another
    than the scheme's. Left out: where it listens."""
    tls_cert: Path | None = None
    """Certificate with its chain, PEM; with ``tls_key`` the console speaks TLS itself."""
    tls_key: Path | None = None
    trusted_proxy: IPv4Network | IPv6Network | None = None
    """The proxy that speaks TLS for it: what it says of where a caller comes from is believed."""
    service_label: str = "Kezek"
    """What its pages are called: neutral, for whoever looks over a shoulder; as texts begin."""

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by TLS."""
        return self.origin.startswith("https://")

    def check_tls(self) -> None:
        """Raises `SettingsError` where passwords would go over a line that others can read."""
        if (self.tls_cert is None) != (self.tls_key is None):
            raise SettingsError("TIREK_TLS_CERT and TIREK_TLS_KEY: one is no use without the other")
        if self.tls_cert or self.trusted_proxy:
            if not self.secure:
                raise SettingsError("TIREK_ORIGIN: must begin with https:// where there is TLS")
        elif self.env is Environment.PROD or urlsplit(self.origin).hostname not in _LOOPBACK:
            raise SettingsError(
                "TIREK_TLS_CERT with TIREK_TLS_KEY, or TIREK_TRUSTED_PROXY: one is needed, but in "
                "a demo on this machine"
            )

    @field_validator("tls_cert", "tls_key", "trusted_proxy", mode="before")
    @classmethod
    def _none(cls, said: Any) -> Any:
        return said or None  # compose says what nobody has said as an empty text

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
