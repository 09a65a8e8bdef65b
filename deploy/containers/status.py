"""``python -m deploy.containers.status NAME=URL ...``: waits for every part, then says what is up.

It depends on nothing that it tells of: what does not get ready in time is said with what it lacks.
"""

import os
import socket
import sys
from collections.abc import Sequence
from time import monotonic, sleep

import typer

from deploy.cli.status import asking, look, status
from deploy.topology import HOST

WITHIN = 180.0
"""Seconds for a first start on a slow machine, migrations included."""
EVERY = 1.0
OBSERVING = {"prometheus": "metrics, alerts", "grafana": "the dashboard"}
"""Of the profile `observe`: they are there when their names are."""


def settled(parts: Sequence[str], within: float = WITHIN) -> bool:
    """Waits until all parts are ready; False when some are not by then."""
    deadline = monotonic() + within
    waiting = dict(part.split("=", 1) for part in parts)
    with asking() as http:
        while True:
            waiting = {name: url for name, url in waiting.items() if look(http, name, url).why}
            if not waiting or monotonic() > deadline:
                return not waiting
            sleep(EVERY)


def observing() -> list[str]:
    """Where people look, a line each."""
    return [
        f"http://{HOST}:{os.environ[f'TIREK_PORT_{name.upper()}']}  {what}"
        for name, what in OBSERVING.items()
        if _known(name)
    ]


def _known(host: str) -> bool:
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return False
    return True


def main() -> int:
    """1 when a part is not ready."""
    parts = sys.argv[1:]
    settled(parts)
    code = 0
    try:
        status(parts)
    except typer.Exit as ending:
        code = ending.exit_code
    sys.stdout.write("".join(f"{line}\n" for line in observing()))
    return code


if __name__ == "__main__":
    sys.exit(main())
