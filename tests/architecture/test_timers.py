"""Timers that meet: one that must be over before another, with a margin between them.

Two timers of the same length are a race that nobody sees: which of them is first differs from run
to run. Whoever changes one finds here what it is held against.
"""

import re
from inspect import signature
from pathlib import Path

import pytest

from deploy.cli import status
from deploy.containers import health as container
from deploy.local.kafka import _PROPERTIES as KAFKA
from deploy.local.processes import Launch
from deploy.operations import sealing_keys
from deploy.topology import ROLE_SETTINGS
from services.audit import api_figures
from services.console.frame import live
from services.console.peers import client
from services.notify import app as notify
from services.notify.channels.email import EmailChannel
from services.notify.channels.sms import Timing
from services.notify.delivery import sender_loop as lane
from services.notify.settings import NotifySettings
from shared import cli, key_files, lease
from shared.bus import (
    cluster_state,
    consume,
    offsets,
    polling,
    redrive,
    relay,
    subscriber,
    watchdog,
)
from shared.runtime import entrypoint, jobs, stalls, worker

ROOT = Path(__file__).parents[2]
SMS = Timing()


def setting(name: str) -> float:
    """The default of a setting, in seconds."""
    return float(NotifySettings.model_fields[name].default)


def server(name: str) -> float:
    """What the database enforces, in seconds."""
    return float(ROLE_SETTINGS[name].removesuffix("s"))


def within(text: str, pattern: str) -> float:
    """The number that ``pattern`` finds in a file of ours."""
    found = re.search(pattern, (ROOT / text).read_text(encoding="utf-8"))
    assert found is not None
    return float(found.group(1))


