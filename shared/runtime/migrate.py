"""Migrations: Alembic with raw SQL, run as the schema's owner, append-only.

Each is safe with the previous release running. The tables of the plumbing are in
`shared.runtime.plumbing`.
"""

from pathlib import Path

from alembic import command, op
from alembic.config import Config

from shared.errors import Unavailable

_NARROW = """
    DO $$ BEGIN
        -- of what was said only how it stands with the bus: the columns that the relay writes
        IF EXISTS (SELECT FROM pg_attribute WHERE attname = 'refused_at'
                   AND attrelid = to_regclass('{service}.outbox')) THEN
            REVOKE UPDATE ON {service}.outbox FROM {role};
            GRANT UPDATE (producer_seq, prev, digest, number_mac, published_at, partition, "offset",
                          refused_at) ON {service}.outbox TO {role};
        END IF;
    END $$;
"""
"""For a table that has come so far; `shared.runtime.plumbing.MACS` says more."""


def grants(service: str) -> str:
    """What the service's own role may do; it owns nothing and bypasses nothing."""
    role = f"tirek_{service}"
    return f"""
    GRANT USAGE ON SCHEMA {service} TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {service} TO {role};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA {service} TO {role};
    REVOKE ALL ON {service}.alembic_version FROM {role};
    GRANT SELECT ON {service}.alembic_version TO {role};
    {_NARROW.format(service=service, role=role)}
    """


def _config(migrations: Path, dsn: str, schema: str) -> Config:
    config = Config()
    config.set_main_option("script_location", _plain(Path(__file__).parent / "alembic"))
    config.set_main_option("version_locations", _plain(migrations / "versions"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(dsn=dsn, schema=schema)
    return config


def _plain(path: Path) -> str:
    """A path whose ``%`` is none of the configuration's own."""
    return str(path).replace("%", "%%")


def upgrade(migrations: Path, dsn: str, schema: str, revision: str = "head") -> None:
    """Brings a schema to the newest revision, or to another; nothing when it is there already."""
    try:
        command.upgrade(_config(migrations, dsn, schema), revision)
    except OSError as problem:
        raise Unavailable("database") from problem


def script(sql: str) -> None:
    """Runs many statements inside the current migration; for use in ``upgrade()``."""
    # asyncpg prepares what has arguments and takes one statement then; the plain call takes many
    adapted = op.get_bind().connection.dbapi_connection
    if adapted is None:
        raise Unavailable("database")
    adapted.run_async(lambda raw: raw.execute(sql))
