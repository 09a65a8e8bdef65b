"""Requests to Kafka that aiokafka lacks, or sends one rule at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import pbkdf2_hmac
from secrets import token_bytes
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import (
    CreateAclsRequest_v1,
    DeleteAclsRequest_v1,
    DescribeAclsRequest,
)
from aiokafka.protocol.api import RequestStruct, Response
from aiokafka.protocol.types import (
    CompactArray,
    CompactBytes,
    CompactString,
    Int8,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from deploy.provision.bus_rules import Operation, Resource, Rule

_SCRAM_SHA_256, _ITERATIONS = 1, 4096
"""A password of 160 random bits needs no more rounds than the fewest that Kafka takes."""
_ANY, _LITERAL, _ALLOW = 1, 3, 3
_EVERYWHERE, _USER = "*", "User:"


class _AlterUserScramCredentialsResponse(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 51
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _AlterUserScramCredentials(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION = True
    API_KEY = 51
    API_VERSION = 0
    RESPONSE_TYPE = _AlterUserScramCredentialsResponse
    SCHEMA = Schema(
        (
            "deletions",
            CompactArray(
                ("name", CompactString("utf-8")), ("mechanism", Int8), ("tags", TaggedFields)
            ),
        ),
        (
            "upsertions",
            CompactArray(
                ("name", CompactString("utf-8")),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


@dataclass(frozen=True, slots=True)
class Exactly:
    """A request in the one version that is known here; whatever a broker would rather have."""

    struct: RequestStruct

    def prepare(self, _versions: Mapping[int, tuple[int, int]]) -> RequestStruct:
        """As aiokafka's connections ask for it."""
        return self.struct


async def let_in(client: AIOKafkaClient, passwords: Mapping[str, str]) -> None:
    """From now on each user comes with this password; raises `KafkaError`."""
    known: list[tuple[object, ...]] = [
        (user, *_salted(password), {}) for user, password in passwords.items()
    ]
    answer = await _ask(client, _AlterUserScramCredentials([], known, {}))
    _check(each["error_code"] for each in answer["results"])


def _salted(password: str) -> tuple[int, int, bytes, bytes]:
    salt = token_bytes(16)
    salted = pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    return _SCRAM_SHA_256, _ITERATIONS, salt, salted


async def allowed(client: AIOKafkaClient, node: int) -> frozenset[Rule]:
    """Every rule of the kinds that we make, as that broker knows it."""
    request = DescribeAclsRequest(_ANY, None, _ANY, None, None, _ANY, _ANY)
    answer = (await client.send(node, request)).to_object()
    _check([answer["error_code"]])
    return frozenset(
        Rule(
            Resource(each["resource_type"]),
            each["resource_name"],
            rule["principal"].removeprefix(_USER),
            Operation(rule["operation"]),
        )
        for each in answer["resources"]
        for rule in each["acls"]
        if _ours(each, rule)
    )


def _ours(each: Mapping[str, Any], rule: Mapping[str, Any]) -> bool:
    return (
        each["resource_type"] in set(Resource)
        and each["resource_pattern_type"] == _LITERAL
        and rule["operation"] in set(Operation)
        and (rule["permission_type"], rule["host"]) == (_ALLOW, _EVERYWHERE)
    )


async def allow(client: AIOKafkaClient, rules: Iterable[Rule]) -> None:
    """Makes rules; raises `KafkaError`."""
    answer = await _ask(client, CreateAclsRequest_v1([_row(rule) for rule in rules]))
    _check(each["error_code"] for each in answer["creation_responses"])


async def forbid(client: AIOKafkaClient, rules: Iterable[Rule]) -> None:
    """Takes rules away; raises `KafkaError`."""
    answer = await _ask(client, DeleteAclsRequest_v1([_row(rule) for rule in rules]))
    _check(each["error_code"] for each in answer["filter_responses"])


def _row(rule: Rule) -> tuple[object, ...]:
    about = (rule.resource.value, rule.name, _LITERAL)
    return (*about, _USER + rule.user, _EVERYWHERE, rule.operation.value, _ALLOW)


async def _ask(client: AIOKafkaClient, struct: RequestStruct) -> dict[str, Any]:
    answer = await client.send(client.get_random_node(), Exactly(struct))
    found: dict[str, Any] = answer.to_object()
    return found


def _check(codes: Iterable[int]) -> None:
    for code in codes:
        if code:
            raise for_code(code)()
