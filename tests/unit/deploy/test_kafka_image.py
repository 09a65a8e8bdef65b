"""How the tests run the official Kafka image: as its own user, on a volume a cluster."""

from pathlib import Path

from deploy.local.kafka import LOGINS, Node
from tests.support.containers import ContainerLaunch, KafkaImage


async def test_a_wiped_broker_begins_on_an_empty_volume(tmp_path: Path) -> None:
    """Its data are named after the cluster, and no folder of ours has to be its user's."""
    node = Node(1, tmp_path / "kafka", 9392, 9393)
    image = KafkaImage(tmp_path / "kafka", [node], "secret")
    await image.create(tmp_path / "log")
    launch = image.launch(node, tmp_path / "log", 0)
    assert isinstance(launch, ContainerLaunch)
    assert (launch.own_user, [path.name for path in launch.volumes]) == (True, [LOGINS])

    def volumes() -> dict[str, str]:
        return launch.named({name: path.read_text() for name, path in launch.from_files.items()})

    first = volumes()
    assert list(first.values()) == [launch.environment["KAFKA_LOG_DIRS"]]
    await image.create(tmp_path / "log")
    assert volumes() == first
    image.forget()
    await image.create(tmp_path / "log")
    assert volumes().keys().isdisjoint(first)
