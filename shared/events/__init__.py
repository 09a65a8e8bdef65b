"""The contract of the bus: what is said, by whom, and who may read it.

A type and version, once landed, parses for ever: its golden sample stands in
``tests/contract/samples``. New facts are optional fields; a changed meaning is a new version.
"""

from shared.events.envelope import Act, Body, Closed, Document, Envelope, Event, event_type
from shared.events.registry import BODIES, READERS, body_class

__all__ = [
    "BODIES",
    "READERS",
    "Act",
    "Body",
    "Closed",
    "Document",
    "Envelope",
    "Event",
    "body_class",
    "event_type",
]
