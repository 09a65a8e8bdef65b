"""``make compose`` writes docker-compose.yml from the topology; ``--check`` says whether it would.

Services that may be scaled (the workers: ``intake``, ``referral``, ``notify``) publish nothing and
have no fixed name; their APIs are ``intake-api``, ``referral-api``, ``notify-api``.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.containers import ours, pins, servers
from deploy.containers.facts import RECIPIENTS
from deploy.containers.observing import observing
from deploy.topology import PROCESSES, SIMULATORS

PATH = Path(__file__).parents[2] / "docker-compose.yml"
HEADER = """\
# The same Tirek in containers: `docker compose up`; its last words are the demo's addresses.
# Written by `make compose` from deploy/topology.py; `make check` fails when it differs.
#
#   docker compose up -d --scale referral=3 --scale notify=2     more workers
#   docker compose --profile observe up -d                       Prometheus and Grafana too
#   docker compose run --rm tirek --help                         the tirek command, inside
#   docker compose run --rm operator parked list                 the same with every secret
#   docker compose run --rm --no-deps status                     what is up and where, or why not
#   docker compose down                                          ends it; the volumes stay
#
# TIREK_PUBLISH is the address that APIs and pages are published on.
#
# Real life, in .env or the environment:
#   TIREK_ENV=prod
#   TIREK_COUNTRY=./ours                              a folder of yours, seen as /country
#   TIREK_DIRECTORY=/country/directory.yaml           your organisations, not the sample country
#   TIREK_JURISDICTION=/country/jurisdiction          your copy of a folder of deploy/jurisdictions:
#   TIREK_POLICIES=/country/jurisdiction/policies.yaml   what you change in it counts within seconds
#   TIREK_MAIL_FROM=...  TIREK_SMS_SENDER=...         who writes, and the number that is answered to
#   TIREK_SERVICE_LABEL=...                           what texts begin with, as agreed with staff
#   TIREK_LEDGER_ORIGIN=.../ledger                    what audit's ledger is called, for good
#   TIREK_HELP_NUMBER=...                             whom people of the console call when it fails
#   TIREK_ORIGIN=https://...                          where browsers find the console, and its TLS:
#   TIREK_TLS_CERT=/country/cert.pem  TIREK_TLS_KEY=/country/key.pem    by itself, or by a proxy:
#   TIREK_TRUSTED_PROXY=...                           its address, or network
#   TIREK_KAFKA_CA=/country/kafka-ca.pem              TLS with the broker: who signed for it, and
#   TIREK_KAFKA_PEM=./kafka.pem                       its key and certificate, of the name `kafka`
# and once for each of TIREK_SMPP_URL and TIREK_SMTP_URL (TIREK_SMPP_URGENT_URL if it is another;
# TIREK_SMPP_CA and TIREK_SMTP_CA if their certificates are of an authority of your own):
#   docker compose run --rm -T secrets deploy.containers.gateways TIREK_SMPP_URL < file-with-the-url
# Nothing starts while one of these is lacking, or is the demo's: `docker compose logs secrets`.
# What it still lacks: one broker and one database, on one machine; plain HTTP, so a proxy with TLS
# before what is published; somebody who is called when an alert fires. The simulators run on, idle.
"""


def compose() -> dict[str, Any]:
    """The whole file as a value."""
    services = {
        "secrets": ours.secrets(),
        "postgres": servers.postgres(),
        "kafka": servers.kafka(),
        "provision": ours.provision(),
        "topics": ours.topics(),
        "simulators": ours.simulators(),
        **{
            ours.name_of(each): ours.process_of(each)
            for each in PROCESSES.values()
            if each is not SIMULATORS
        },
        "samples": ours.samples(),
        "status": ours.status(),
        "tirek": ours.tool(),
        "operator": ours.operator(),
        **observing(),
    }
    volumes = ["postgres-data", "kafka-data", "simulators-data", "prometheus-data", "grafana-data"]
    volumes += [f"secrets-{name}" for name in ("all", *RECIPIENTS)]
    return {
        "name": "tirek",
        "services": services,
        # whoever is on `inside` alone reaches nothing outside; what is published is on `edge` too,
        # and notify's worker on `outside`: it goes to the gateways
        "networks": {"inside": {"internal": True}, "edge": {}, "outside": {}},
        "volumes": dict.fromkeys(volumes),
    }


class _Plain(yaml.SafeDumper):
    """No anchors: the file is for people too."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def rendered(value: Mapping[str, Any]) -> str:
    """The text of the file."""
    body = yaml.dump(value, Dumper=_Plain, sort_keys=False, width=110, allow_unicode=True)
    return HEADER + body.replace(": null\n", ":\n")


def main() -> int:
    """Writes it, or with ``--check`` answers 1 when it is another, or the image's lock file is."""
    text = rendered(compose())
    if "--check" not in sys.argv[1:]:
        PATH.write_text(text, encoding="utf-8")
        return 0
    wrong = pins.check()
    if not PATH.exists() or PATH.read_text(encoding="utf-8") != text:
        wrong.append(f"{PATH.name} is not what the table says: run `make compose`")
    sys.stderr.write("".join(f"{line}\n" for line in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
