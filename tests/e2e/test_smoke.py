"""`make smoke REPLICAS=2`: every sample incident ends as it must, on the real parts."""

import subprocess
import sys

from deploy.local.stack import ROOT
from deploy.samples.load import load_incidents
from shared.events.services import SERVICES


def test_every_sample_incident_ends_as_it_must() -> None:
    """The command says so itself, in its last line and with its exit status.

    Two workers of each service share its partitions, and nothing happens twice. Audit finds
    nothing that does not fit.
    """
    samples = load_incidents().values()
    escalated = sum(sample.expect.escalated for sample in samples)
    ran = subprocess.run(
        [sys.executable, "-m", "deploy.demo.smoke", "--replicas=2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    last = ran.stdout.rstrip().splitlines()[-1:]
    accepted = len(samples) - escalated
    assert last == [
        f"smoke: {len(samples)} incidents, {accepted} accepted, {escalated} escalated, 0 lost"
    ], ran.stdout + ran.stderr
    reading = [name for name, each in SERVICES.items() if each.consumes]
    assert ran.stdout.count(": 2 workers read ") == len(reading)
    assert ran.returncode == 0
