"""Settings every service has: the environment (prefix ``TIREK_``), and files for what is secret.

Where TIREK_SECRETS_DIR is set, a setting that the environment lacks is looked for in a file there,
named like its variable in small letters: ``tirek_database_url``.
"""

import os
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.complaints import plain

JURISDICTION = Path("deploy/jurisdictions/kg")
"""Whose folder TIREK_JURISDICTION names where nobody sets it; the one place that says so."""
SECRETS_DIR = "TIREK_SECRETS_DIR"


class Environment(StrEnum):
    """What this process may do: the clock can be turned in ``test`` only."""

    PROD = "prod"
    DEMO = "demo"
    TEST = "test"


class SettingsError(Exception):
    """The environment does not hold what the process needs; the message names each key."""


class Settings(BaseSettings):
    """What all services share. Durations are seconds."""

    model_config = SettingsConfigDict(env_prefix="TIREK_", extra="ignore", frozen=True)

    SERVICE: ClassVar[str]
    OPEN: ClassVar[tuple[str, ...]] = ()
    """How the service's own addresses begin that need no token: a secret stands in each."""

    env: Environment = Environment.PROD
    database_url: SecretStr
    migration_url: SecretStr | None = None
    kafka: str = "127.0.0.1:9392"
    kafka_password: SecretStr | None = None
    """The service's own, under its name. None: the broker asks nobody who they are."""
    kafka_ca: Path | None = None
    """Certificates of the authorities that may have signed the broker's, PEM; with it TLS."""
    keys_dir: Path
    outbox_mac: Literal["required", "accepted"] | None = None
    """What becomes of an event in the outbox that bears no MAC: refused, or taken while rows are
    there from before there were any. Unset: refused if its key is as old as the service."""
    jurisdiction: Path = JURISDICTION
    http_host: str = "127.0.0.1"
    http_port: int = 0
    health_port: int = 0
    tls_cert: Path | None = None
    """Certificate with its chain, PEM; with ``tls_key`` the HTTP process speaks TLS itself."""
    tls_key: Path | None = None
    trusted_proxy: IPv4Network | IPv6Network | None = None
    """The proxy before the HTTP process: what it says of where a caller comes from is believed."""
    pool_size: int = Field(default=8, ge=2)
    command_timeout: float = 12.0
    """For the server to answer one statement: more than it gives itself, for its own refusal says
    that nothing was done, and ours leaves that open."""
    connect_timeout: float = 2.0
    http_patience: float = 2.5
    """Seconds that the database has for all that one request asks of it; then the answer is 503."""
    http_at_once: int = Field(default=64, ge=1)
    """Requests that are being answered at once; one more is told to come again (503)."""
    http_header_time: float = Field(default=5.0, gt=0)
    """For the head of a request to be whole, and for the first one of a connection to begin."""
    http_body_time: float = Field(default=10.0, gt=0)
    """For a body to be whole after its head."""
    http_idle_time: int = Field(default=7, ge=1)
    """For the next request of a connection to begin: longer than clients keep one (httpx: 5)."""
    http_answer_time: float = Field(default=10.0, gt=0)
    """For a caller to read what they asked for."""
    http_connections: int = Field(default=512, ge=1)
    """Connections that are open at once; with one more, the one that has been waiting for its
    caller the longest ends. As many as the limit of open files leaves, if that is fewer."""
    http_bodies_limit: int = Field(default=16 * 1024 * 1024, ge=1)
    """Bytes that all bodies hold together which are being read or answered."""
    body_limit: int = 256 * 1024
    """Largest HTTP body taken, in bytes."""
    intake_api: str = "http://127.0.0.1:8101"
    referral_api: str = "http://127.0.0.1:8102"
    notify_api: str = "http://127.0.0.1:8103"
    console_api: str = "http://127.0.0.1:8104"
    committee_api: str = "http://127.0.0.1:8105"
    audit_api: str = "http://127.0.0.1:8106"
    """Where other services' HTTP processes are."""
    ask_every: float = Field(default=30.0, gt=0)
    """Seconds after which a reader asks each producer what it said; of the same age is the latest
    that is asked for."""
    parked_limit: int = 1000
    """So many records that nothing proves are kept. One more is counted, logged and let go."""
    stuck_after: float = Field(default=30.0, gt=0)
    """Seconds after which a worker ends whose consumer has work and does nothing, or whose loop
    stands still. With the next look, and the next start, that is within a minute."""

    @field_validator(
        "tls_cert", "tls_key", "trusted_proxy", "kafka_ca", "outbox_mac", mode="before"
    )
    @classmethod
    def _none(cls, said: Any) -> Any:
        return said or None  # compose says what nobody has said as an empty text

    def database_urls(self) -> dict[str, str]:
        """The address of each database that the service works with, by setting, its own first."""
        return {"TIREK_DATABASE_URL": self.database_url.get_secret_value()}

    @classmethod
    def load(cls) -> Self:
        """Settings from the environment; raises `SettingsError` naming every bad key at once."""
        folder = os.environ.get(SECRETS_DIR)
        if folder and not os.access(folder, os.R_OK | os.X_OK):
            raise SettingsError(f"{SECRETS_DIR}: {folder} is no folder that can be read")
        place = f" (nor is there a file {folder}/{{}})" if folder else ""
        try:
            return cls(_secrets_dir=folder)
        except ValidationError as problem:
            lines = [
                f"{name}: {plain(error)}"
                + (place.format(name.lower()) if error["type"] == "missing" else "")
                for error in problem.errors(include_input=False)
                for name in [f"TIREK_{str(error['loc'][0]).upper()}"]
            ]
            raise SettingsError("; ".join(lines)) from None
