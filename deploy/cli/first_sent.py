"""The first sending of a report under its key: from then its relative times are counted.

So «30 minutes ago», sent again later, is the time that it was, and the report the same.
"""

import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from shared.cli import ERR, say
from shared.clock import wall

SENT = Path(__file__).parents[2] / ".tirek" / "sent"
"""Empty files, each as old as a first sending. Their names are digests: no report is kept."""
KEPT = timedelta(days=30)
"""As long as intake knows a key again: after that it takes the report anew."""


def first_sent(key: str, text: str) -> datetime:
    """When this text was first sent under this key; now, and from now on, if it never was.

    A report never waits for that: where nothing can be written, a line says what follows.
    """
    mark = SENT / sha256(f"{key}\0{text}".encode(errors="surrogatepass")).hexdigest()
    try:
        SENT.mkdir(parents=True, exist_ok=True, mode=0o700)
        _forget_old(wall() - KEPT)
        os.close(os.open(mark, os.O_WRONLY | os.O_CREAT, 0o600))  # leaves the time of one there is
        return _made(mark)
    except OSError:
        ERR.print(say("its times are counted anew each time here: sent again it is another report"))
        return wall()


def _forget_old(before: datetime) -> None:
    for mark in SENT.iterdir():
        if _made(mark) < before:
            mark.unlink(missing_ok=True)


def _made(mark: Path) -> datetime:
    return datetime.fromtimestamp(mark.stat().st_mtime, UTC)
