"""A contract, once landed, parses for ever: each type and version has its golden sample."""

import hashlib
import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from shared.events import BODIES, READERS, Document, audit, committee, restores
from shared.events.registry import PRODUCERS
from shared.events.services import SERVICES

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.json"))
"""A sample is named for its type; a later one with more fields is named ``<type>+<what>``."""
PINNED = Path(__file__).parent / "digests.json"
TELLING = {"name", "phone", "address", "email", "text", "birth_year", "age", "story", "contact"}
"""Words no field of a body may have: whoever they described could be found."""


def type_of(name: str) -> str:
    """The type that a sample shows."""
    return name.partition("+")[0]


def opened(name: str, content: Any) -> Document[Any]:
    """A sample as its reader sees it."""
    generic: Any = Document  # the type is chosen while running
    body = BODIES[type_of(name)]
    found: Document[Any] = generic[body].model_validate_json(json.dumps(content))
    return found


def sample(name: str) -> Any:
    """A golden sample."""
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def test_every_type_has_a_sample_and_every_sample_a_type() -> None:
    """Nothing is said that was not shown, and nothing that was shown is forgotten."""
    assert {type_of(name) for name in NAMES} == set(BODIES) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_parses_and_comes_out_as_it_went_in(name: str) -> None:
    """Every field of it is known: a renamed or dropped one would show here."""
    content = sample(name)
    assert json.loads(opened(name, content).canonical()) == normal(content)


def normal(value: Any) -> Any:
    """Without the nulls that are not written."""
    if isinstance(value, dict):
        return {name: normal(inner) for name, inner in value.items() if inner is not None}
    return [normal(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("ce_type", sorted(BODIES))
def test_samples_show_every_field(ce_type: str) -> None:
    """Room that nobody tried is no room."""
    shown = {field for name in NAMES if type_of(name) == ce_type for field in sample(name)["data"]}
    assert shown == set(BODIES[ce_type].model_fields)


@pytest.mark.parametrize("ce_type", sorted(BODIES))
def test_fields_of_a_later_release_are_passed_over(ce_type: str) -> None:
    """A newer producer may add facts; an older reader goes on."""
    content = sample(ce_type)
    content["data"]["of_a_later_release"] = {"a": [1]}
    content["of_a_later_release"] = True
    assert opened(ce_type, content) == opened(ce_type, sample(ce_type))


@pytest.mark.parametrize("name", NAMES)
def test_the_canonical_form_is_pinned(name: str) -> None:
    """Digests of events that were published must still be found in ten years."""
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    canonical = opened(name, sample(name)).canonical()
    assert pinned[name] == hashlib.sha256(canonical).hexdigest()


def test_every_type_has_a_producer_and_readers_and_none_reads_itself() -> None:
    """The table of who may read is complete. What committees and audit say of themselves is read by
    nobody: that it was said is all that audit keeps of it. A restore of its own audit reads."""
    assert set(READERS) == set(BODIES.values()) == set(PRODUCERS)
    for body, readers in READERS.items():
        assert readers or body in (*committee.BODIES, *audit.BODIES)
        assert body in restores.BODIES or not {*PRODUCERS[body]} & {*readers}


@pytest.mark.parametrize("ce_type", sorted(BODIES))
def test_whoever_may_read_a_type_reads_every_topic_it_is_on(ce_type: str) -> None:
    """An event that nobody fetches is told to nobody, and no health shows it."""
    body = BODIES[ce_type]
    for producer, reader in product(PRODUCERS[body], READERS[body]):
        assert SERVICES[producer].topic in SERVICES[reader].consumes


@pytest.mark.parametrize("ce_type", sorted(BODIES))
def test_no_field_could_hold_who_somebody_is(ce_type: str) -> None:
    """Personal data never enters a topic: there is no field to put it in."""
    assert not TELLING & set(BODIES[ce_type].model_fields)
