"""TIREK_ENV=prod on anything of the demo starts nothing, and says all that it lacks in one line."""

import io
import shutil
from pathlib import Path

import pytest

from deploy.containers import gateways, real_life
from deploy.containers.compose import compose
from deploy.containers.facts import RECIPIENTS
from deploy.containers.secrets import give, main
from deploy.errors import StackError
from deploy.local.stack import ROOT
from services.notify.channels.email import MailRelay
from services.notify.settings import NotifySettings
from shared.settings import JURISDICTION, SettingsError
from tests.support.certificates import Authority

SAMPLES = ROOT / "deploy" / "samples"
SMPP, SMTP = "smpp://user:secret@sms.example:2775", "smtps://user:secret@mail.example:465"


@pytest.fixture
def volumes(tmp_path: Path) -> Path:
    """Empty ones."""
    for name in RECIPIENTS:
        (tmp_path / "volumes" / name).mkdir(parents=True)
    return tmp_path / "volumes"


@pytest.fixture
def ours(tmp_path: Path) -> dict[str, str]:
    """An environment that lacks nothing."""
    for name in ("directory.yaml", "policies.yaml"):
        (tmp_path / name).write_text("ours")
    return {
        "TIREK_DIRECTORY": str(tmp_path / "directory.yaml"),
        "TIREK_POLICIES": str(tmp_path / "policies.yaml"),
        "TIREK_MAIL_FROM": "tirek@ministry.example",
        "TIREK_SMS_SENDER": "4321",
        "TIREK_SERVICE_LABEL": "Smena",
        "TIREK_LEDGER_ORIGIN": "smena.example/ledger",
    }


def lacking(environment: dict[str, str], volumes: Path) -> str:
    """What is said, in one line."""
    with pytest.raises(StackError) as refused:
        real_life.check(environment, volumes, SAMPLES)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_with_real_gateways_and_a_country_of_its_own_it_starts(
    volumes: Path, ours: dict[str, str]
) -> None:
    """A second bind for emergencies may be left out; later starts write nothing over."""
    give(volumes, real=True)
    gateways.keep("TIREK_SMPP_URL", SMPP, volumes)
    gateways.keep("TIREK_SMTP_URL", SMTP, volumes)
    for real in (True, False):
        give(volumes, real=real)
        assert (volumes / "notify" / "tirek_smpp_url").read_text() == SMPP
        assert (volumes / "notify" / "tirek_smtp_url").read_text() == SMTP
        assert (volumes / "notify" / "tirek_smtp_url").stat().st_mode & 0o077 == 0
        if real:
            real_life.check(ours, volumes, SAMPLES)


def test_the_demo_is_refused_in_one_line_that_names_everything(volumes: Path) -> None:
    """The sample country, the demo's deadlines, nobody's sender, the simulators."""
    give(volumes)
    environment = {
        "TIREK_DIRECTORY": str(SAMPLES / "directory.yaml"),
        "TIREK_POLICIES": str(SAMPLES / "demo-policies.yaml"),
        "TIREK_SMS_SENDER": "",
    }
    said = lacking(environment, volumes)
    assert "TIREK_DIRECTORY is the sample country" in said
    assert "TIREK_POLICIES is the demo's deadlines" in said
    assert (
        "TIREK_MAIL_FROM is not said; TIREK_SMS_SENDER is not said; TIREK_SERVICE_LABEL is" in said
    )
    assert "TIREK_LEDGER_ORIGIN is not said" in said
    for name in ("TIREK_SMPP_URL", "TIREK_SMPP_URGENT_URL", "TIREK_SMTP_URL"):
        assert f"{name} is the simulators'" in said


def test_real_life_is_never_given_the_simulators(volumes: Path, ours: dict[str, str]) -> None:
    """What nobody put is missing, and is said."""
    give(volumes, real=True)
    assert not list(volumes.rglob("tirek_sm*"))
    said = lacking(ours, volumes)
    assert "TIREK_SMPP_URL was never put" in said
    assert "TIREK_SMTP_URL was never put" in said
    assert "URGENT" not in said


def test_a_copy_of_the_samples_is_the_samples(
    volumes: Path, ours: dict[str, str], tmp_path: Path
) -> None:
    """Also under another name; and a file that is not there is no directory."""
    (tmp_path / "directory.yaml").write_bytes((SAMPLES / "directory.yaml").read_bytes())
    assert "TIREK_DIRECTORY is the sample country" in lacking(ours, volumes)
    (tmp_path / "directory.yaml").unlink()
    assert "TIREK_DIRECTORY: " in (said := lacking(ours, volumes))
    assert "directory.yaml cannot be read" in said


