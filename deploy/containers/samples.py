"""``python -m deploy.containers.samples``: the sample country, into a demo and nothing else."""

import os
import sys
from pathlib import Path

import typer

from deploy.containers.facts import HOME, SECRETS
from deploy.samples.load import ADMINISTRATOR, sample_caller
from services.notify import cli
from shared.clock import wall
from shared.security.tokens import Signer
from shared.settings import Environment


def main() -> int:
    """1 with one line when notify refuses."""
    if os.environ.get("TIREK_ENV") != Environment.DEMO:
        sys.stdout.write("samples: TIREK_ENV is not demo: nothing is loaded\n")
        return 0
    signer = Signer.from_file(Path(SECRETS) / "tokens.private.json")
    token = signer.token(sample_caller(ADMINISTRATOR), wall())
    samples, url = Path(HOME) / "deploy" / "samples", os.environ["TIREK_NOTIFY_URL"]
    try:
        cli.load_people(samples / "people.yaml", token, url)
        cli.load_rosters(samples / "rosters.yaml", token, url)
    except typer.Exit as ending:
        return ending.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
