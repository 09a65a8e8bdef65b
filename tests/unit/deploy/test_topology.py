"""The one table of what runs hangs together."""

import re
import subprocess
from collections import Counter

import pytest

from deploy.local.order import with_needs
from deploy.local.postgres import BINARIES
from deploy.local.stack import ROOT
from deploy.provision.bus_rules import USERS
from deploy.topology import (
    HOST,
    IMAGES,
    MAIL_FROM,
    NEEDS,
    PORTS,
    PORTS_OF,
    PROCESSES,
    ROLES,
    SCHEMAS,
    SMS_SENDER,
    Facts,
    Process,
)
from shared.settings import Settings

FACTS = Facts(
    env="test",
    bind=HOST,
    simulators=HOST,
    kafka=f"{HOST}:9392",
    port={name: port.number for name, port in PORTS.items()},
    dsn={role: f"postgresql://{role}@{HOST}/{database}" for role, database in ROLES.items()},
    bus=dict.fromkeys(USERS, "secret"),
    state="state",
    secrets="state/secrets",
    jurisdiction="kg",
    policies="kg/policies.yaml",
    directory="samples/directory.yaml",
    mail_from=MAIL_FROM,
    sms_sender=SMS_SENDER,
)


@pytest.mark.parametrize("process", PROCESSES.values(), ids=list(PROCESSES))
def test_every_value_of_the_environment_and_of_the_command_line_can_be_filled_in(
    process: Process,
) -> None:
    """No template names a fact that does not exist."""
    filled = [*process.arguments, *process.environment.values()]
    assert all("{" not in FACTS.fill(template) for template in filled)


def test_a_service_sees_its_own_role_and_no_other() -> None:
    """A process of one service never holds another one's password, nor serving the owner's."""
    for process in PROCESSES.values():
        service = process.name.partition(".")[0]
        own = {"intake": {"tirek_intake", "tirek_keys"}}.get(service, {f"tirek_{service}"})
        if process.arguments == ("migrate",):
            own |= {f"{role}_owner" for role in own}
        seen = {
            role
            for role, dsn in FACTS.dsn.items()
            if dsn in {FACTS.fill(value) for value in process.environment.values()}
        }
        assert seen <= own


def test_what_all_services_must_be_told_is_told() -> None:
    """Each required setting is in the table for every process of a service."""
    required = {
        f"TIREK_{name.upper()}"
        for name, field in Settings.model_fields.items()
        if field.is_required()
    }
    for process in PROCESSES.values():
        if process.module.startswith("services."):
            assert required <= process.environment.keys()


def test_no_two_parts_want_one_port() -> None:
    """Every port has one user, and every number one port."""
    users = Counter(port for ports in PORTS_OF.values() for port in ports)
    assert set(users) == set(PORTS)
    assert set(users.values()) == {1}
    assert len({port.number for port in PORTS.values()}) == len(PORTS)


def test_every_need_exists_and_no_part_needs_itself() -> None:
    """The order of starting can be found."""
    assert set(with_needs(NEEDS, NEEDS)) == set(NEEDS)


def test_the_embedded_parts_are_of_the_versions_of_the_images() -> None:
    """What was tested on one is true of the other."""
    jars = (ROOT / "deploy" / "local" / "kafka.lock").read_text()
    [kafka] = re.findall(r"org\.apache\.kafka:kafka_2\.13:(\S+)", jars)
    assert IMAGES["kafka"] == f"apache/kafka:{kafka}"
    said = subprocess.run([BINARIES / "postgres", "--version"], capture_output=True, check=True)
    [major] = re.findall(rb"^postgres \(PostgreSQL\) (\d+)\.", said.stdout)
    assert IMAGES["postgres"] == f"postgres:{major.decode()}"


def test_a_schema_is_owned_by_a_role_that_no_service_works_with() -> None:
    """Migrations and work are two roles, so row-level security holds for the service."""
    assert {schema.owner for schema in SCHEMAS}.isdisjoint(schema.role for schema in SCHEMAS)