def test_a_country_that_cannot_be_right_is_said_once_for_all_processes(
    volumes: Path, ours: dict[str, str], tmp_path: Path
) -> None:
    """With the line, before anything is started that would only end again and again."""
    folder = Path(shutil.copytree(ROOT / JURISDICTION, tmp_path / "country"))
    directory = tmp_path / "own.yaml"
    directory.write_text("organizations: []\n", encoding="utf-8")
    ours |= {"TIREK_JURISDICTION": str(folder), "TIREK_DIRECTORY": str(directory)}
    ours["TIREK_POLICIES"] = str(folder / "policies.yaml")
    assert "country" not in lacking(ours, volumes), "the gateways alone are lacking"
    (folder / "risk.yaml").write_text("version: 1\n", encoding="utf-8")
    assert "risk.yaml: version: " in (said := lacking(ours, volumes))
    assert "(line 1)" in said


def test_the_job_that_everything_waits_for_refuses(
    volumes: Path,
    ours: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Status 1: `docker compose up` goes no further. A demo goes on."""
    monkeypatch.setattr("deploy.containers.secrets.ROOT", volumes)
    monkeypatch.setattr(give, "__defaults__", (volumes,))
    monkeypatch.setattr(real_life.check, "__defaults__", (SAMPLES,))
    for name, text in ours.items():
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("TIREK_ENV", "demo")
    assert main() == 0
    monkeypatch.setenv("TIREK_ENV", "prod")
    assert main() == 1
    assert capsys.readouterr().err.startswith("secrets: TIREK_ENV=prod is real life, and nothing")
    services = compose()["services"]
    for name in ("postgres", "provision", "topics", "simulators"):
        assert services[name]["depends_on"]["secrets"] == {
            "condition": "service_completed_successfully"
        }


def test_notify_alone_reaches_the_world() -> None:
    """The gateways are out there; nothing else has business there."""
    outside = [
        name
        for name, each in compose()["services"].items()
        if "outside" in each.get("networks", ())
    ]
    assert outside == ["notify"]


@pytest.mark.parametrize(
    ("arguments", "url", "said"),
    [
        (["TIREK_SMPP_URL"], "http://x", "the SMPP URL must look like smpp://"),
        (["TIREK_SMTP_URL"], "smpp://x", "SMTP"),
        (["TIREK_SMTP_CA"], "-----BEGIN NOTHING", "no certificates in PEM"),
        (["TIREK_DATABASE_URL"], SMPP, "say which: one of TIREK_SMPP_URL"),
        ([], SMPP, "say which: one of TIREK_SMPP_URL"),
    ],
)
def test_what_is_no_gateway_is_not_kept(
    arguments: list[str],
    url: str,
    said: str,
    volumes: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It would be found out when the first alert is due."""
    monkeypatch.setattr("sys.argv", ["gateways", *arguments])
    monkeypatch.setattr("sys.stdin", io.StringIO(url))
    monkeypatch.setattr(gateways.keep, "__defaults__", (volumes,))
    assert gateways.main() == 1
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert not list(volumes.rglob("tirek_*"))


def test_an_authority_of_ones_own_is_kept_where_notify_reads_it(
    volumes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As certificates, also when a path was given: a container sees no other's files."""
    file = volumes / "authority.pem"
    file.write_text(Authority().pem)
    gateways.keep("TIREK_SMTP_CA", str(file), volumes)
    file.unlink()
    monkeypatch.setenv("TIREK_SECRETS_DIR", str(volumes / "notify"))
    monkeypatch.setenv("TIREK_KEYS_DIR", str(volumes))
    monkeypatch.setenv("TIREK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    settings = NotifySettings.load()
    relay = MailRelay.from_url("smtp://mail.example", "a@tirek.example", settings.smtp_ca)
    assert relay.must_encrypt


def test_a_password_that_does_not_fit_is_not_repeated(volumes: Path) -> None:
    """Eight characters are the protocol's most."""
    with pytest.raises(SettingsError) as refused:
        gateways.keep("TIREK_SMPP_URL", "smpp://user:muchtoolong@x:1", volumes)
    assert "muchtoolong" not in str(refused.value)
