"""Our canonical JSON is RFC 8785's, for everything an event can hold."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from shared.events import Act
from shared.events.canonical import canonical
from shared.events.registry import PRODUCERS

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NAME = st.text(st.characters(max_codepoint=127))
INTEGER = st.integers(-(2**53) + 1, 2**53 - 1)
VALUE = st.recursive(
    st.none() | st.booleans() | INTEGER | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAME, inner, max_size=5),
)


@given(VALUE)
def test_it_spells_like_the_general_implementation(value: Any) -> None:
    """Byte for byte."""
    assert canonical(value) == rfc8785.dumps(value)


def test_text_that_is_no_unicode_is_refused() -> None:
    """A lone surrogate has no bytes."""
    with pytest.raises(TypeError):
        canonical({"a": "\ud800"})


def types_in(annotation: Any) -> Iterator[Any]:
    """Every type that an annotation mentions, models entered."""
    for each in get_args(annotation):
        yield from types_in(each)
    yield annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for field in annotation.model_fields.values():
            yield from types_in(field.annotation)


@pytest.mark.parametrize("body", [*PRODUCERS, Act], ids=lambda body: body.__name__)
def test_no_contract_holds_a_fraction(body: type[BaseModel]) -> None:
    """They are what RFC 8785 spells differently; a length of time is a whole number of seconds."""
    assert float not in set(types_in(body))
