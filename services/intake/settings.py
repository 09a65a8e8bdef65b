"""Intake's settings, read from the environment."""

from typing import ClassVar

from pydantic import SecretStr

from shared.settings import Settings


class IntakeSettings(Settings):
    """``keystore_url`` is a database of its own: data keys never lie beside the data."""

    SERVICE: ClassVar[str] = "intake"

    keystore_url: SecretStr
    keystore_migration_url: SecretStr | None = None

    def database_urls(self) -> dict[str, str]:
        """And the key store's."""
        store = {"TIREK_KEYSTORE_URL": self.keystore_url.get_secret_value()}
        return super().database_urls() | store
