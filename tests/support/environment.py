"""Settings of a service, as a process of the stack would read them from its environment."""

from typing import Any, TypeVar

from deploy.local.stack import Stack
from shared.settings import Settings

PREFIX = "TIREK_"
S = TypeVar("S", bound=Settings)


def settings_of(kind: type[S], stack: Stack, process: str, **fields: Any) -> S:
    """The settings of ``process``, but for what ``fields`` says otherwise."""
    named: dict[str, Any] = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in stack.environment(process).items()
        if name.startswith(PREFIX)
    }
    return kind(**(named | fields))
