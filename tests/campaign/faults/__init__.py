"""The table of faults: what is done to a stack, how often, and what must hold all the same."""

from tests.campaign.faults import (
    brokers,
    consumers,
    crashes,
    database,
    doors,
    forgers,
    gateway,
    holders,
    kernel,
    lies,
    links,
    operators,
    poison,
    processes,
    rules,
)
from tests.campaign.scene import Fault

TABLES = (
    processes.TABLE,
    crashes.TABLE,
    brokers.TABLE,
    database.TABLE,
    links.TABLE,
    kernel.TABLE,
    gateway.TABLE,
    consumers.TABLE,
    holders.TABLE,
    lies.TABLE,
    doors.TABLE,
    forgers.TABLE,
    poison.TABLE,
    operators.TABLE,
    rules.TABLE,
)

FAULTS: dict[str, Fault] = {fault.name: fault for table in TABLES for fault in table}
"""By name, in the order in which they are played."""
