"""A contract, once landed, parses for ever: each type and version has its golden sample."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from shared.events import BODIES, READERS, Document
from shared.events.registry import PRODUCERS

SAMPLES = Path(__file__).parent / "samples"
PINNED = Path(__file__).parent / "digests.json"
TELLING = {"name", "phone", "address", "email", "text", "birth_year", "age", "story", "contact"}
"""Words no field of a body may have: whoever they described could be found."""


def opened(ce_type: str, content: Any) -> Document[Any]:
    """A sample as its reader sees it."""
    generic: Any = Document  # the type is chosen while running
    found: Document[Any] = generic[BODIES[ce_type]].model_validate_json(json.dumps(content))
    return found


def sample(ce_type: str) -> Any:
    """The golden sample of a type."""
    return json.loads((SAMPLES / f"{ce_type}.json").read_text(encoding="utf-8"))


def test_every_type_has_a_sample_and_every_sample_a_type() -> None:
    """Nothing is said that was not shown, and nothing that was shown is forgotten."""
    assert {path.stem for path in SAMPLES.glob("*.json")} == set(BODIES)


@pytest.mark.parametrize("ce_type", sorted(BODIES))
def test_a_sample_parses_and_comes_out_as_it_went_in(ce_type: str) -> None:
    """Every field of it is known: a renamed or dropped one would show here."""
    content = sample(ce_type)
    assert json.loads(opened(ce_type, content).canonical()) == normal(content)


def normal(value: Any) -> Any:
    """Without the nulls that are not written."""
    if isinstance(value, dict):
        return {name: normal(inner) for name, inner in value.items() if inner is not None}
    return [normal(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("ce_type", sorted(BODIES))
def test_a_sample_shows_every_field(ce_type: str) -> None:
    """Room that nobody tried is no room."""
    assert set(sample(ce_type)["data"]) == set(BODIES[ce_type].model_fields)


@pytest.mark.parametrize("ce_type", sorted(BODIES))
def test_fields_of_a_later_release_are_passed_over(ce_type: str) -> None:
    """A newer producer may add facts; an older reader goes on."""
    content = sample(ce_type)
    content["data"]["of_a_later_release"] = {"a": [1]}
    content["of_a_later_release"] = True
    assert opened(ce_type, content) == opened(ce_type, sample(ce_type))


@pytest.mark.parametrize("ce_type", sorted(BODIES))
def test_the_canonical_form_is_pinned(ce_type: str) -> None:
    """Digests of events that were published must still be found in ten years."""
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    canonical = opened(ce_type, sample(ce_type)).canonical()
    assert pinned[ce_type] == hashlib.sha256(canonical).hexdigest()


def test_every_type_has_a_producer_and_readers_and_none_reads_itself() -> None:
    """The table of who may read is complete."""
    assert set(READERS) == set(BODIES.values()) == set(PRODUCERS)
    for body, readers in READERS.items():
        assert readers
        assert not {*PRODUCERS[body]} & {*readers}


@pytest.mark.parametrize("ce_type", sorted(BODIES))
def test_no_field_could_hold_who_somebody_is(ce_type: str) -> None:
    """Personal data never enters a topic: there is no field to put it in."""
    assert not TELLING & set(BODIES[ce_type].model_fields)
