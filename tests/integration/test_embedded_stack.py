"""The embedded stack is the real thing, comes up whole or not at all, and leaves nothing behind."""

import asyncio
import os
import socket
import subprocess
import sys

import psutil
import pytest

from deploy.errors import StackError
from deploy.local.stack import ROOT, Stack
from deploy.topology import HOST, PORTS
from shared.settings import Environment
from tests.stack import scratch, state_folder
from tests.support.eventually import eventually

OWNER = """
import asyncio, json, pathlib, sys
from deploy.local.stack import Stack
from shared.settings import Environment
async def main():
    state = pathlib.Path(sys.argv[1])
    parts = ["topics", "provision"]
    async with Stack(state, ports="free", env=Environment.TEST, parts=parts) as stack:
        print(json.dumps([part.pid for part in stack.parts.values()]), flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


def family(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


async def test_two_stacks_run_side_by_side(stack: Stack) -> None:
    """Each with its own ports, passwords, cluster and data."""
    async with scratch("provision") as other:
        assert set(other.parts) == {"postgres"}
        assert other.port("postgres") != stack.port("postgres")
        assert other.superuser().split("@", 1)[0] != stack.superuser().split("@", 1)[0]
        assert other.part("postgres").running
        assert stack.part("postgres").running


async def test_a_second_stack_in_the_same_folder_is_refused(stack: Stack) -> None:
    """In one line, and the first does not notice."""
    with pytest.raises(StackError, match=r"is in use by another stack \(pid \d+\): stop that one"):
        async with Stack(stack.state, ports="free", parts=["postgres"]):
            pytest.fail("it came up")
    assert stack.part("postgres").running


async def test_a_port_in_use_leaves_nothing_half_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the port and its setting; the folder is free again at once."""
    with state_folder() as state, socket.create_server((HOST, 0)) as server:
        number = server.getsockname()[1]
        monkeypatch.setenv("TIREK_PORT_KAFKA", str(number))
        for _ in range(2):
            with pytest.raises(StackError, match=rf"port {number} \(Kafka\) is in use.*PORT_KAFKA"):
                async with Stack(state, parts=["topics", "provision"]):
                    pytest.fail("it came up")
        assert not (state / "postgres" / "data").exists()


async def test_a_part_that_fails_takes_the_others_down() -> None:
    """PostgreSQL is up and Kafka cannot come up: both are gone, in one line."""
    with state_folder() as state:
        (state / "kafka").mkdir()
        (state / "kafka" / "formatted").write_text("a lie: nothing was formatted")
        with pytest.raises(StackError, match=r"^kafka ended with code \d+ before it was ready"):
            async with Stack(state, ports="free", parts=["topics", "provision"]):
                pytest.fail("it came up")
        data = str(state / "postgres" / "data")
        assert not [each for each in psutil.process_iter() if data in _command(each)]


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


async def test_kill_9_of_the_stack_leaves_no_process_and_no_damage() -> None:
    """Broker and database go with their owner; the next start finds everything in its place."""
    with state_folder() as state:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", OWNER, str(state), cwd=ROOT, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        await process.stdout.readline()
        started = family(process.pid)
        assert len(started) > 3
        process.kill()
        await process.wait()
        await eventually(lambda: not any(each.is_running() for each in started), within=10)
        cluster = (state / "kafka" / "formatted").read_text()
        async with Stack(state, ports="free", env=Environment.TEST, parts=["topics"]) as again:
            assert (state / "kafka" / "formatted").read_text() == cluster
            assert again.part("kafka").running


async def test_the_whole_stack_of_parts_stays_small(stack: Stack) -> None:
    """Broker and database together, idle: the aim for all of Tirek is 1.2 GB."""
    memory = stack.memory()
    assert set(memory) >= {"kafka", "postgres"}
    assert 50_000_000 < sum(memory[name] for name in ("kafka", "postgres")) < 500_000_000


async def test_every_start_is_timed(stack: Stack) -> None:
    """Each part and the total: the demo prints it, and a slow machine fails no test."""
    assert {"kafka", "postgres", "topics", "provision", "total"} <= stack.timings.keys()
    assert all(seconds > 0 for seconds in stack.timings.values())


async def test_ports_are_those_of_the_table_unless_set() -> None:
    """A stack for people is found where the documents say."""
    with state_folder() as state:
        async with Stack(state, parts=[]) as idle:
            expected = {
                name: int(os.environ.get(port.setting, port.number)) for name, port in PORTS.items()
            }
            assert {name: idle.port(name) for name in PORTS} == expected


async def test_secrets_are_for_their_owner_alone(stack: Stack) -> None:
    """Nobody else on the machine may enter the state folder's secrets, data or logs."""
    for name in ("secrets", "logs", "kafka", "postgres"):
        assert (stack.state / name).stat().st_mode & 0o077 == 0
