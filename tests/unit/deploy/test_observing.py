"""Alerts and the dashboard speak of metrics that the code really has."""

import json
import re
from collections.abc import Iterator

import pytest
import yaml
from prometheus_client import REGISTRY

from deploy.containers.observing import observing
from deploy.local.stack import ROOT
from deploy.topology import PORTS, SERVICES
from services.audit import metrics as _audit  # noqa: F401 - it registers them
from services.notify import metrics as _notify  # noqa: F401
from services.referral import metrics as _referral  # noqa: F401
from shared import metrics as _shared  # noqa: F401

FOLDER = ROOT / "deploy" / "containers"
NAME = re.compile(r"\btirek_[a-z_]+")
RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
PANELS = json.loads((FOLDER / "grafana" / "tirek.json").read_text())["panels"]


def _known() -> set[str]:
    found = set()
    for metric in REGISTRY.collect():
        suffixes = {
            "counter": ["_total"],
            "histogram": ["_bucket", "_count", "_sum"],
        }.get(metric.type, [""])
        found |= {metric.name + suffix for suffix in suffixes}
    return found


def _used() -> Iterator[str]:
    for rule in RULES:
        yield from NAME.findall(rule["expr"])
    for panel in PANELS:
        for target in panel["targets"]:
            yield from NAME.findall(target["expr"])


@pytest.mark.parametrize("name", sorted(set(_used())))
def test_every_metric_exists(name: str) -> None:
    """A name that is wrong would be an alert that never comes."""
    assert name in _known()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_every_alert_says_who_can_act(rule: dict[str, dict[str, str]]) -> None:
    """And what is wrong, in a sentence."""
    assert rule["annotations"]["who"] in {"operator", "coordinator", "auditor"}
    assert rule["annotations"]["summary"]


SAYS_ALL = {"NobodyToNotify"}
"""Its sentence is what there is to do."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_every_alert_leads_to_a_chapter_of_the_runbook(rule: dict[str, dict[str, str]]) -> None:
    """Whoever is woken must not search."""
    chapters = re.findall(r"^## (.+)$", (ROOT / "deploy" / "RUNBOOK.md").read_text(), re.M)
    links = {f"deploy/RUNBOOK.md#{each.lower().replace(' ', '-')}" for each in chapters}
    if str(rule["alert"]) not in SAYS_ALL:
        assert rule["annotations"]["runbook"] in links


def test_every_alert_is_shown_to_fire() -> None:
    """In alerts-test.yml, which `promtool test rules` plays; and none while all is well."""
    well, trouble = yaml.safe_load((FOLDER / "alerts-test.yml").read_text())["tests"]
    assert all("exp_samples" not in each for each in well["promql_expr_test"])
    [shown] = trouble["promql_expr_test"]
    fired = {re.findall(r'alertname="(\w+)"', each["labels"])[0] for each in shown["exp_samples"]}
    assert fired == {rule["alert"] for rule in RULES}


def test_a_part_that_is_gone_is_missed() -> None:
    """Its name resolves to nothing, so that no target says that it is down."""
    jobs = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    scraped = {place["names"][0] for job in jobs for place in job["dns_sd_configs"]}
    [rule] = [each for each in RULES if each["alert"] == "WorkerDown"]
    assert set(re.findall(r'absent\(up\{service="([a-z-]+)"\}\)', rule["expr"])) == scraped


def test_nobody_changes_the_dashboard_with_a_password_that_everybody_knows() -> None:
    """Grafana makes admin/admin, and takes it without a form too."""
    told = observing()["grafana"]["environment"]
    assert told["GF_AUTH_BASIC_ENABLED"] == "false"
    assert told["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"


def test_the_dashboard_shows_what_was_promised() -> None:
    """Outbox age, lag, parked, alert latency, late offers."""
    shown = " ".join(target["expr"] for panel in PANELS for target in panel["targets"])
    for metric in (
        "tirek_outbox_oldest_seconds",
        "tirek_consumer_lag_records",
        "tirek_parked_records",
        "tirek_notify_alert_seconds_bucket",
        "tirek_referral_late_offers_total",
    ):
        assert metric in shown


def test_every_process_is_scraped_at_its_port() -> None:
    """The ports are those of the table."""
    jobs = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    found = {place["names"][0]: place["port"] for job in jobs for place in job["dns_sd_configs"]}
    assert found == {
        **{name: PORTS[f"{name}_health"].number for name in SERVICES},
        **{f"{name}-api": PORTS[f"{name}_health"].number for name in SERVICES},
    }
