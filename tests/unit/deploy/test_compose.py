"""docker-compose.yml is the topology in other words, and tells nobody what they need not know."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.containers import facts, pins
from deploy.containers.compose import PATH, compose, rendered
from deploy.containers.ours import name_of
from deploy.provision.secrets import _BUS
from deploy.topology import IMAGES, PROCESSES, ROLES, SERVICES, SIMULATORS, Process
from shared.settings import JURISDICTION

FILE = yaml.safe_load(PATH.read_text(encoding="utf-8"))["services"]
OURS = {name: each for name, each in FILE.items() if each["image"].startswith("tirek:")}
RUNNING = [each for each in PROCESSES.values() if each is not SIMULATORS]


def test_the_file_is_what_the_table_says() -> None:
    """Whoever changes one of them without the other is told by `make check`."""
    assert PATH.read_text(encoding="utf-8") == rendered(compose())


@pytest.mark.parametrize("process", RUNNING, ids=lambda each: str(each.name))
def test_each_process_has_a_service_with_all_that_it_is_told(process: Process) -> None:
    """Every key of its environment is there, or is a file in its own folder of secrets."""
    service = FILE[name_of(process)]
    files = facts.secrets_of(process, dict.fromkeys((*ROLES, *_BUS.values()), "x"))
    told = service["environment"].keys() | {name.upper() for name in files}
    assert process.environment.keys() <= told
    assert service["command"] == [process.module, *process.arguments]


@pytest.mark.parametrize("process", [each for each in RUNNING if each.health], ids=str)
def test_each_process_finds_the_country_where_one_setting_says(process: Process) -> None:
    """In the image, or in the operator's folder, which all see alike and none may change."""
    service = FILE[name_of(process)]
    told = service["environment"]["TIREK_JURISDICTION"]
    assert told == f"${{TIREK_JURISDICTION:-/app/{JURISDICTION}}}"
    assert "${TIREK_COUNTRY:-./deploy/samples}:/country:ro" in service["volumes"]
    for tool in ("secrets", "tirek", "operator"):
        assert FILE[tool]["environment"]["TIREK_JURISDICTION"] == told
        assert any(each.endswith(":/country:ro") for each in FILE[tool]["volumes"])


def test_nobody_sees_what_belongs_to_another() -> None:
    """A service has its own volume of secrets, to read; the job that makes them has all."""
    for name, service in FILE.items():
        mounted = [each for each in service.get("volumes", ()) if each.startswith("secrets-")]
        if name in {"secrets", "operator"}:
            continue
        assert all(each.endswith(":ro") for each in mounted), name
        own = {"postgres": "superuser", "provision": "all", "samples": "console"}
        own |= {"kafka": "broker", "topics": "all"}
        own |= {"tirek": "console"} | {
            name_of(each): facts.recipient(each.name) for each in RUNNING
        }
        assert [each.split(":")[0] for each in mounted] == (
            [f"secrets-{own[name]}"] if name in own else []
        )


def test_no_secret_stands_in_the_file() -> None:
    """Passwords and addresses with passwords are in files, never in an environment."""
    for service in FILE.values():
        for name, value in (service.get("environment") or {}).items():
            assert "PASSWORD" not in name or name.endswith("_FILE"), name
            assert not re.search(r"://[^/@]*:[^/@]*@", str(value)), name


@pytest.mark.parametrize("name", OURS)
def test_our_containers_may_do_nothing_but_their_work(name: str) -> None:
    """A root filesystem to read, no capability, no way to gain one, a limit of memory and CPU."""
    service = OURS[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}


def test_only_the_edge_is_published_and_on_the_loopback() -> None:
    """APIs and pages for people; neither broker nor database nor a worker."""
    published = {name: service["ports"] for name, service in FILE.items() if "ports" in service}
    assert published.keys() == {
        *(f"{name}-api" for name in SERVICES),
        *("simulators", "prometheus", "grafana"),
    }
    assert all(
        each.startswith("${TIREK_PUBLISH:-127.0.0.1}:")
        for ports in published.values()
        for each in ports
    )


