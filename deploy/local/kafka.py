"""Apache Kafka: one KRaft node, broker and controller, on the Java runtime that pip brought."""

import asyncio
import shutil
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from deploy.local.java import java
from deploy.local.kafka_identity import NotKafka, identify
from deploy.local.processes import Launch
from deploy.topology import HOST

_LOGGING = Path(__file__).with_name("kafka-log4j2.properties")
_PROPERTIES = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "inter.broker.listener.name": "CLIENTS",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
    # one node: nothing can be replicated
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "offsets.topic.num.partitions": "3",
    # topics come from the table in shared/events/topics.py, and a typing error must not make one
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    # after a kill -9 the controller waits this long before the broker may come back
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "2",
    "log.cleaner.threads": "1",
    "log.cleaner.dedupe.buffer.size": str(2 * 1024 * 1024),
}
_JVM = (
    "-Xms64m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "--sun-misc-unsafe-memory-access=allow",  # a warning at every start otherwise
)
"""Measured: 175 MB resident when idle; the parallel collectors take 50 MB more on few cores."""


class Kafka:
    """The broker's folder, configuration and command lines."""

    def __init__(self, folder: Path, ports: dict[str, int], class_path: str) -> None:
        self.port = ports["kafka"]
        self._controller = ports["kafka_controller"]
        self._folder = folder
        self._properties = folder / "server.properties"
        self._java = java(
            class_path,
            *_JVM,
            f"-Djava.io.tmpdir={folder / 'tmp'}",  # libraries unpack native code there
            f"-Dlog4j2.configurationFile={_LOGGING}",
        )

    @property
    def bootstrap(self) -> str:
        """host:port for clients."""
        return f"{HOST}:{self.port}"

    async def create(self, log: Path) -> None:
        """Writes the configuration and, once, formats the data folder with its own cluster id."""
        shutil.rmtree(self._folder / "tmp", ignore_errors=True)
        (self._folder / "tmp").mkdir(parents=True, mode=0o700)
        controller = f"{HOST}:{self._controller}"
        properties = {
            **_PROPERTIES,
            "listeners": f"CLIENTS://{self.bootstrap},CONTROLLER://{controller}",
            "advertised.listeners": f"CLIENTS://{self.bootstrap},CONTROLLER://{controller}",
            "controller.quorum.bootstrap.servers": controller,
            "log.dirs": str(self._folder / "data"),
        }
        lines = (f"{name}={value}\n" for name, value in properties.items())
        self._properties.write_text("".join(lines))
        formatted = self._folder / "formatted"
        if formatted.exists():
            return
        shutil.rmtree(self._folder / "data", ignore_errors=True)  # of a format that was interrupted
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        tool = ("kafka.tools.StorageTool", "format", "--standalone", f"--cluster-id={cluster}")
        await Launch(
            "kafka's format", (*self._java, *tool, f"--config={self._properties}"), log
        ).run(within=60)
        formatted.write_text(cluster)

    def launch(self, log: Path, lock: int) -> Launch:
        """The broker."""
        return Launch(
            "kafka", (*self._java, "kafka.Kafka", str(self._properties)), log, fds=(lock,)
        )

    async def ready(self) -> bool:
        """Whether the broker answers and calls itself by our cluster's features."""
        try:
            await identify(HOST, self.port)
        except (OSError, EOFError, TimeoutError, NotKafka, asyncio.IncompleteReadError):
            return False
        return True
