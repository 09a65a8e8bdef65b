"""Database URL: what cannot be one is said at once, by the name of its setting and nothing else.

``postgresql://`` or ``postgres://``, with what stands behind a ``?`` as libpq names it. One reader
takes them all, asyncpg, whoever connects: services, migrations, the command.
"""

import os
from urllib.parse import parse_qsl, quote, urlsplit

from shared.settings import SettingsError

SCHEMES = ("postgresql", "postgres")
MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
NO_ADDRESS = (
    "this is no address of a database, like postgresql://user:password@host:5432/name; in it % is "
    "written %25, @ is %40, / is %2F, ? is %3F, # is %23"
)


def url(role: str, password: str, place: str, database: str = "") -> str:
    """The address of a database at ``place`` (host:port), whatever signs the password has."""
    return f"postgresql://{role}:{quote(password, safe='')}@{place}/{database}"


def check(url: str, setting: str) -> None:
    """Raises `SettingsError`, one line without what was given, unless this may be an address."""
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError:
        raise SettingsError(f"{setting}: {NO_ADDRESS}") from None
    if parts.scheme not in SCHEMES or parts.fragment or parts.netloc.count("@") > 1:
        raise SettingsError(f"{setting}: {NO_ADDRESS}")
    if options.get("sslmode", MODES[0]) not in MODES:
        raise SettingsError(f"{setting}: sslmode is one of {', '.join(MODES)}")
    for name in _FILES:
        if name in options and not os.access(options[name], os.R_OK):
            raise SettingsError(f"{setting}: the file that {name} names cannot be read")
