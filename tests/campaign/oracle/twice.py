"""D: effects applied twice. Each function answers with ids."""

from collections import Counter
from collections.abc import Hashable, Iterable
from functools import cache

import yaml

from deploy.local.stack import ROOT
from tests.campaign.ledger import Ledger
from tests.campaign.oracle.events import CHANGED, JUDGED, REPORTED, SENT, UNREACHABLE
from tests.campaign.oracle.evidence import Evidence
from tests.campaign.oracle.lost import HOLDING, OPEN


def _repeated(values: Iterable[Hashable]) -> list[str]:
    return [str(value) for value, count in Counter(values).items() if count > 1]


def incidents_of_one_report(seen: Evidence, ledger: Ledger) -> list[str]:
    """An incident more than reporters asked for: one key made two."""
    asked = set(ledger.taken.values())
    left_open = set(ledger.given_up)
    answered = {row["incident_id"]: row["key"] for row in seen.tables["answered"]}
    return [
        row["incident_id"]
        for row in seen.tables["incidents"]
        if row["incident_id"] not in asked and answered.get(row["incident_id"]) not in left_open
    ]


def requests_of_one_need(seen: Evidence, _ledger: Ledger) -> list[str]:
    """Two service requests for one need."""
    return _repeated((row["incident_id"], row["need_id"]) for row in seen.tables["requests"])


def holders_of_one_request(seen: Evidence, _ledger: Ledger) -> list[str]:
    """Two offers of one service request that are held at once."""
    offers = seen.tables["offers"]
    return _repeated(row["service_request_id"] for row in offers if row["status"] in HOLDING)


def steps_taken_twice(seen: Evidence, _ledger: Ledger) -> list[str]:
    """One offer that went the same step of its life twice: nobody in a campaign undoes a yes."""
    return _repeated(
        (each.data["offer_id"], each.data["before"], each.data["after"])
        for each in seen.events(CHANGED)
    )


def alerts_of_one_tier(seen: Evidence, _ledger: Ledger) -> list[str]:
    """Two alerts to one tier for one offer."""
    return _repeated((row["offer_id"], row["tier"]) for row in seen.tables["alerts"])


def messages_of_one_alert(seen: Evidence, _ledger: Ledger) -> list[str]:
    """Two messages of one alert to one person over one channel."""
    return _repeated(
        (row["alert_id"], row["staff_id"], row["channel"])
        for row in seen.tables["messages"]
        if row["kind"] == "alert"
    )


def facts_said_twice(seen: Evidence, _ledger: Ledger) -> list[str]:
    """A thing that happens once, said twice: a report, how an alert ended, a judgement."""
    once = [(REPORTED, "incident_id"), (JUDGED, "answer_id")]
    said = [(name, each.data[field]) for name, field in once for each in seen.events(name)]
    ends = [each.data["alert_id"] for name in (SENT, UNREACHABLE) for each in seen.events(name)]
    return _repeated(said) + _repeated(ends)


def events_with_two_numbers(seen: Evidence, _ledger: Ledger) -> list[str]:
    """One event id on the bus under two numbers."""
    numbers = {(each.producer, each.id, each.seq) for each in seen.heard}
    return _repeated((producer, event) for producer, event, _ in numbers)


def places_given_twice(seen: Evidence, _ledger: Ledger) -> list[str]:
    """More places of a service held than its directory says there are."""
    there = _places()
    held = Counter(
        row["service"]
        for row in seen.tables["offers"]
        if row["status"] in HOLDING
        or (row["status"] in OPEN and row["holds_until"] and row["holds_until"] > seen.now)
    )
    return [f"{each}: {held[each]} of {there[each]}" for each in there if held[each] > there[each]]


@cache
def _places() -> dict[str, int]:
    """Service id → places that were free when the stack began, as the sample directory says."""
    read = yaml.safe_load((ROOT / "deploy/samples/directory.yaml").read_text(encoding="utf-8"))
    return {
        service["id"]: service["capacity"]["available"]
        for organisation in read["organizations"]
        for service in organisation["services"]
        if "capacity" in service
    }