STOPPING = Launch("", (), ROOT).patience
ENDING_A_SENDER = lane.DRAIN + 2 * SMS.unbind
"""A stopping sender: what is in flight, an unbind, the connection's close."""
PAIRS: list[tuple[str, float, float, float]] = [
    # what must be over first, seconds; before what, seconds; how many times as long that must be
    ("looks of a lane without a provider < its patience", lane.NOT_READY, lane.PATIENCE, 4),
    ("asking for a lane with a provider < without one", lane.STAND_BY, lane.LET_GO, 2),
    ("a stopping sender < the worker's end", ENDING_A_SENDER, worker.GRACE, 1.2),
    (
        "a stopping consumer < the worker's end",
        offsets.LAST + subscriber.GRACE + subscriber.LEAVING,
        worker.GRACE,
        1.1,
    ),
    ("requests in hand < the stack's SIGKILL", entrypoint.GRACE, STOPPING, 1.2),
    ("the worker's end < the stack's SIGKILL", worker.GRACE, STOPPING, 1.2),
    (
        "the worker's end < the engine's SIGKILL",
        worker.GRACE,
        within("deploy/containers/ours.py", r'stop_grace_period="(\d+)s"'),
        1.2,
    ),
    ("heartbeats < the group's session", subscriber.HEARTBEAT_MS, subscriber.SESSION_MS, 3),
    (
        "heartbeats < the broker's session",
        float(KAFKA["broker.heartbeat.interval.ms"]),
        float(KAFKA["broker.session.timeout.ms"]),
        3,
    ),
    (
        "a batch, then each of it, and one more record < leaving the group",
        consume.TOGETHER + consume.ONE_BY_ONE + setting("command_timeout"),
        subscriber.POLL_INTERVAL_MS / 1000,
        1.2,
    ),
    (
        "a commit of offsets, tried again < what looks like a standstill",
        offsets.LONGEST_WAIT + offsets.WITHIN,
        setting("stuck_after"),
        2,
    ),
    (
        "gathering offsets < what looks like a standstill",
        offsets.EVERY + offsets.WITHIN,
        setting("stuck_after"),
        4,
    ),
    (
        "what a broker may wait for records < a look of the watchdog",
        polling.POLL_MS / 1000,
        setting("stuck_after") / stalls.LOOKS,
        1.5,
    ),
    # aiokafka's own end of a request
    ("a broker's wait for records < the end of that request", polling.POLL_MS / 1000, 40.0, 4),
    ("one question of the watchdog < its patience", watchdog.ASK_WITHIN, setting("stuck_after"), 2),
    (
        "one request < a question of the watchdog",
        cluster_state.REQUEST_MS / 1000,
        watchdog.ASK_WITHIN,
        1.2,
    ),
    (
        "one request < a look at the cluster",
        cluster_state.REQUEST_MS / 1000,
        cluster_state.WITHIN,
        2,
    ),
    ("a producer's request < a send", relay.REQUEST_MS / 1000, relay.SEND_TIMEOUT, 1.2),
    (
        "three statements and a send < a relay's turn",
        3 * setting("command_timeout") + relay.SEND_TIMEOUT,
        stalls.TURN,
        1.1,
    ),
    (
        "beats of a busy relay < the patience of who stands by",
        lease.EVERY + relay.SLOW_SCAN,
        lease.LOOKS * lease.LOOK_EVERY,
        2,
    ),
    ("who stands by acts < the ten seconds promised", lease.LOOKS * lease.LOOK_EVERY, 10.0, 1.5),
    ("looks at open pages < the five seconds promised", live.LOOK, 5.0, 1.5),
    ("waiting for a lock < a statement", server("lock_timeout"), server("statement_timeout"), 2),
    (
        "the server's own refusal < ours, which leaves open what was done",
        server("statement_timeout"),
        setting("command_timeout"),
        1.2,
    ),
    (
        "a statement < a transaction that says nothing",
        server("statement_timeout"),
        server("idle_in_transaction_session_timeout"),
        1.2,
    ),
    (
        "connecting < a request's patience",
        setting("connect_timeout"),
        setting("http_patience"),
        1.2,
    ),
    ("a request < a look of `tirek status`", setting("http_patience"), status.PATIENCE, 1.2),
    ("a request < a look of the engine's", setting("http_patience"), container._PATIENCE, 1.2),
    (
        "a look of the engine's < its own timeout",
        container._PATIENCE,
        within("deploy/Dockerfile", r"HEALTHCHECK.* --timeout=(\d+)s"),
        1.2,
    ),
    ("a request < the command's patience", setting("http_patience"), cli.TIMEOUT, 2),
    ("a report < the console's patience", api_figures.PATIENCE, client.PATIENCE.read or 0, 1.2),
    # httpx keeps an idle connection for five seconds: a request on one that ends just then is lost
    ("a client's idle connection < the server's", 5.0, setting("http_idle_time"), 1.2),
    (
        "a mute gateway's whole link < what counts as a good one",
        SMS.enquire_every + SMS.answer,
        SMS.longest_pause,
        1.2,
    ),
    ("one silent text < the patience of those behind it", SMS.answer, SMS.patience, 2),
    ("keeping a reply < a gateway's wait for it", SMS.accept, 10.0, 2),
    ("connecting < answering, at a gateway", SMS.connect, SMS.answer, 2),
    ("an e-mail < the next look at a relay that is away", 30.0, notify.KNOCK_EVERY, 2),
    ("a job's longest sleep < the patience of `tirek redrive`", jobs.LONGEST_SLEEP, 30.0, 2),
    ("a redrive's first wait < a job's longest sleep", redrive.FIRST_WAIT, jobs.LONGEST_SLEEP, 2),
    ("looks for new keys < when all have them", key_files.LOOK_EVERY, sealing_keys.SETTLED, 10),
]


@pytest.mark.parametrize(("what", "first", "then", "times"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_what_must_be_over_first_has_a_margin(
    what: str, first: float, then: float, times: float
) -> None:
    """So that a busy machine does not turn them round."""
    assert first * times <= then, f"{what}: {first:g} s against {then:g} s"


def test_the_fixed_numbers_above_are_the_ones_in_force() -> None:
    """Those that are the default of an argument, and no constant."""
    assert signature(EmailChannel).parameters["within"].default == 30.0
