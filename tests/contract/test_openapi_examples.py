"""The examples in the services' OpenAPI: every body has one, and its service would take it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from pydantic import BaseModel

from deploy.local.stack import ROOT
from services.intake.bodies import REPORT, ReportBody
from services.intake.handlers.parse_report import Reader
from services.notify.bodies import PERSON, ROSTER, PersonBody, RosterBody
from services.notify.people.model import checked
from shared.jurisdiction import load_jurisdiction
from shared.settings import Environment
from tests.support.apps import APIS, applications

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FICTION = re.compile(r"\+996000\d{6}|[a-z]+@tirek\.example")
"""Numbers that no operator uses, and mail that goes nowhere."""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The OpenAPI of each service."""
    apps = applications(tmp_path_factory.mktemp("keys"), Environment.DEMO)
    return {service: app.openapi() for service, app in apps.items()}


def bodies(openapi: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation that takes a body, with the schema of that body's object."""
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            if "requestBody" not in operation:
                continue
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            (named,) = (each for each in schema.get("anyOf", [schema]) if "$ref" in each)
            name = named["$ref"].removeprefix("#/components/schemas/")
            yield f"{method} {path}", openapi["components"]["schemas"][name] | {"title": name}


def model(service: str, name: str) -> type[BaseModel]:
    """The service's own model of that name."""
    found = {
        member
        for path in (ROOT / "services" / service).glob("*.py")
        if path.stem != "__main__"
        for member in vars(import_module(f"services.{service}.{path.stem}")).values()
        if isinstance(member, type) and issubclass(member, BaseModel) and member.__name__ == name
    }
    assert len(found) == 1, f"{service}: {found} are called {name}"
    return found.pop()


@pytest.mark.parametrize("service", APIS)
def test_every_body_has_an_example_that_its_model_takes(
    service: str, described: dict[str, dict[str, Any]]
) -> None:
    """A body without one, or one that has grown old, is named with its operation."""
    found = list(bodies(described[service]))
    assert found
    for operation, schema in found:
        examples = schema.get("examples", [])
        assert examples, f"{service}: {operation} has no example"
        for example in examples:
            # as the edge does it: decoded JSON, by the model's own strictness
            model(service, schema["title"]).model_validate(example)


def test_the_country_takes_the_example_report() -> None:
    """Its place, need, danger sign, consent and times are judged like anybody's."""
    country = load_jurisdiction(ROOT / "deploy" / "jurisdictions" / "kg")
    report = Reader(country, NOW).report(ReportBody.model_validate(REPORT))
    assert report.needs == ("crisis-counselling",)


def test_the_register_takes_the_example_person_and_roster() -> None:
    """Roles, e-mail address and watches are judged like anybody's."""
    assert checked(PersonBody.model_validate(PERSON).person("st-example")).channels
    assert [each.window("windows") for each in RosterBody.model_validate(ROSTER).windows]


def test_the_examples_are_of_nobody(described: dict[str, dict[str, Any]]) -> None:
    """Whatever looks like a telephone number or an address is one that cannot exist."""
    for openapi in described.values():
        for operation, schema in bodies(openapi):
            for found in re.findall(r"\+\d{6,}|\S+@\S+?(?=')", str(schema["examples"])):
                assert FICTION.fullmatch(found.strip("'")), f"{operation}: {found}"
