"""Kafka's jars: exactly the recorded ones, or nothing runs."""

import hashlib
import os
import re
import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import pytest
from jgo.maven import PythonResolver
from rich.console import Console

from deploy.errors import StackError
from deploy.local.java import LOCK, class_path, main, maven, read_lock
from tests.support.walled import walled

CONTENT = {"first": b"one" * 1000, "second": b"two" * 1000}


class Repository:
    """A Maven repository of two jars, on this machine."""

    def __init__(self, folder: Path, settings: Path) -> None:
        self.folder = folder
        self.lock = folder / "lock"
        self.cache = folder / "cache"
        self.settings = settings
        lines = []
        for name, content in CONTENT.items():
            path = self.path(name)
            path.parent.mkdir(parents=True)
            path.write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            lines.append(f"{digest} {len(content)} org.example:{name}:1.0\n")
        self.lock.write_text("".join(lines))

    def path(self, name: str) -> Path:
        """Where the repository keeps a jar."""
        return self.folder / "org" / "example" / name / "1.0" / f"{name}-1.0.jar"

    def class_path(self) -> tuple[list[str], str]:
        """The names on the class path, and what the screen said."""
        screen = StringIO()
        joined = class_path(self.cache, Console(file=screen, width=100), self.lock)
        return [Path(each).name for each in joined.split(":")], screen.getvalue()

    def gone(self) -> None:
        """From now on nobody answers at its address."""
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            self.point_to(nobody.getsockname()[1])

    def point_to(self, port: int) -> None:
        """Writes jgo's own settings, as somebody behind a mirror would."""
        self.settings.write_text(f"[repositories]\ncentral = http://127.0.0.1:{port}\n")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    """The repository, served."""
    monkeypatch.setenv("JGO_CONFIG_FILE", str(tmp_path / "jgo.conf"))
    made = Repository(tmp_path / "repository", tmp_path / "jgo.conf")
    handler = partial(SimpleHTTPRequestHandler, directory=str(made.folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        made.point_to(server.server_port)
        yield made
        server.shutdown()
        thread.join()


def test_the_first_start_fetches_and_says_how_much(repository: Repository) -> None:
    """The later ones need no network and say nothing."""
    jars, said = repository.class_path()
    assert jars == ["first-1.0.jar", "second-1.0.jar"]
    assert "Fetching Apache Kafka, once: 2 jars, 0 MB" in said
    repository.gone()
    assert repository.class_path() == (jars, "")


def test_a_jar_that_was_changed_afterwards_is_refused(repository: Repository) -> None:
    """One line: which jar, why, and what to do."""
    repository.class_path()
    jar = repository.cache / "second-1.0.jar"
    jar.write_bytes(jar.read_bytes() + b"!")
    with pytest.raises(StackError) as told:
        repository.class_path()
    assert str(told.value) == (
        "refused second-1.0.jar: it is not what kafka.lock records (SHA-256 differs); "
        f"remove {jar} to fetch it again"
    )


def test_a_jar_that_is_not_the_recorded_one_is_never_kept(repository: Repository) -> None:
    """The repository, or somebody on the way, sends something else."""
    repository.path("first").write_bytes(b"not what was recorded")
    with pytest.raises(StackError, match=r"refused first-1\.0\.jar"):
        repository.class_path()
    assert not (repository.cache / "first-1.0.jar").exists()


def test_no_network_is_one_line(repository: Repository) -> None:
    """Naming the jar and the cause, and saying that later starts need none."""
    repository.gone()
    said = r"could not be fetched \(ConnectionError\): the first start needs the network"
    with pytest.raises(StackError, match=said):
        repository.class_path()


def test_behind_a_wall_the_message_names_what_helps(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy, an authority of the office's own and a mirror: each as the message has it."""
    with walled(repository.folder, tmp_path) as office:
        for name in os.environ.keys() - office.bare().keys():
            monkeypatch.delenv(name)
        repository.settings.write_text(f"[repositories]\ncentral = {office.url}\n")
        with pytest.raises(StackError, match=r"\(ConnectionError\).* HTTPS_PROXY=http://host:port"):
            repository.class_path()
        monkeypatch.setenv("HTTPS_PROXY", office.proxy)
        monkeypatch.setenv("SSL_CERT_FILE", str(office.authority))  # which is not heeded
        with pytest.raises(StackError, match=r"\(SSLError\).* REQUESTS_CA_BUNDLE=/path/to/ca.pem"):
            repository.class_path()
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(office.authority))
        assert repository.class_path()[0] == ["first-1.0.jar", "second-1.0.jar"]


def test_the_mirror_is_looked_for_where_the_message_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In ~/.config/jgo.conf, and then nowhere else."""
    monkeypatch.delenv("JGO_CONFIG_FILE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".config").mkdir()
    mirror = "http://127.0.0.1:1/maven2"
    (tmp_path / ".config" / "jgo.conf").write_text(f"[repositories]\ncentral = {mirror}\n")
    assert maven(tmp_path, PythonResolver()).remote_repos == {"central": mirror}


def test_fetching_alone_ends_in_a_line_too(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the check of containers does it on a machine where no stack has run."""
    repository.gone()
    assert main("fetch", str(tmp_path / "cache")) == 1
    said = capsys.readouterr().err.splitlines()
    assert re.match(r"kafka: .*\.jar could not be fetched \(ConnectionError\)", said[-1])


def test_an_interrupted_first_start_goes_on(repository: Repository) -> None:
    """What has come is kept, what lay half-written is not taken for whole."""
    kept = repository.path("second").rename(repository.folder / "away")
    with pytest.raises(StackError, match="is not in the configured repositories"):
        repository.class_path()
    kept.rename(repository.path("second"))
    incoming = repository.cache / "incoming" / "org" / "example" / "second" / "1.0"
    incoming.mkdir(parents=True, exist_ok=True)
    (incoming / "second-1.0.jar").write_bytes(b"half")
    assert repository.class_path()[0] == ["first-1.0.jar", "second-1.0.jar"]


def test_the_recorded_lock_is_kafka_of_one_release_and_names_no_host() -> None:
    """log4j's dependency management once pulled kafka-clients down to 3.9."""
    text = LOCK.read_text()
    assert "/" not in text
    kafka = {jar.version for jar in read_lock(text) if jar.group == "org.apache.kafka"}
    assert kafka == {"4.4.0"}