@pytest.mark.parametrize("name", ["kafka", "postgres"])
def test_the_servers_may_gain_nothing(name: str) -> None:
    """The broker runs as its own user; the database may become its own, and no more."""
    service = FILE[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    allowed = (
        {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"} if name == "postgres" else set()
    )
    assert set(service.get("cap_add", ())) == allowed


def test_an_emptied_broker_is_another_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No id stands in the file: an empty folder gets a new one, a formatted one keeps its own."""
    monkeypatch.setenv("KAFKA_LOG_DIRS", str(tmp_path))
    service = FILE["kafka"]
    assert "CLUSTER_ID" not in service["environment"]
    script = service["command"][-1].replace("$$", "$").replace("exec /etc/kafka/docker/run", "env")
    told = [
        dict(line.split("=", 1) for line in _sh(script).splitlines() if "=" in line)["CLUSTER_ID"]
        for _ in range(2)
    ]
    assert told[0] != told[1]
    assert all(re.fullmatch(r"[A-Za-z0-9]{22}", each) for each in told)
    (tmp_path / "meta.properties").write_text("#\ndirectory.id=x\ncluster.id=kept-1_\nversion=1\n")
    assert "CLUSTER_ID=kept-1_\n" in _sh(script)


def test_the_broker_speaks_tls_where_an_authority_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By a key that no other container sees; and its health is asked where it can be."""
    service = FILE["kafka"]
    script = service["command"][-1].replace("$$", "$").replace("exec /etc/kafka/docker/run", "env")
    key = service["volumes"][-1].split(":")[-2]
    monkeypatch.delenv("TIREK_KAFKA_CA", raising=False)
    assert "SASL_SSL" not in _sh(script)
    monkeypatch.setenv("TIREK_KAFKA_CA", "/country/ca.pem")
    told = _sh(script)
    assert "=CLIENTS:SASL_SSL,CONTROLLER:SASL_PLAINTEXT\n" in told
    assert f"KAFKA_SSL_KEYSTORE_LOCATION={key}\n" in told
    assert "KAFKA_SSL_TRUSTSTORE_LOCATION=/country/ca.pem\n" in told
    others = [each for name, each in FILE.items() if name != "kafka"]
    assert not any(key in mounted for each in others for mounted in each.get("volumes", ()))


def _sh(script: str) -> str:
    return subprocess.run(
        ["bash", "-c", script], env=os.environ, capture_output=True, text=True, check=True
    ).stdout


def test_status_waits_for_nothing_that_it_tells_of() -> None:
    """Or a part that does not start would take the one who says so with it."""
    assert FILE["status"]["depends_on"].keys() == {"secrets"}


def test_the_image_has_what_was_tested() -> None:
    """The lock file of the image has no pin that the whole one lacks."""
    assert pins.check() == []
    assert pins.drifted("a==1 \\\n  --hash=x\nb[c]==2\nd==1\n", "a==1\nb==3 ; x\n") == [
        "b is 2 in the image's lock and 3 in the other",
        "d is 1 in the image's lock and nothing in the other",
    ]


@pytest.mark.parametrize("worker", SERVICES)
def test_workers_can_be_scaled(worker: str) -> None:
    """No fixed name, no port of the machine, started again when they die."""
    service = FILE[worker]
    assert "container_name" not in service
    assert "ports" not in service
    assert service["restart"] == "unless-stopped"


def test_images_are_those_of_the_table() -> None:
    """Each in one place."""
    others = {each["image"] for each in FILE.values() if not each["image"].startswith("tirek:")}
    assert others == set(IMAGES.values()) - {IMAGES["python"]}
    assert FILE["secrets"]["build"]["args"] == {"PYTHON": IMAGES["python"]}
