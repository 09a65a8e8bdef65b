"""Notify's settings, read from the environment."""

from typing import ClassVar

from pydantic import Field, SecretStr, field_validator

from shared.jurisdiction.texts import check_label
from shared.settings import Settings, SettingsError


class NotifySettings(Settings):
    """What notify needs on top of what all services share. The worker needs both gateways."""

    SERVICE: ClassVar[str] = "notify"
    OPEN: ClassVar[tuple[str, ...]] = ("/calendar/",)

    smpp_url: SecretStr | None = None
    smpp_urgent_url: SecretStr | None = None
    """The bind for emergencies, with a window of 1; absent: a second bind at `smpp_url`."""
    smpp_ca: str | None = None
    """Authorities whose certificates a gateway of ``smpps://`` may have, as `smtp_ca`."""
    sms_window: int = Field(default=10, ge=1, le=100)
    """The most messages of a bind that a crash may repeat."""
    sms_sender: str = "1000"
    """What phones show; a number, or nobody could answer."""
    smtp_url: SecretStr | None = None
    smtp_ca: str | None = None
    """Authorities whose certificates the mail server may have, instead of the machine's: PEM, or
    the path of a file with it."""
    mail_from: str = "coordination@example.invalid"
    mail_window: int = Field(default=4, ge=1, le=50)
    service_label: str = "Kezek"
    """What texts and subjects begin with: neutral, for whoever looks over a shoulder, and agreed
    with the staff: a word that they do not know, with a code behind it, looks like fraud."""

    def needed(self, name: str) -> str:
        """The URL called ``name``; raises `SettingsError` if the environment lacks it."""
        url: SecretStr | None = getattr(self, name)
        if url is None:
            raise SettingsError(f"TIREK_{name.upper()} is needed")
        return url.get_secret_value()

    @field_validator("service_label")
    @classmethod
    def _short(cls, label: str) -> str:
        return check_label(label)
