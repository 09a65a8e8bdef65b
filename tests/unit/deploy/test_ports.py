"""Ports: one clear line when one is taken; free ones belong to one stack at a time."""

import os
import socket
from collections.abc import Iterator

import pytest

from deploy.errors import StackError
from deploy.local.ports import Ports
from deploy.topology import HOST, PORTS


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which this very process listens."""
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_names_itself_its_setting_and_its_holder(taken: int) -> None:
    """The line says what to stop, or what to set."""
    with pytest.raises(StackError) as told:
        Ports.choose("default", ["intake"], {"TIREK_PORT_INTAKE": str(taken)})
    line = str(told.value)
    assert f"port {taken} (intake's API) is in use by" in line
    assert f"(pid {os.getpid()})" in line
    assert "TIREK_PORT_INTAKE" in line
    assert "\n" not in line


def test_ports_that_are_not_used_are_not_looked_at(taken: int) -> None:
    """A stack of two parts does not fail for a third one's port."""
    free = str(Ports.choose("free", []).numbers["kafka"])  # a demo may run beside the tests
    environ = {"TIREK_PORT_INTAKE": str(taken), "TIREK_PORT_KAFKA": free}
    chosen = Ports.choose("default", ["kafka"], environ)
    assert chosen.numbers["intake"] == taken


def test_the_defaults_are_those_of_the_table() -> None:
    """Nothing is set, nothing is used: the table's numbers."""
    chosen = Ports.choose("default", [], {})
    assert chosen.numbers == {name: port.number for name, port in PORTS.items()}


@pytest.mark.parametrize("text", ["", "0", "-1", "65536", "http", "８１０１x"])
def test_what_is_no_port_is_refused_by_name(text: str) -> None:
    """The setting is named."""
    with pytest.raises(StackError, match="TIREK_PORT_SMTP"):
        Ports.choose("default", [], {"TIREK_PORT_SMTP": text})


def test_two_settings_with_one_number_are_refused(taken: int) -> None:
    """Before anything starts."""
    free = str(Ports.choose("free", []).numbers["kafka"])
    environ = {"TIREK_PORT_KAFKA": free, "TIREK_PORT_POSTGRES": free}
    with pytest.raises(StackError, match="TIREK_PORT_KAFKA and TIREK_PORT_POSTGRES"):
        Ports.choose("default", ["kafka", "postgres"], environ)


def test_free_ports_are_never_shared_while_held() -> None:
    """Many stacks side by side, although none of them listens yet."""
    stacks = [Ports.choose("free", []) for _ in range(20)]
    numbers = [number for ports in stacks for number in ports.numbers.values()]
    for ports in stacks:
        ports.release()
    assert len(numbers) == len(set(numbers)) == 20 * len(PORTS)
