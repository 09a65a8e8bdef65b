"""The table of faults: what is done to a stack, how often, and what must hold all the same."""

from tests.campaign.faults import brokers, database, processes
from tests.campaign.scene import Fault

FAULTS: dict[str, Fault] = {
    fault.name: fault for fault in (*processes.TABLE, *brokers.TABLE, *database.TABLE)
}
"""By name, in the order in which they are played."""
