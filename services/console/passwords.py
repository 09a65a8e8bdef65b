"""Passwords and PINs as Argon2id hashes, made beside the event loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

AT_ONCE = 2
"""Hashes that are made at once: each takes a processor and `MEMORY`, and a process has bounds."""
MEMORY = 32 * 1024
"""KiB of one hash. With three passes it is above the least that OWASP advises."""


class Passwords:
    """Makes hashes and tests against them. Harmless to share."""

    def __init__(self, memory: int = MEMORY) -> None:
        self._hasher = PasswordHasher(time_cost=3, memory_cost=memory, parallelism=1)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._nobodys = self._hasher.hash(token_urlsafe(32))

    async def hash(self, text: str) -> str:
        """What is kept of it: salt and costs stand in it."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._hasher.hash, text)

    async def fits(self, kept: str | None, text: str) -> bool:
        """Whether it is the one. Without any it takes as long, and is not."""
        tested = await asyncio.get_running_loop().run_in_executor(
            self._pool, self._test, kept or self._nobodys, text
        )
        return tested and kept is not None

    def _test(self, kept: str, text: str) -> bool:
        try:
            return self._hasher.verify(kept, text)
        except (VerifyMismatchError, InvalidHashError):
            return False
