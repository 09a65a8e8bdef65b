"""Apache Kafka: KRaft nodes, each broker and controller, on the Java runtime that pip brought."""

import asyncio
import os
import shutil
import ssl
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.java import java
from deploy.local.kafka_identity import NotKafka, identify
from deploy.local.ports import Route
from deploy.local.processes import Launch
from deploy.provision import private_files
from deploy.provision.bus_rules import ADMINISTRATOR, BROKERS
from deploy.topology import HOST
from shared.bus.access import SCRAM

_LOGGING = Path(__file__).with_name("kafka-log4j2.properties")
_PROPERTIES = {
    "process.roles": "broker,controller",
    "inter.broker.listener.name": "CLIENTS",
    "controller.listener.names": "CONTROLLER",
    "offsets.topic.num.partitions": "3",
    # topics come from the table in shared/events/topics.py, and a typing error must not make one
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    # after a kill -9 the controller waits this long before the broker may come back
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "1000",
    # else an idle controller writes a record that says nothing twice a second, and brokers read it
    "metadata.max.idle.interval.ms": "0",
    "num.network.threads": "2",
    "num.io.threads": "2",
    "background.threads": "2",
    "log.cleaner.threads": "1",
    "log.cleaner.dedupe.buffer.size": str(2 * 1024 * 1024),
    # whoever comes says who they are, and may do what a rule says (deploy/provision/bus_rules.py)
    "sasl.enabled.mechanisms": f"{SCRAM},PLAIN",
    "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "sasl.mechanism.controller.protocol": "PLAIN",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "false",
    "super.users": f"User:{ADMINISTRATOR};User:{BROKERS}",
}
CLASSES = repr(sorted(_PROPERTIES.items()))
"""What decides which classes a broker reads."""
_MODULES = "org.apache.kafka.common.security"
LOGINS = "logins.jaas"
COMPILER = "-XX:TieredStopAtLevel=1"
"""What compiles least comes up first and stays smaller: one alone takes 2.9 s of processor time to
start, after 4.8 s. At our rates it is no slower: 15 us a record once it is warm, after 20 us."""
_JVM = (
    COMPILER,
    "-Xms64m",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "--sun-misc-unsafe-memory-access=allow",  # a warning at every start otherwise
    "-Xlog:cds=off",  # what does not fit is read out of the jars
)
"""Measured: 155 MB resident when idle; the parallel collectors take 50 MB more on few cores."""
_ALONE, _ONE_OF_SEVERAL = "-Xmx384m", "-Xmx256m"


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files of a broker: its private key with its certificate, and who signs for all."""

    certificate: Path
    authority: Path


@dataclass(frozen=True, slots=True)
class Node:
    """One broker: where it keeps its things and listens.

    At each of ``routes`` it listens at the back and calls itself by the front, where a link is.
    """

    number: int
    folder: Path
    port: int
    controller_port: int
    routes: tuple[Route, ...] = ()
    tls: Tls | None = None
    """None: what is said to it can be read on the way."""

    @property
    def name(self) -> str:
        """Of its part: ``kafka``, ``kafka-2``."""
        return "kafka" if self.number == 1 else f"kafka-{self.number}"

    @property
    def address(self) -> str:
        """host:port for clients."""
        return f"{HOST}:{self.port}"

    @property
    def controller(self) -> str:
        """host:port for the other nodes."""
        return f"{HOST}:{self.controller_port}"

    def listeners(self) -> dict[str, str]:
        """The properties about listening."""
        way = "SASL_SSL" if self.tls else "SASL_PLAINTEXT"
        at = {"CLIENTS": self.address, "CONTROLLER": self.controller}
        said = dict(at)
        for index, route in enumerate(self.routes):
            at[f"LINK{index}"] = f"{HOST}:{route.back}"
            said[f"LINK{index}"] = f"{HOST}:{route.front}"
        return {
            "listeners": ",".join(f"{name}://{place}" for name, place in at.items()),
            "advertised.listeners": ",".join(f"{name}://{place}" for name, place in said.items()),
            "listener.security.protocol.map": ",".join(f"{name}:{way}" for name in at),
        }


class Kafka:
    """The nodes' folders, configuration and command lines."""

    def __init__(
        self, folder: Path, nodes: Sequence[Node], class_path: str, archive: Path, password: str
    ) -> None:
        self.nodes = nodes
        self._logins = folder / LOGINS
        self._password = password
        self._class_path = class_path
        self._archive = archive
        alone = len(nodes) == 1
        self._formatted = folder / ("formatted" if alone else f"formatted-{len(nodes)}")
        self._heap = _ALONE if alone else _ONE_OF_SEVERAL

    async def create(self, log: Path) -> None:
        """Writes the configuration and, once, formats the data folders with a new cluster id."""
        private_files.write(self._logins, logins(self._password))
        for node in self.nodes:
            shutil.rmtree(node.folder / "tmp", ignore_errors=True)
            (node.folder / "tmp").mkdir(parents=True, mode=0o700)
            lines = (f"{name}={value}\n" for name, value in properties(self.nodes, node).items())
            (node.folder / "server.properties").write_text("".join(lines))
        if self._formatted.exists():
            return
        for node in self.nodes:  # of a format that was interrupted
            shutil.rmtree(node.folder / "data", ignore_errors=True)
        cluster = new_id()
        quorum = ["--standalone"]
        if len(self.nodes) > 1:
            voters = (f"{node.number}@{node.controller}:{new_id()}" for node in self.nodes)
            quorum = [f"--initial-controllers={','.join(voters)}"]
        tool = ("kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", *quorum)
        await asyncio.gather(*(self._format(node, tool, log) for node in self.nodes))
        self._formatted.write_text(cluster)

    def forget(self) -> None:
        """Removes every record and the cluster's identity; no node may be running."""
        self._formatted.unlink(missing_ok=True)
        for node in self.nodes:
            shutil.rmtree(node.folder / "data", ignore_errors=True)

    def launch(self, node: Node, log: Path, lock: int) -> Launch:
        """The broker."""
        listing = () if self._archive.exists() else (f"-XX:DumpLoadedClassList={_classes(node)}",)
        argv = (*self._java(node, *listing), "kafka.Kafka", str(node.folder / "server.properties"))
        return Launch(node.name, argv, log, fds=(lock,))

    async def keep_classes(self, log: Path) -> None:
        """Writes the archive, unless it is there, of the classes that a node which is up has read.

        With it a start takes half the processor time: 4.8 s without, 2.3 s with it.
        """
        node = self.nodes[0]
        if self._archive.exists() or not _classes(node).exists():
            return
        new = self._archive.with_suffix(f".{os.getpid()}")
        dump = ("-Xshare:dump", f"-XX:SharedClassListFile={_classes(node)}")
        argv = self._java(node, *dump, f"-XX:SharedArchiveFile={new}")
        await Launch("the archive of Kafka's classes", argv, log).run(within=120)
        new.replace(self._archive)  # whole: others may be starting

    def _java(self, node: Node, *more: str) -> tuple[str, ...]:
        kept = (f"-XX:SharedArchiveFile={self._archive}",) if self._archive.exists() else ()
        return java(
            self._class_path,
            *_JVM,
            self._heap,
            *kept,
            *more,
            f"-Djava.io.tmpdir={node.folder / 'tmp'}",  # libraries unpack native code there
            f"-Dlog4j2.configurationFile={_LOGGING}",
            _reading(self._logins),
        )

    async def _format(self, node: Node, tool: tuple[str, ...], log: Path) -> None:
        configuration = f"--config={node.folder / 'server.properties'}"
        argv = (*self._java(node), *tool, configuration)
        await Launch(f"{node.name}'s format", argv, log).run(within=60)


