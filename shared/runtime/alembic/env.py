"""Alembic's environment for every service: asyncpg, the service's schema, its owner's role."""

import asyncio
from functools import partial

import asyncpg
from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

SCHEMA: str = context.config.attributes["schema"]


def run(connection: Connection) -> None:
    """Runs all pending revisions in one transaction, one migrator at a time.

    By an advisory lock: at the first run there is no row to lock. A stranger who takes it stops a
    migration, in front of whoever runs it, and no service.
    """
    connection.execute(text(f"SET search_path = {SCHEMA}"))
    connection.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": SCHEMA})
    connection.commit()
    context.configure(connection=connection, version_table_schema=SCHEMA)
    with context.begin_transaction():
        context.run_migrations()


async def main() -> None:
    """Connects as the owner and runs."""
    # as the services connect: whatever address serves them serves here
    connect = partial(asyncpg.connect, context.config.attributes["dsn"])
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=connect, poolclass=pool.NullPool
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


asyncio.run(main())
