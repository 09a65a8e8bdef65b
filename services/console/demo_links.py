"""Demo links: whoever plays with a demo on their own machine sits down as anybody of it.

A link is made beside the demo, which no image holds, lives a minute, and is believed by a console
that runs as a demo and listens to this machine alone.
"""

from datetime import datetime, timedelta
from hmac import compare_digest
from urllib.parse import urlsplit

from services.console.keys import AccountKeys
from services.console.settings import ConsoleSettings
from shared.settings import Environment

KIND, PREFIX = "demo-link", "demo"
LIFE = timedelta(minutes=1)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def believed(settings: ConsoleSettings) -> bool:
    """Whether this console takes such links at all."""
    places = {settings.http_host, urlsplit(settings.origin).hostname}
    return settings.env is Environment.DEMO and places <= LOOPBACK


def make(keys: AccountKeys, staff_id: str, now: datetime) -> str:
    """A link's secret for one person, good for `LIFE`."""
    until = int((now + LIFE).timestamp())
    return f"{PREFIX}~{staff_id}~{until}~{_mac(keys, staff_id, until)}"


def read(keys: AccountKeys, secret: str, now: datetime) -> str | None:
    """Whom a secret is of; none for one that is over, or that we did not make."""
    prefix, _, rest = secret.partition("~")
    staff_id, _, signed = rest.partition("~")
    until, _, mac = signed.partition("~")
    if prefix != PREFIX or not (until.isascii() and until.isdecimal() and len(until) < 12):
        return None
    fits = compare_digest(mac, _mac(keys, staff_id, int(until)))
    return staff_id if fits and now.timestamp() < int(until) else None


def _mac(keys: AccountKeys, staff_id: str, until: int) -> str:
    return keys.blind(KIND, f"{staff_id}\x1f{until}").hex()
