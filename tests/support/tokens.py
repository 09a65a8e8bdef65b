"""Tokens for tests, signed with the stack's own console key."""

from deploy.local.stack import Stack
from shared.clock import wall
from shared.security.tokens import Caller, Signer


def token(stack: Stack, caller: Caller) -> str:
    """An access token for ``caller``."""
    signer = Signer.from_file(stack.keys("console") / "tokens.private.json")
    return signer.token(caller, wall())


def bearer(stack: Stack, caller: Caller) -> dict[str, str]:
    """The header that carries it."""
    return {"Authorization": f"Bearer {token(stack, caller)}"}


EVERY_ROLE = Caller(
    "st-every",
    "sezim-bishkek",
    frozenset({"worker", "coordinator", "reporter", "administrator"}),
    ("417",),
)
"""Somebody who may do whatever can be done, so that a fuzzer gets past the door."""
