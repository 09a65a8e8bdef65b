"""The services' HTTP applications, made as their processes make them; nothing is connected."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr

from deploy.provision.secrets import key_files
from deploy.topology import SERVICES
from services.audit.app import make_http as audit
from services.audit.settings import AuditSettings
from services.committee.app import make_http as committee
from services.committee.settings import CommitteeSettings
from services.console.app import make_http as console
from services.console.settings import ConsoleSettings
from services.intake.app import make_http as intake
from services.intake.settings import IntakeSettings
from services.notify.app import make_http as notify
from services.notify.settings import NotifySettings
from services.referral.app import make_http as referral
from services.referral.settings import ReferralSettings
from shared.settings import Environment

BEHIND_A_PROXY: dict[str, Any] = {"origin": "https://desk.example", "trusted_proxy": "10.0.0.1/32"}
APIS = tuple(service for service in SERVICES if service != "console")
"""Services that other programs call, and that describe themselves; the console has pages."""
NOWHERE = SecretStr("postgresql://nobody@127.0.0.1:1/none")


def applications(folder: Path, env: Environment, *, health_port: int = 0) -> dict[str, FastAPI]:
    """Each service's application by its name, with keys made in ``folder``."""
    key_files(folder)

    def given(service: str) -> dict[str, Any]:
        named = {"env": env, "database_url": NOWHERE, "keys_dir": folder / service}
        return named | {"health_port": health_port}

    made: dict[str, Callable[[], FastAPI]] = {
        "intake": lambda: intake(IntakeSettings(keystore_url=NOWHERE, **given("intake"))),
        "referral": lambda: referral(ReferralSettings(**given("referral"))),
        "notify": lambda: notify(NotifySettings(**given("notify"))),
        "audit": lambda: audit(AuditSettings(**given("audit"))),
        "committee": lambda: committee(CommitteeSettings(**given("committee"))),
        "console": lambda: console(ConsoleSettings(**BEHIND_A_PROXY, **given("console"))),
    }
    return {service: made[service]() for service in SERVICES}
