"""Whatever a body holds, it is taken or refused: the refusal itself can be said."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.fitness import unfit

ANY = st.characters()
"""Lone surrogates and NUL among them."""
NAMES = st.text(ANY, max_size=3) | st.sampled_from(["a", "\ud800", "\x00"])
VALUES = st.recursive(
    st.text(ANY, max_size=3).map(json.dumps),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda each: f"[{','.join(each)}]")
        | st.lists(st.tuples(NAMES.map(json.dumps), inner), max_size=4).map(
            lambda pairs: "{" + ",".join(f"{name}:{value}" for name, value in pairs) + "}"
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("name", ["\\ud800", "\\udfff", "\\u0000", "a"])
def test_a_name_given_twice_is_refused_whatever_it_is_made_of(name: str) -> None:
    """One that has no bytes made the refusal itself fail: 500."""
    for body in (f'{{"{name}":0,"{name}":0}}', f'[{{"b":{{"{name}":0,"{name}":0}}}}]'):
        refusal = unfit(body.encode())
        assert refusal is not None
        assert json.loads(bytes(refusal.body))["status"] == 422


@given(VALUES)
def test_no_body_is_more_than_refused(body: str) -> None:
    """Names and texts of any characters, twins, nested."""
    refusal = unfit(body.encode())
    if refusal is not None:
        assert refusal.status_code in (400, 422)
        assert json.loads(bytes(refusal.body).decode())["errors"][0]["field"]
