"""The samples hang together: whatever they name exists, and each tells what it sets out to."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.samples.load import (
    ADMINISTRATOR,
    COORDINATOR,
    HERE,
    Incident,
    Says,
    load_incidents,
    sample_caller,
)
from shared.events.words import ServiceRequestStatus
from shared.jurisdiction import Jurisdiction, load_jurisdiction
from shared.jurisdiction.config_files import BadFile
from shared.jurisdiction.policies import DEFAULT

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SAMPLES = load_incidents()
SCOPE = {"identity", "contact", "location", "story", "health", "children", "risk", "safe-contact"}


def read(name: str) -> Any:
    """One sample file, as it stands."""
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


ORGANISATIONS = {each["id"]: each for each in read("directory.yaml")["organizations"]}
PEOPLE = {each["staff_id"]: each for each in read("people.yaml")["people"]}
ROSTERS = read("rosters.yaml")["rosters"]


def needs_of(sample: Incident, kg: Jurisdiction) -> set[str]:
    """The needs asked for, and those that open by themselves."""
    report: Any = sample.report
    needs = set(report["needs"])
    if report["children"]:
        needs.add(kg.profile.duties.child.service_type)
    police = kg.profile.duties.immediate_danger.service_type
    if report["immediate_danger"] and any(c["need"] == police for c in report["consents"]):
        needs.add(police)
    return needs


def test_there_are_samples_for_all_that_was_asked() -> None:
    """Fourteen at least; most end well, some with a coordinator."""
    assert len(SAMPLES) >= 14
    assert sum(sample.expect.escalated for sample in SAMPLES.values()) >= 2
    assert {line.says for sample in SAMPLES.values() for line in sample.cast} == set(Says)
    reports: list[Any] = [sample.report for sample in SAMPLES.values()]
    languages = {report["survivor"]["language"] for report in reports}
    assert {"ky", "ru", "uz"} <= languages


def test_every_organisation_stands_where_the_country_has_it(kg: Jurisdiction) -> None:
    """Kinds, service types, places and parents exist; ids and service ids are told apart."""
    assert len(ORGANISATIONS) == len(read("directory.yaml")["organizations"])
    services = [service for each in ORGANISATIONS.values() for service in each["services"]]
    assert len({service["id"] for service in services}) == len(services)
    for organisation in ORGANISATIONS.values():
        assert organisation["kind"] in kg.kinds
        for above in ("parent_organization", "oversight_organization"):
            assert organisation.get(above) in {None, *ORGANISATIONS}
        for location in organisation["locations"]:
            kg.territories.place(location["territory"])
            assert location["kind"] in ("contact-point", "handover-place")
        for service in organisation["services"]:
            assert organisation["kind"] in kg.service_type(service["type"]).kinds, service["id"]
            assert [kg.territories.area(area) for area in service["service_areas"]]


def test_no_contact_of_anybody_could_be_real() -> None:
    """Numbers no operator uses, mail to .example, and no telephone in the directory."""
    own = [person["phone"] for person in PEOPLE.values() if "phone" in person]
    for person in PEOPLE.values():
        assert person.get("phone", "+996000").startswith("+996000")
        assert person.get("email", ".example").endswith(".example")
    for path in HERE.rglob("*.yaml"):
        for word in path.read_text(encoding="utf-8").replace('"', " ").split():
            assert not word.startswith("+") or word.startswith("+996000"), path
    assert len(set(own)) == len(own)
    assert "+996" not in (HERE / "directory.yaml").read_text(encoding="utf-8")


def test_every_watch_is_kept_by_the_organisation_s_own_people() -> None:
    """Each organisation that can be asked has a roster, if only one that ran out."""
    watched = set()
    assert len({roster["roster_id"] for roster in ROSTERS}) == len(ROSTERS)
    for person in PEOPLE.values():
        assert person["organisation_kind"] == ORGANISATIONS[person["organisation"]]["kind"]
    for roster in ROSTERS:
        watched.add(roster["organisation"])
        for person in roster["people"]:
            assert PEOPLE[person]["organisation"] == roster["organisation"]
    assert {each["id"] for each in ORGANISATIONS.values() if each["services"]} <= watched


def test_whoever_shows_and_loads_the_samples_is_of_the_staff() -> None:
    """Who is in no register sees nothing; and no sample excludes the one who watches."""
    watching, keeping = sample_caller(COORDINATOR), sample_caller(ADMINISTRATOR)
    assert watching.roles == {"coordinator"}
    assert watching.territories == ("417",)
    assert keeping.roles == {"administrator"}
    for path in (HERE / "incidents").glob("*.yaml"):
        assert COORDINATOR not in path.read_text(encoding="utf-8")


def test_every_oblast_has_a_coordinator(kg: Jurisdiction) -> None:
    """Whoever is exhausted anywhere reaches a human."""
    held = {
        kg.territories.area(area)
        for person in PEOPLE.values()
        if "coordinator" in person["roles"]
        for area in person["territories"]
    }
    assert {
        place.prefix for place in kg.territories.listed.values() if len(place.prefix) == 5
    } <= held


@pytest.mark.parametrize("name", SAMPLES)
def test_a_report_names_only_what_exists(name: str, kg: Jurisdiction) -> None:
    """Needs, signs, places, people, organisations, kinds, grounds, field groups."""
    sample = SAMPLES[name]
    report: Any = sample.body(NOW, kg.zone)
    assert "reporter" in PEOPLE[sample.reported_by]["roles"]
    kg.territories.place(report["territory"])
    kg.checklist.assess(report["danger_signs"], immediate_danger=report["immediate_danger"])
    assert report["survivor"]["language"] in kg.profile.spoken
    for consent in report["consents"]:
        assert consent["recipient_kind"] in kg.service_type(consent["need"]).kinds
        assert set(consent["scope"]) <= SCOPE
        assert consent.get("organisation") in {None, *ORGANISATIONS}
        assert ("until" in consent) is not ("ground" in consent and "named_person" in consent)
        assert consent.get("ground") in {None, *kg.profile.grounds}
        assert consent.get("named_person") in {None, *PEOPLE}
    for exclusion in report["exclusions"]:
        assert (
            exclusion["value"]
            in {"staff": PEOPLE, "organisation": ORGANISATIONS}[exclusion["kind"]]
        )


@pytest.mark.parametrize("name", SAMPLES)
def test_an_expectation_covers_every_need_and_only_what_can_come_true(
    name: str, kg: Jurisdiction
) -> None:
    """A need is permitted or a draft; whoever must have it offers it there and is in the cast."""
    sample = SAMPLES[name]
    report: Any = sample.report
    assert {each.need for each in sample.expect.needs} == needs_of(sample, kg)
    permitted = {consent["need"] for consent in report["consents"]}
    permitted.add(kg.profile.duties.child.service_type)
    says_yes = {
        (line.need, line.organisation)
        for line in sample.cast
        if line.says in (Says.ACCEPT, Says.SEEN_THEN_ACCEPT, Says.LATE_ACCEPT)
    }
    for each in sample.expect.needs:
        assert (each.status is ServiceRequestStatus.DRAFT) is (each.need not in permitted)
        assert {(each.need, organisation) for organisation in each.organisations} <= says_yes
    for who in sample.expect.never_alerted:
        assert who in {*ORGANISATIONS, *PEOPLE}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_cast_are_asked_for_what_they_offer_there(name: str, kg: Jurisdiction) -> None:
    """No line could wait for an alert that never comes."""
    sample = SAMPLES[name]
    territory: Any = sample.report["territory"]
    for line in sample.cast:
        assert any(
            service["type"] == line.need and territory.startswith(tuple(service["service_areas"]))
            for service in ORGANISATIONS[line.organisation]["services"]
        ), line
        assert line.person is None or PEOPLE[line.person]["organisation"] == line.organisation


def test_samples_never_grow_old(kg: Jurisdiction) -> None:
    """Whenever they are played: what happened lies behind, a consent holds, 72 hours still run."""
    for now in (NOW, NOW + timedelta(days=3000, hours=13)):
        for sample in SAMPLES.values():
            body: Any = sample.body(now, kg.zone)
            past = [
                body[key]
                for key in ("occurred_at", "claimed_at", "sexual_violence_at")
                if key in body
            ]
            assert all(datetime.fromisoformat(at) < now for at in past)
            until = [consent["until"] for consent in body["consents"] if "until" in consent]
            assert all(datetime.fromisoformat(at) > now for at in until)
    night: Any = SAMPLES["09-night"].body(NOW, kg.zone)
    assert night["occurred_at"] == "2026-11-23T02:15:00+06:00"


def test_the_demo_s_timers_are_seconds_and_otherwise_as_in_life(kg_folder: Path) -> None:
    """The whole demo takes about a minute; the ladder is the country's own."""
    demo = load_jurisdiction(kg_folder, HERE / "demo-policies.yaml").policies
    life = load_jurisdiction(kg_folder).policies
    assert demo.ladder == life.ladder
    assert all(timers.ack <= timedelta(seconds=10) for timers in demo.timers[DEFAULT].values())


def test_a_sample_that_says_nonsense_is_refused_by_file_and_field(tmp_path: Path) -> None:
    """A typing error in a sample is told, not played."""
    text = (HERE / "incidents" / "12-late-yes.yaml").read_text(encoding="utf-8")
    path = tmp_path / "12-late-yes.yaml"
    path.write_text(text.replace("says: silent", "says: maybe"), encoding="utf-8")
    with pytest.raises(BadFile, match=r"12-late-yes\.yaml: cast\.1\.says"):
        load_incidents(tmp_path)