def logins(password: str) -> str:
    """JAAS, the file of a broker's logins: what it says itself, and whom it knows without asking.

    The brokers' own user comes by PLAIN, which needs nothing but this file; everybody else by
    SCRAM, out of the cluster's own records.
    """
    return (
        f"KafkaServer {{\n"
        f"  {_MODULES}.scram.ScramLoginModule required;\n"
        f'  {_MODULES}.plain.PlainLoginModule required username="{BROKERS}"\n'
        f'    password="{password}" user_{BROKERS}="{password}";\n'
        f"}};\n"
    )


def _reading(logins: Path) -> str:
    return f"-Djava.security.auth.login.config={logins}"


def _classes(node: Node) -> Path:
    return node.folder / "classes"


def properties(nodes: Sequence[Node], node: Node) -> dict[str, str]:
    """The configuration of one of the nodes."""
    return {
        **_PROPERTIES,
        **_replication(len(nodes)),
        "node.id": str(node.number),
        **node.listeners(),
        **(_stores(node.tls) if node.tls else {}),
        "controller.quorum.bootstrap.servers": ",".join(each.controller for each in nodes),
        "log.dirs": str(node.folder / "data"),
    }


def _stores(tls: Tls) -> dict[str, str]:
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(tls.certificate),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(tls.authority),
    }


def of_image(said: Mapping[str, str], heap: str, logins: Path) -> dict[str, str]:
    """The environment that tells the official image a configuration; ``heap`` as Java takes it,
    ``logins`` where it finds that file."""
    return {
        "KAFKA_HEAP_OPTS": heap,
        "KAFKA_OPTS": f"{COMPILER} {_reading(logins)}",
        **{f"KAFKA_{name.upper().replace('.', '_')}": text for name, text in said.items()},
    }


def _replication(nodes: int) -> dict[str, str]:
    copies = min(nodes, 3)
    in_sync = str(max(copies - 1, 1))
    internal = ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")
    return {
        **{f"{topic}.replication.factor": str(copies) for topic in internal},
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.min.isr": in_sync,
        "min.insync.replicas": in_sync,
    }


async def ready(node: Node) -> bool:
    """Whether the broker answers and calls itself by our cluster's features."""
    tls = ssl.create_default_context(cafile=node.tls.authority) if node.tls else None
    try:
        await identify(HOST, node.port, tls=tls)
    except (OSError, EOFError, TimeoutError, NotKafka, asyncio.IncompleteReadError):
        return False
    return True


def new_id() -> str:
    """An identity as Kafka writes them."""
    # Kafka writes its ids so; one that begins with "-" would be taken for an option
    while (text := urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode())[0] == "-":
        continue
    return text
