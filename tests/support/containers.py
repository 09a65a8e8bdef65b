"""Kafka and PostgreSQL out of their official images, by testcontainers, under the same stack.

They share this machine's network and keep their data where our own parts would, so that ports,
passwords, folders, `kill -9` and SIGSTOP are the same. Needs an engine on this machine.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import docker
import psutil
from docker.errors import APIError, DockerException, ImageNotFound
from docker.models.containers import Container
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.labels import create_labels

from deploy.errors import StackError
from deploy.local.kafka import LOGINS, Node, logins, new_id, of_image, properties
from deploy.local.processes import Launch
from deploy.local.servers import Cluster
from deploy.provision import private_files
from deploy.topology import HOST, IMAGES, POSTGRES_SETTINGS, SUPERUSER

OWNER = "tirek.tests.owner"
"""The label with the process id of whoever started a container."""
_KILLED = 128
_ANSWERS_WITHIN, _PULLS_WITHIN = 10, 900
"""Seconds: an engine that is there answers at once, and an image of 500 MB takes its time."""
_KAFKA_LOGINS = Path("/run/tirek") / LOGINS
_KAFKA_DATA = "/var/lib/kafka/data"
"""The image's own folder: a new volume there belongs to the image's own user."""


@cache
def missing() -> str:
    """Why containers cannot be had here, in one line; empty when they can."""
    try:
        asked = docker.from_env(timeout=_ANSWERS_WITHIN)
        asked.ping()
        asked.close()
    except (DockerException, OSError):
        return "no Docker engine answers"
    engine = docker.from_env(timeout=_PULLS_WITHIN)
    try:
        for image in _needed():
            _have(engine, image)
    except StackError as problem:
        return str(problem)
    finally:
        engine.close()
    return ""


def _needed() -> tuple[str, ...]:
    """The reaper is testcontainers' own: it removes what a run that was killed left."""
    reaper = () if testcontainers_config.ryuk_disabled else (testcontainers_config.ryuk_image,)
    return (IMAGES["postgres"], IMAGES["kafka"], *reaper)


def _have(engine: docker.DockerClient, image: str) -> None:
    try:
        engine.images.get(image)
    except ImageNotFound:
        try:
            engine.images.pull(image)
        except (APIError, DockerException, OSError):
            raise StackError(f"the image {image} is not here and cannot be pulled") from None


def sweep() -> None:
    """Removes containers and volumes of runs that are over."""
    engine = docker.from_env()
    try:
        for container in engine.containers.list(all=True, filters={"label": OWNER}):
            if not psutil.pid_exists(int(container.labels[OWNER])):
                with suppress(APIError):
                    container.remove(force=True)
        for volume in engine.volumes.list(filters={"label": OWNER}):
            if not psutil.pid_exists(int(volume.attrs["Labels"][OWNER])):
                with suppress(APIError):
                    volume.remove(force=True)
    finally:
        engine.close()


