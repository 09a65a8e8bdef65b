"""Exclusions by phone and by name meet the staff register, whoever spelt them."""

import hmac
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Unprocessable
from shared.security.tags import MENTIONS_MAX, ExcludedPeople, Tagger, places

TAGGER = Tagger((b"k" * 32,))


@pytest.mark.parametrize(
    ("reported", "registered"),
    [
        ("Төлөгөн Асанбеков", "АСАНБЕКОВ Тологен"),
        ("Асанбеков Нурлан Эркинович", "Нурлан Асанбеков"),
        ("Жээнбек уулу Үсөн", "Жээнбек уулу Усон"),
        ("Джумабек Осмонов", "Жумабек Осмонов"),
    ],
)
def test_one_person_spelt_in_two_ways_is_hit(reported: str, registered: str) -> None:
    """Spelling, word order and a missing patronymic do not hide an excluded officer."""
    excluded = ExcludedPeople(tags=TAGGER.name(reported, "police-naryn"))
    assert excluded.hits(
        "st-aaaaaaaa", TAGGER.person("st-aaaaaaaa", registered, "police-naryn", [])
    )


def test_a_namesake_elsewhere_is_not_hit() -> None:
    """A name excludes within its organisation only."""
    excluded = ExcludedPeople(tags=TAGGER.name("Нурлан Асанбеков", "police-naryn"))
    assert not excluded.hits(
        "st-aaaaaaaa", TAGGER.person("st-aaaaaaaa", "Нурлан Асанбеков", "police-osh", [])
    )


def test_a_tag_tells_nothing_without_the_key() -> None:
    """Another key gives other tags, and no tag holds what it stands for."""
    other = Tagger((b"x" * 32,))
    assert TAGGER.phone("+996000000001").isdisjoint(other.phone("+996000000001"))
    assert all("996000000001" not in tag for tag in TAGGER.phone("+996000000001"))


def test_a_rotated_key_still_finds_old_exclusions() -> None:
    """While both sides hold the old key, a blob made under it still excludes."""
    rotated = Tagger((b"n" * 32, b"k" * 32))
    excluded = ExcludedPeople(tags=TAGGER.phone("+996000000001"))
    assert excluded.hits(
        "st-aaaaaaaa", rotated.person("st-aaaaaaaa", "X Y", "o", ["+996000000001"])
    )


@given(st.builds(ExcludedPeople, *[st.frozensets(st.text())] * 4))
def test_what_was_written_is_read(excluded: ExcludedPeople) -> None:
    """The blob's content survives the way."""
    assert ExcludedPeople.decode(excluded.encode()) == excluded


def test_who_serves_or_answers_for_an_excluded_place_is_meant_by_that() -> None:
    """A coordinator of the wider place is not; a list of a release before knows no posts."""
    excluded = ExcludedPeople(organisations=frozenset({"ministry"}), places=frozenset({"41704245"}))
    assert excluded.hits_post("ministry", [])
    assert excluded.hits_post("desk", ["41706", "41704245845"])
    assert not excluded.hits_post("desk", ["41704"])
    before = ExcludedPeople.decode(b'{"staff_ids":["st-one"],"tags":[]}')
    assert before == ExcludedPeople(frozenset({"st-one"}))


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"[]",
        b"{}",
        b'{"staff_ids": 1, "tags": []}',
        b'{"staff_ids": [], "tags": [], "places": 1}',
        b"\xff",
    ],
)
def test_an_unreadable_list_is_never_taken_for_an_empty_one(plain: bytes) -> None:
    """It is parked for a person instead."""
    with pytest.raises(Unprocessable):
        ExcludedPeople.decode(plain)


def test_whose_organisation_nobody_knows_is_looked_for_nearby() -> None:
    """By two words of the name, whoever they serve; not in the next oblast, and not by one word."""
    nearby = places("41704245845020", (3, 5, 8))
    meant = TAGGER.mentioned([("Гүлнара Асанова", place) for place in nearby])
    for areas, hit in (
        (["41704245"], True),
        (["41704"], True),
        (["417"], True),
        (["41704246"], False),
        (["41705"], False),
        ([], False),
    ):
        one = TAGGER.person("st-aaaaaaaa", "Гульнара Асанова", "hospital", [], areas)
        assert ExcludedPeople(tags=meant).hits("st-aaaaaaaa", one) == hit, areas
    half = TAGGER.mentioned([("Гүлнара", place) for place in nearby])
    one = TAGGER.person("st-aaaaaaaa", "Гульнара Асанова", "hospital", [], ["41704245"])
    assert half.isdisjoint(one)


def test_an_old_case_is_hidden_as_it_was() -> None:
    """The tags of the first releases are among everybody's, and made of every mention."""
    made = hmac.digest(b"k" * 32, "tirek tag v1|name|асанов|нурлан|desk".encode(), sha256)
    old = {made.hex()[:32]}
    assert old <= TAGGER.person("st-aaaaaaaa", "Асанов Нурлан", "desk", [])
    assert old <= TAGGER.name("Нурлан АСАНОВ", "desk")


def test_many_accused_in_many_words_are_all_hit_and_fit() -> None:
    """Twenty descriptions as long as may be, under ten keys: bounded, and nobody is left out."""
    tagger = Tagger(tuple(bytes([number]) * 32 for number in range(10)))
    people = [(f"Нурлан Асан{chr(1072 + each)} " + "аб вг " * 31, "desk") for each in range(20)]
    tags = tagger.mentioned(people)
    assert len(tags) <= MENTIONS_MAX
    for name, place in people:
        registered = " ".join(name.split()[:2])
        assert not tags.isdisjoint(tagger.person("st-aaaaaaaa", registered, place, []))
