"""Sealing: for one person, one group and one key, and for nothing else."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.vault import CannotUnseal, Vault, WrappedKey, seal, unseal

KEY = os.urandom(32)
TEXT = st.text(st.characters(codec="utf-8"), max_size=50)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(person=TEXT, group=TEXT, fields=st.dictionaries(TEXT, VALUES, max_size=4))
def test_what_is_sealed_is_found_again(person: str, group: str, fields: dict[str, object]) -> None:
    """Whatever was said, in whatever letters."""
    assert unseal(KEY, person, group, seal(KEY, person, group, fields)) == fields


@given(position=st.integers(min_value=0), change=st.integers(1, 255))
def test_a_changed_byte_does_not_open(position: int, change: int) -> None:
    """Nor does a shorter one."""
    sealed = bytearray(seal(KEY, "p", "story", {"text": "х"}))
    sealed[position % len(sealed)] ^= change
    with pytest.raises(CannotUnseal):
        unseal(KEY, "p", "story", bytes(sealed))
    with pytest.raises(CannotUnseal):
        unseal(KEY, "p", "story", bytes(sealed[: position % 28]))


@pytest.mark.parametrize(
    ("key", "person", "group"),
    [(KEY, "q", "story"), (KEY, "p", "risk"), (os.urandom(32), "p", "story")],
    ids=["person", "group", "key"],
)
def test_it_is_bound_to_person_group_and_key(key: bytes, person: str, group: str) -> None:
    """Moved anywhere else it is noise."""
    sealed = seal(KEY, "p", "story", {"text": "х"})
    with pytest.raises(CannotUnseal):
        unseal(key, person, group, sealed)


def test_the_same_words_look_different_each_time() -> None:
    """So that nobody can tell two equal stories."""
    assert seal(KEY, "p", "story", {"text": "х"}) != seal(KEY, "p", "story", {"text": "х"})


def test_a_wrapped_key_opens_under_its_master_for_its_person() -> None:
    """After a rotation old keys still open; without their master they do not."""
    old, new = os.urandom(32), os.urandom(32)
    key, wrapped = Vault({"master.1": old}).new_key("p")
    assert Vault({"master.2": new, "master.1": old}).unwrap(wrapped) == key
    assert Vault({"master.2": new, "master.1": old}).new_key("p")[1].kid == "master.2"
    with pytest.raises(CannotUnseal):
        Vault({"master.2": new}).unwrap(wrapped)
    with pytest.raises(CannotUnseal):
        Vault({"master.1": new}).unwrap(wrapped)
    with pytest.raises(CannotUnseal):
        Vault({"master.1": old}).unwrap(WrappedKey("q", wrapped.kid, wrapped.wrapped))


def test_a_fingerprint_is_the_same_for_the_same_words_and_key() -> None:
    """One a master key, so that a retry is known again across a rotation."""
    old, new = os.urandom(32), os.urandom(32)
    before = Vault({"master.1": old}).fingerprints(b"report")
    after = Vault({"master.2": new, "master.1": old}).fingerprints(b"report")
    assert len(before) == 1
    assert before[0] in after
    assert before[0] not in Vault({"master.1": old}).fingerprints(b"another")
