"""The jobs of the containers: each recipient has its own secrets, and what is wrong is one line."""

from pathlib import Path

import httpx
import pytest

from deploy.cli.status import look
from deploy.containers import health, provision
from deploy.containers.facts import RECIPIENTS
from deploy.containers.secrets import _READ_BY_IMAGES, give, main
from deploy.errors import StackError
from services.notify.settings import NotifySettings
from shared.settings import SettingsError


@pytest.fixture
def volumes(tmp_path: Path) -> Path:
    """Empty ones."""
    for name in RECIPIENTS:
        (tmp_path / name).mkdir()
    return tmp_path


def test_each_has_its_own_and_nobody_else_can_read_it(volumes: Path) -> None:
    """Mode 0600, but for those that the servers' images read as whoever they are."""
    give(volumes)
    for path in volumes.rglob("*"):
        if path.is_file() and path.relative_to(volumes).as_posix() not in _READ_BY_IMAGES:
            assert path.stat().st_mode & 0o077 == 0, path
    held = {name: {path.name for path in (volumes / name).iterdir()} for name in RECIPIENTS}
    assert held["superuser"] == {"password", "pgpass"}
    assert {"tirek_database_url", "tirek_kafka_password"} <= held["notify"]
    assert "tirek_migration_url" not in held["notify"], "it owns nothing"
    assert "tirek_keystore_url" not in held["referral"] | held["notify"]
    own = (volumes / "notify" / "tirek_database_url").read_text()
    assert own.startswith("postgresql://tirek_notify:")


def test_a_second_start_changes_nothing(volumes: Path) -> None:
    """What was sealed before must stay readable."""
    assert len(give(volumes)) > len(RECIPIENTS)
    before = {path: path.read_bytes() for path in volumes.rglob("*") if path.is_file()}
    assert give(volumes) == []
    assert before == {path: path.read_bytes() for path in volumes.rglob("*") if path.is_file()}


def test_a_missing_volume_is_named(
    volumes: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line, with status 1."""
    (volumes / "notify").rmdir()
    monkeypatch.setattr(give, "__defaults__", (volumes,))
    assert main() == 1
    assert capsys.readouterr().err == (
        f"secrets: {volumes / 'notify'} cannot be written: is its volume mounted?\n"
    )


def test_settings_are_read_from_files(volumes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment lacks and must not hold."""
    give(volumes)
    monkeypatch.setenv("TIREK_SECRETS_DIR", str(volumes / "notify"))
    monkeypatch.setenv("TIREK_KEYS_DIR", str(volumes / "notify"))
    settings = NotifySettings.load()
    assert settings.database_url.get_secret_value().startswith("postgresql://tirek_notify:")
    assert settings.needed("smpp_url").endswith("@simulators:2775")


def test_a_missing_secret_is_named_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a folder that is not there."""
    monkeypatch.setenv("TIREK_KEYS_DIR", str(tmp_path))
    monkeypatch.setenv("TIREK_SECRETS_DIR", str(tmp_path))
    with pytest.raises(SettingsError, match=rf"TIREK_DATABASE_URL.*{tmp_path}/tirek_database_url"):
        NotifySettings.load()
    monkeypatch.setenv("TIREK_SECRETS_DIR", str(tmp_path / "gone"))
    with pytest.raises(SettingsError, match="gone is no folder that can be read"):
        NotifySettings.load()


async def test_without_passwords_nothing_is_provisioned(tmp_path: Path) -> None:
    """It says which job makes them."""
    with pytest.raises(StackError, match="run the job secrets"):
        await provision.run(tmp_path, "127.0.0.1")


def test_a_container_that_does_not_answer_is_not_healthy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And says why, for `docker inspect`."""
    monkeypatch.setenv("TIREK_HEALTH", "1/health")
    assert health.main() == 1
    assert "refused" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (httpx.Response(200, json={}), ""),
        (
            httpx.Response(503, json={"parts": {"relay": False}, "waiting": ["kafka"]}),
            "without relay; waits for kafka",
        ),
        (
            httpx.Response(503, json={"parts": {}, "waiting": [], "stuck": ["tirek.intake/3"]}),
            "stuck at tirek.intake/3",
        ),
        (httpx.Response(502, text="bad gateway"), "answers 502"),
        (httpx.Response(503, json=["odd"]), "answers 503"),
    ],
)
def test_status_says_what_a_part_lacks(answer: httpx.Response, why: str) -> None:
    """In words that somebody can act on."""
    with httpx.Client(transport=httpx.MockTransport(lambda _request: answer)) as http:
        assert look(http, "referral.work", "http://x/health/ready").why == why


@pytest.mark.parametrize(
    ("said", "note"),
    [
        (
            {"gateways": {"sms": "ESME_RINVPASWD", "email": "certificate expired"}},
            "email: certificate expired; sms: ESME_RINVPASWD",
        ),
        ({"gateways": {}}, ""),
        ({"gateways": ["odd"]}, ""),
        ({}, ""),
    ],
)
def test_status_says_which_gateway_keeps_a_ready_part_out(said: object, note: str) -> None:
    """It is ready all the same: nothing waits but what goes by that gateway."""
    answer = httpx.Response(200, json=said)
    with httpx.Client(transport=httpx.MockTransport(lambda _request: answer)) as http:
        seen = look(http, "notify.work", "http://x/health/ready")
    assert (seen.why, seen.note) == ("", note)
