"""Whatever is sent to a service's API, it answers as its OpenAPI says, and never with a 5xx."""

import asyncio
import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.local.stack import Stack
from deploy.topology import SERVICES
from tests.support.apps import APIS
from tests.support.register import registered
from tests.support.tokens import EVERY_ROLE, bearer

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = int(os.environ.get("EXAMPLES", "4"))
"""Requests to an operation, well-formed and as many that are not; `make fuzz` sends many."""
FEW = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


@pytest.mark.timeout(100 * EXAMPLES)
@pytest.mark.parametrize("service", APIS)
async def test_a_service_answers_as_it_says(stack: Stack, service: str) -> None:
    """Every operation, well-formed and not, by somebody who may do everything."""
    await stack.ensure(*(f"{each}.migrate" for each in SERVICES), f"{service}.serve")
    await registered(stack, EVERY_ROLE)
    await asyncio.to_thread(_fuzz, stack, service)


def _fuzz(stack: Stack, service: str) -> None:
    api: Any = schemathesis.openapi.from_url(stack.url(service) + "/openapi.json")
    operations = [found.ok() for found in api.get_all_operations()]
    assert operations, "an API without operations"
    for operation in operations:
        for mode in MODES:
            _one(stack, operation, mode)


def _one(stack: Stack, operation: Any, mode: schemathesis.GenerationMode) -> None:
    headers = bearer(stack, EVERY_ROLE)  # fresh: it lives five minutes

    @seed(20261123)
    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    asked()
