"""``python -m deploy.containers.gateways TIREK_SMPP_URL``: puts the address of a real gateway.

``TIREK_SMPP_CA`` and ``TIREK_SMTP_CA`` are no addresses but the certificates, in PEM, that the
gateway's or the mail server's must be of.

It is read from standard input: it has a password in it, and a command line or an environment can be
seen. notify reads it at its start; nothing writes it over.
"""

import sys
from pathlib import Path

from deploy.containers.facts import GATEWAYS
from deploy.containers.secrets import ROOT, put
from deploy.topology import MAIL_FROM, SMS_SENDER
from services.notify.channels.email import MailRelay
from services.notify.channels.sms import Provider
from services.notify.channels.trust import authorities, trusting
from shared.jurisdiction.config_files import MARK
from shared.settings import SettingsError

AUTHORITIES = ("TIREK_SMPP_CA", "TIREK_SMTP_CA")
KNOWN = (*GATEWAYS, *AUTHORITIES)


def keep(name: str, value: str, root: Path = ROOT) -> None:
    """Raises `SettingsError` for what notify could not use, before it is too late."""
    if name not in KNOWN:
        raise SettingsError(f"say which: one of {', '.join(KNOWN)}")
    if name in AUTHORITIES:
        gateway = name.removeprefix("TIREK_").removesuffix("_CA")
        value = authorities(value, gateway) or ""
        trusting(value or None, gateway)
    elif name.startswith("TIREK_SMTP"):
        MailRelay.from_url(value, MAIL_FROM)
    else:
        Provider.from_url(value, SMS_SENDER)
    put(root / "notify" / name.lower(), value)


def main() -> int:
    """1 with one line when it is no such address."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    try:
        keep(name, sys.stdin.read().removeprefix(MARK).strip() if name in KNOWN else "")
    except (SettingsError, OSError) as problem:
        sys.stderr.write(f"gateways: {problem}\n")
        return 1
    sys.stdout.write(f"gateways: {name} is kept; if notify runs: docker compose restart notify\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
