"""Metrics of audit."""

from prometheus_client import Counter, Gauge

from services.audit.model.findings import Kind
from shared.events.services import SERVICES

FINDINGS = Counter(
    "tirek_audit_findings_total",
    "Findings in what a producer says; each is shown to auditors",
    ["kind", "producer"],
)
SIZE = Gauge("tirek_audit_leaves", "Leaves of the ledger")
WITNESS_FAILURES = Counter(
    "tirek_audit_witness_failures_total",
    "Questions to a witness that brought no cosignature",
    ["witness"],
)
COVERED = Gauge("tirek_audit_covered_leaves", "Leaves of the ledger that enough witnesses know")


def begin() -> None:
    """Each finding at 0: an alert sees the first one only if it was less before."""
    for kind in Kind:
        for producer in SERVICES:
            FINDINGS.labels(kind, producer)