class Containers:
    """Both servers from their images."""

    def __str__(self) -> str:
        return f"containers ({IMAGES['kafka']}, {IMAGES['postgres']})"

    async def kafka(self, folder: Path, nodes: Sequence[Node], password: str) -> Cluster:
        """The image formats its data folder itself; we only keep the cluster's id."""
        return KafkaImage(folder, nodes, password)

    async def postgres(
        self,
        folder: Path,
        port: int,
        password_file: Path,
        log: Path,
        lock: int,  # noqa: ARG002 - an engine hands no file to a container
    ) -> Launch:
        """The image makes the cluster, at its first start."""
        settings = {**POSTGRES_SETTINGS, "listen_addresses": HOST, "port": str(port)}
        flags = (part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        data = folder / "data"
        data.mkdir(exist_ok=True)
        return ContainerLaunch(
            "postgres",
            ("postgres", *flags),
            log,
            {
                "PGDATA": str(data),
                "POSTGRES_USER": SUPERUSER,
                "POSTGRES_PASSWORD": await asyncio.to_thread(password_file.read_text),
                "POSTGRES_HOST_AUTH_METHOD": "scram-sha-256",
                "POSTGRES_INITDB_ARGS": "--auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8",
            },
            stop_with=signal.SIGINT,
            image=IMAGES["postgres"],
            volumes={data: data},
        )


class KafkaImage:
    """The nodes as containers: what a file says for our own is their environment.

    Each runs as the image's own user, and its data are in a volume that is named after the cluster:
    a new cluster id is an empty volume.
    """

    def __init__(self, folder: Path, nodes: Sequence[Node], password: str) -> None:
        self.nodes = nodes
        self._logins = folder / LOGINS
        self._password = password
        self._formatted = folder / ("formatted" if len(nodes) == 1 else f"formatted-{len(nodes)}")

    async def create(self, log: Path) -> None:  # noqa: ARG002 - the image formats at its start
        """A new cluster id, unless there is one; ``log`` stays as it is."""
        self._formatted.parent.mkdir(parents=True, exist_ok=True)
        private_files.write(self._logins, logins(self._password))
        self._logins.chmod(0o444)  # the image's own user reads it; its folder is ours alone
        if not self._formatted.exists():
            self._formatted.write_text(new_id())

    def forget(self) -> None:
        """Lets every record go with the cluster's id; no node may be running."""
        self._formatted.unlink(missing_ok=True)

    def launch(
        self,
        node: Node,
        log: Path,
        lock: int,  # noqa: ARG002 - as above
    ) -> Launch:
        """The broker."""
        said = properties(self.nodes, node)
        # the image formats without the options that a quorum that may change would need
        said["controller.quorum.voters"] = ",".join(
            f"{each.number}@{each.controller}" for each in self.nodes
        )
        del said["controller.quorum.bootstrap.servers"]
        said["log.dirs"] = _KAFKA_DATA
        return ContainerLaunch(
            node.name,
            (),
            log,
            of_image(said, "-Xms64m -Xmx384m", _KAFKA_LOGINS),
            image=IMAGES["kafka"],
            volumes={self._logins: _KAFKA_LOGINS},
            from_files={"CLUSTER_ID": self._formatted},
            kept={"CLUSTER_ID": _KAFKA_DATA},
            own_user=True,
        )


@dataclass(frozen=True, slots=True)
class ContainerLaunch(Launch):
    """How to start a part that is a container. Its ``argv`` is the image's command."""

    image: str = ""
    volumes: Mapping[Path, Path] = field(default_factory=dict)
    """Folders and files of this machine, with where the container sees them."""
    from_files: Mapping[str, Path] = field(default_factory=dict)
    """Of its environment, what is read at each start: it may be another one by then."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """Folders of the container that are volumes, by what names them in ``from_files``."""
    own_user: bool = False
    """It runs as the image's own user, not as ours where we are not root."""

    async def spawn(self) -> "ContainerChild":
        """Starts it; raises `StackError` when the engine refuses."""
        try:
            container = await asyncio.to_thread(self._run)
        except DockerException as problem:
            raise StackError(f"{self.name}: the engine refused: {problem}") from problem
        return ContainerChild(container, self.log)

    def named(self, read: Mapping[str, str]) -> dict[str, str]:
        """The engine's own volumes by their names, with where the container sees them."""
        return {f"tirek-{self.name}-{read[name]}": there for name, there in self.kept.items()}

    def _run(self) -> Container:
        ours = os.getuid() != 0 and not self.own_user
        user: dict[str, Any] = {"user": f"{os.getuid()}:0"} if ours else {}
        read = {name: path.read_text() for name, path in self.from_files.items()}
        folders = {str(here): str(there) for here, there in self.volumes.items()}
        named, labels = self.named(read), {OWNER: str(os.getpid())}
        made = DockerContainer(
            self.image,
            env={**self.environment, **read},
            volumes=[(here, there, "rw") for here, there in {**folders, **named}.items()],
            network_mode="host",
            labels=labels,
            **user,
        )
        for name in named:
            # with testcontainers' labels too: its reaper removes it with the rest
            made.get_docker_client().client.volumes.create(
                name, labels=create_labels(self.image, labels)
            )
        if self.argv:
            made.with_command(list(self.argv))
        container = made.start().get_wrapped_container()
        container.reload()
        return container


class ContainerChild:
    """A running container as a process; it is removed when it has ended."""

    def __init__(self, container: Container, log: Path) -> None:
        self._container = container
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        # threads of our own: waiting would fill the loop's pool
        threading.Thread(target=self._follow, daemon=True).start()

    @property
    def pid(self) -> int:
        """Of its first process, as this machine counts."""
        state: dict[str, Any] = self._container.attrs["State"]
        return int(state["Pid"])

    @property
    def returncode(self) -> int | None:
        """None while it lives."""
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        """Its return code, once it has ended."""
        return await asyncio.shield(self._ended)

    def kill(self) -> None:
        """SIGKILL to its first process, and so to all."""
        with suppress(ProcessLookupError):
            self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int, /) -> None:
        """To its first process."""
        try:
            self._container.kill(signal=int(number))
        except APIError:
            raise ProcessLookupError(self._container.name) from None

    def _follow(self) -> None:
        """Its output into the log, until it ends; then its code, and it is gone."""
        code = 1
        with suppress(DockerException, OSError):
            with self._log.open("ab", buffering=0) as log:
                for chunk in self._container.logs(stream=True, follow=True):
                    log.write(chunk)
            code = int(self._container.wait()["StatusCode"])
        with suppress(DockerException, OSError):
            self._container.remove(force=True, v=True)
        with suppress(RuntimeError):  # nobody waits any more: the loop is closed
            self._loop.call_soon_threadsafe(self._end, code)

    def _end(self, code: int) -> None:
        if not self._ended.done():
            self._ended.set_result(_KILLED - code if code > _KILLED else code)
