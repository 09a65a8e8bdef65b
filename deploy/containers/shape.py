"""What every container of the compose file has in common."""

from typing import Any

MEMORY = {"kafka": "1g", "postgres": "1g", "serve": "320m", "work": "320m", "job": "320m"}
CPUS = {"kafka": "2.0", "postgres": "2.0", "serve": "1.0", "work": "1.0", "job": "1.0"}
Service = dict[str, Any]
"""A service of the file, as a value."""


def limits(kind: str) -> Service:
    """The most that a container of this kind may use."""
    return {"deploy": {"resources": {"limits": {"cpus": CPUS[kind], "memory": MEMORY[kind]}}}}


def after(done: tuple[str, ...] = (), healthy: tuple[str, ...] = ()) -> Service:
    """What must have ended well, and what must be healthy, before a container starts."""
    finished = {name: {"condition": "service_completed_successfully"} for name in done}
    return finished | {name: {"condition": "service_healthy"} for name in healthy}
