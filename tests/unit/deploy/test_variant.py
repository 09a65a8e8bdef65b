"""How a stack may differ from the usual one."""

from pathlib import Path

import pytest

from deploy.local.kafka import Node
from deploy.local.ports import Route
from deploy.local.variant import Variant


def test_the_default_is_the_usual_stack() -> None:
    """One broker, no links, nothing added."""
    usual = Variant()
    assert (usual.brokers, usual.replication, usual.links) == (1, 1, ())
    assert not usual.extra
    assert not usual.before


@pytest.mark.parametrize(
    "link", ["nobody.work:kafka", "referral.work:smtp", "referral.work", "kafka:referral.work"]
)
def test_a_link_that_cannot_be_told_to_anybody_is_refused(link: str) -> None:
    """A typing error must not make a campaign that breaks nothing."""
    with pytest.raises(ValueError, match=f"no link {link}"):
        Variant(links=(link,))


@pytest.mark.parametrize(("brokers", "copies"), [(1, 1), (2, 2), (3, 3), (5, 3)])
def test_records_are_copied_to_three_at_most(brokers: int, copies: int) -> None:
    """However many brokers there are."""
    assert Variant(brokers=brokers).replication == copies


def test_a_broker_calls_itself_by_the_link_where_it_is_reached_through_one() -> None:
    """And by its own address for everybody else."""
    node = Node(2, Path("kafka/2"), 9392, 9393, (Route(20001, 20002),))
    said = node.listeners()
    assert node.name == "kafka-2"
    assert "LINK0://127.0.0.1:20002" in said["listeners"]
    assert "LINK0://127.0.0.1:20001" in said["advertised.listeners"]
    for names in (said["listeners"], said["advertised.listeners"]):
        assert "CLIENTS://127.0.0.1:9392,CONTROLLER://127.0.0.1:9393" in names
    assert "LINK0:SASL_PLAINTEXT" in said["listener.security.protocol.map"]
