"""What a process says that it waits for, and what an alert sees of that."""

from prometheus_client import REGISTRY

from shared.runtime.health import Health


def counted(name: str) -> float | None:
    """The gauge, as it is scraped."""
    return REGISTRY.get_sample_value("tirek_partition_waiting", {"name": name})


def test_the_first_that_goes_on_does_not_hide_the_others() -> None:
    """Two partitions and a part wait for one thing: it is over when all three have it."""
    health = Health()
    for who in ("tirek.intake/1", "tirek.intake/2", "relay"):
        health.waits(who, "gate")
    assert counted("gate") == 3
    health.goes_on("tirek.intake/1")
    assert (counted("gate"), health.report()["waiting"]) == (2, ["gate"])
    health.goes_on("relay")
    health.goes_on("relay")
    health.goes_on("tirek.intake/2")
    assert (counted("gate"), health.report()["waiting"]) == (0, [])


def test_who_waits_for_something_else_is_counted_there() -> None:
    """The topic is missing once Kafka is back."""
    health = Health()
    health.waits("relay", "a broker")
    health.waits("relay", "a topic")
    health.waits("relay", "a topic")
    assert (counted("a broker"), counted("a topic")) == (0, 1)
