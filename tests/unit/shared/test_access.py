"""As whom a process comes to Kafka: said by its settings, and never shown."""

from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import SecretStr

from shared.bus.access import Access
from shared.settings import Settings, SettingsError
from tests.support.certificates import Authority


class IntakeLike(Settings):
    """A service's settings."""

    SERVICE: ClassVar[str] = "intake"


def settings(password: str | None = None, ca: Path | None = None) -> IntakeLike:
    """Of a broker that asks for these."""
    return IntakeLike(
        database_url=SecretStr("postgresql://x"),
        keys_dir=Path(),
        kafka="a:1,b:2",
        kafka_password=SecretStr(password) if password else None,
        kafka_ca=ca,
    )


def test_a_service_comes_under_its_own_name_or_as_nobody() -> None:
    """Nobody: as before this release, to a broker that asks for none."""
    assert Access.of(settings()).client() == {
        "bootstrap_servers": "a:1,b:2",
        "security_protocol": "PLAINTEXT",
    }
    named = Access.of(settings("secret"))
    assert named.client()["sasl_plain_username"] == "intake"
    assert named.client()["sasl_mechanism"] == "SCRAM-SHA-256"
    assert named.faststream()["bootstrap_servers"] == ["a:1", "b:2"]
    assert "secret" not in f"{named!r} {named}"


def test_an_authority_means_tls_and_one_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    """Never the way in the clear because a file is missing, or is something else."""
    file = tmp_path / "ca.pem"
    for text in (None, "no certificate"):
        if text is not None:
            file.write_text(text)
        with pytest.raises(SettingsError, match=r"TIREK_KAFKA_CA: .*ca\.pem is no file of cert"):
            Access.of(settings("secret", file))
    file.write_text(Authority().pem)
    assert Access.of(settings("secret", file)).client()["security_protocol"] == "SASL_SSL"
    assert Access.of(settings(None, file)).client()["security_protocol"] == "SSL"
