"""The database under the suite: passwords are asked for, and every role keeps to its own."""

from datetime import timedelta

import asyncpg
import psutil
import pytest

from deploy.local.stack import Stack
from deploy.provision import databases
from deploy.topology import ROLES, SCHEMAS, Schema
from tests.stack import scratch, turn_clock

SERVICE_ROLES = [schema.role for schema in SCHEMAS]
IN_TIREK = [schema for schema in SCHEMAS if schema.database == "tirek"]


async def one(dsn: str, sql: str) -> object:
    """The first value of a statement."""
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


@pytest.mark.parametrize("role", ["postgres", *ROLES])
async def test_a_wrong_password_is_refused(stack: Stack, role: str) -> None:
    """The superuser's too: nothing is trusted, though everybody is on this machine."""
    database = ROLES.get(role, "postgres")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await one(
            f"postgresql://{role}:wrong@127.0.0.1:{stack.port('postgres')}/{database}", "SELECT 1"
        )


async def test_passwords_are_kept_as_scram_and_nothing_else_is_accepted(stack: Stack) -> None:
    """Neither md5 nor trust, and TCP on the loopback alone."""
    rules = "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules"
    assert await one(stack.superuser(), rules) == "scram-sha-256"
    stored = "SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin"
    assert await one(stack.superuser(), stored) is True
    assert await one(stack.superuser(), "SHOW listen_addresses") == "127.0.0.1"


async def test_there_is_no_socket_beside_it(embedded_stack: Stack) -> None:
    """The package's own starter has one, with trust."""
    assert await one(embedded_stack.superuser(), "SHOW unix_socket_directories") == ""


async def test_what_is_committed_is_on_disk(stack: Stack) -> None:
    """As in earnest: the suite proves nothing on a database that may forget."""
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert await one(stack.superuser(), f"SHOW {setting}") == "on"


@pytest.mark.parametrize("role", SERVICE_ROLES)
async def test_a_service_role_has_limits_and_no_powers(stack: Stack, role: str) -> None:
    """The server itself ends what hangs, and row-level security holds."""
    for setting, value in {
        "statement_timeout": "10s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "15s",
    }.items():
        assert await one(stack.dsn(role), f"SHOW {setting}") == value
    powers = """
        SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
          FROM pg_roles WHERE rolname = current_user"""
    assert await one(stack.dsn(role), powers) is False


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
async def test_a_service_role_makes_nothing_the_owner_does(stack: Stack, schema: Schema) -> None:
    """Migrations are the owner's; tables land in its schema without being told."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await one(stack.dsn(schema.role), "CREATE TABLE smuggled ()")
    made = await one(stack.dsn(schema.owner), "SELECT current_schema()")
    assert made == schema.name


async def test_services_do_not_see_each_other(stack: Stack) -> None:
    """Neither another schema nor another database."""
    connection = await asyncpg.connect(stack.dsn("tirek_referral_owner"))
    try:
        await connection.execute("CREATE TABLE IF NOT EXISTS referral.private_probe ()")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await one(stack.dsn("tirek_notify"), "SELECT count(*) FROM referral.private_probe")
    finally:
        await connection.execute("DROP TABLE referral.private_probe")
        await connection.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await one(stack.dsn("tirek_referral").rpartition("/")[0] + "/tirek_keys", "SELECT 1")


@pytest.mark.parametrize("schema", IN_TIREK, ids=lambda schema: schema.name)
async def test_every_service_reads_the_clock_and_none_turns_it(
    stack: Stack, schema: Schema
) -> None:
    """Only tests hold the role that turns it."""
    assert await one(stack.dsn(schema.role), "SELECT by FROM clock.turned") is not None
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await one(stack.dsn(schema.role), "UPDATE clock.turned SET by = '1 hour'")


async def test_the_clock_is_turned_and_stays_turned() -> None:
    """And provisioning again, or a crash of the server, does not turn it back."""
    async with scratch("provision") as own:
        await turn_clock(own, timedelta(minutes=30))
        await own.part("postgres").kill()
        await own.part("postgres").ready()
        await databases.schemas({"tirek": own.superuser("tirek")})
        turned = await one(own.dsn("tirek_intake"), "SELECT by FROM clock.turned")
        assert turned == timedelta(minutes=30)


async def test_the_server_does_not_run_as_root(stack: Stack) -> None:
    """Whoever starts the stack: PostgreSQL would refuse, and so it must."""
    assert psutil.Process(stack.part("postgres").pid).uids().effective != 0


async def test_the_log_quotes_no_value_of_a_row(stack: Stack) -> None:
    """A refused row is told without its contents: they may name a person."""
    connection = await asyncpg.connect(stack.dsn("tirek_notify_owner"))
    try:
        await connection.execute("CREATE TABLE log_probe (name text PRIMARY KEY)")
        for _ in range(2):
            try:
                await connection.execute("INSERT INTO log_probe VALUES ($1)", "canary-4711")
            except asyncpg.UniqueViolationError:
                continue
    finally:
        await connection.execute("DROP TABLE log_probe")
        await connection.close()
    log = (stack.state / "logs" / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "canary-4711" not in log
