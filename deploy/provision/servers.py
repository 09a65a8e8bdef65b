"""Roles, databases, schemas, the clock's table and topics, from the topology; safe to repeat."""

from collections.abc import Mapping

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from deploy.errors import StackError
from deploy.provision.probes import until
from deploy.topology import CLOCK, ROLE_SETTINGS, ROLES, SCHEMAS
from shared.events.topics import TOPICS, Topic

_LOGIN = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT"
_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS {name} AUTHORIZATION {owner};
GRANT USAGE ON SCHEMA {name} TO {role};
ALTER ROLE {owner} IN DATABASE {database} SET search_path = {name};
ALTER ROLE {role} IN DATABASE {database} SET search_path = {name};
"""
_CLOCK = """
CREATE TABLE IF NOT EXISTS {name}.turned (
    "only" boolean PRIMARY KEY DEFAULT true CHECK ("only"),
    by interval NOT NULL DEFAULT '0'
);
ALTER TABLE {name}.turned OWNER TO {owner};
INSERT INTO {name}.turned DEFAULT VALUES ON CONFLICT DO NOTHING;
"""
_READS_CLOCK = "GRANT USAGE ON SCHEMA {name} TO {role}; GRANT SELECT ON {name}.turned TO {role};"
_TOPICS_OWN = 1
"""How Kafka marks a setting that is the topic's, and neither the broker's nor a default."""
_QUIET = "SET log_min_error_statement = panic"
"""A statement that holds a password must not reach the log, even if it fails."""


async def roles(superuser: str, passwords: Mapping[str, str]) -> None:
    """Every role with its password and limits, every database; each role enters its own alone."""
    connection = await asyncpg.connect(superuser, timeout=5, command_timeout=20)
    try:
        await connection.execute(_QUIET)
        known = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
        for role in ROLES:
            verb = "ALTER" if role in known else "CREATE"
            await connection.execute(
                f"{verb} ROLE {role} {_LOGIN} PASSWORD '{_literal(passwords[role])}'"
            )
        for role in {schema.role for schema in SCHEMAS}:
            for name, value in ROLE_SETTINGS.items():
                await connection.execute(f"ALTER ROLE {role} SET {name} = '{value}'")
        there = {
            row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")
        }
        for database in sorted(set(ROLES.values()) - there):
            await connection.execute(f"CREATE DATABASE {database}")
        for database in (*sorted(set(ROLES.values())), "postgres", "template1"):
            await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
        for role, database in ROLES.items():
            await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {role}")
    finally:
        await connection.close()


async def schemas(superuser_of: Mapping[str, str]) -> None:
    """Schemas with owner and user, and the clock. ``superuser_of``: a DSN for each database."""
    for database, dsn in superuser_of.items():
        connection = await asyncpg.connect(dsn, timeout=5, command_timeout=20)
        try:
            async with connection.transaction():
                await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
                for schema in (*SCHEMAS, CLOCK):
                    if schema.database == database:
                        await connection.execute(
                            _SCHEMA.format_map(
                                {name: getattr(schema, name) for name in schema.__slots__}
                            )
                        )
                if database == CLOCK.database:
                    await _clock(connection)
        finally:
            await connection.close()


async def _clock(connection: asyncpg.Connection) -> None:
    await connection.execute(_CLOCK.format(name=CLOCK.name, owner=CLOCK.owner))
    for schema in SCHEMAS:
        if schema.database == CLOCK.database:
            await connection.execute(_READS_CLOCK.format(name=CLOCK.name, role=schema.role))


def _literal(password: str) -> str:
    if not password.isalnum():
        raise StackError("passwords.json holds a password that we did not make: remove it")
    return password


async def topics(bootstrap: str, *, replication: int = 1) -> None:
    """Makes the topics as the table has them; raises `StackError` when the broker refuses.

    One that is missing is made; one that is there gets the table's settings and keeps its others.

    A broker that has just begun may still say of itself that it is not ready: it is asked again.
    """
    last: list[Exception] = []

    async def made() -> bool:
        try:
            await _topics(bootstrap, replication)
        except (TimeoutError, KafkaError, OSError) as problem:
            last.append(problem)
            return isinstance(problem, KafkaError) and not problem.retriable
        last.clear()
        return True

    await until(made, within=20)
    if last:
        raise StackError(f"topics could not be made: {type(last[-1]).__name__}") from last[-1]


async def _topics(bootstrap: str, replication: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=10_000)
    try:
        await admin.start()
        there = set(await admin.list_topics())
        missing = [topic for topic in TOPICS.values() if topic.name not in there]
        for topic in TOPICS.values():
            if topic.name in there:
                await _configure(admin, topic)
        if not missing:
            return
        answer = await admin.create_topics(
            [
                NewTopic(topic.name, topic.partitions, replication, topic_configs=topic.config())
                for topic in missing
            ]
        )
        for name, code, *_message in answer.topic_errors:
            if code not in (0, TopicAlreadyExistsError.errno):
                raise StackError(f"Kafka did not make topic {name}: {for_code(code).__name__}")

        async def led() -> bool:
            described = await admin.describe_topics([topic.name for topic in missing])
            return all(
                each["error_code"] == 0 and all(part["leader"] >= 0 for part in each["partitions"])
                for each in described
            )

        if not await until(led, within=10):
            raise StackError("Kafka made the topics, but nobody leads their partitions")
    finally:
        await admin.close()


async def _configure(admin: AIOKafkaAdminClient, topic: Topic) -> None:
    resource = ConfigResource(ConfigResourceType.TOPIC, topic.name)
    (answer,) = await admin.describe_configs([resource])
    entries = answer.resources[0][4]
    if topic.config().items() <= {name: value for name, value, *_ in entries}.items():
        return
    # whatever is not said again goes back to its default
    own = {name: value for name, value, _, source, *_ in entries if source == _TOPICS_OWN}
    resource.configs = own | topic.config()
    (answer,) = await admin.alter_configs([resource])
    for code, *_message in answer.resources:
        if code:
            raise StackError(f"Kafka did not alter {topic.name}: {for_code(code).__name__}")
