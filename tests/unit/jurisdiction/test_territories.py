"""Places by code."""

import pytest

from shared.errors import Invalid
from shared.jurisdiction import Jurisdiction

UCHKUN_VILLAGE = "41704245845020"
REFUSALS = (
    "must be a territory code of 14 digits",
    "must be a territory code or the whole beginning of one",
    "is no territory that is known here",
)
"""All that is ever said of a code: none of it has anything of what was sent."""


def test_a_listed_place_is_verified_and_named_in_each_language(kg: Jurisdiction) -> None:
    """An official code gives its place, with its Kyrgyz, Russian and English names."""
    place = kg.territories.place("41704245000000")
    assert place.verified
    assert place.level == "raion"
    assert [place.name(each) for each in ("ky", "ru", "en")] == [
        "Нарын району",
        "Нарынский район",
        "Naryn raion",
    ]


def test_a_village_of_a_known_raion_is_taken_unverified(kg: Jurisdiction) -> None:
    """The shipped list lacks villages: a well-formed code below it is accepted, and marked."""
    place = kg.territories.place(UCHKUN_VILLAGE)
    assert not place.verified
    assert (place.level, place.prefix) == ("village", UCHKUN_VILLAGE)


def test_a_town_of_an_oblast_is_taken_though_no_list_has_it(kg: Jurisdiction) -> None:
    """Cities (4xx) stand beside raions and are not shipped: nobody there is turned away."""
    place = kg.territories.place("41704401000000")
    assert not place.verified
    assert kg.area_name(place.code, "ru") == "Нарынская область"


@pytest.mark.parametrize(
    "code",
    [
        "41799000000000",  # no such oblast
        "41704299000000",  # no such raion
        "41704245145000",  # an aimak's part begins with 5, 6 or 8
        "41700000000000",  # the country is no place
        "99904245845020",  # another country
        "4170424584502",  # too short
        "41704245845020 ",
        "٤١٧٠٤٢٤٥٨٤٥٠٢٠",  # digits, but not these
        "",
    ],
)
def test_an_unknown_code_is_refused_by_the_name_of_its_field(kg: Jurisdiction, code: str) -> None:
    """The error tells which field was wrong, for the caller's screen, and not what it was."""
    with pytest.raises(Invalid) as refused:
        kg.territories.place(code, "exclusions[0].value")
    assert refused.value.field == "exclusions[0].value"
    assert refused.value.message in REFUSALS


@pytest.mark.parametrize("part", ["4179", "41799", "9", "Учкун", ""])
def test_no_beginning_of_a_code_is_repeated_either(kg: Jurisdiction, part: str) -> None:
    """An area that is none is refused in one text, whatever was written in its place."""
    with pytest.raises(Invalid) as refused:
        kg.territories.area(part, "exclusions[0].value")
    assert refused.value.message in REFUSALS


def test_a_prefix_is_an_ancestor(kg: Jurisdiction) -> None:
    """Village, aimak, raion, oblast: each code begins with the one above."""
    above = kg.territories.ancestors(UCHKUN_VILLAGE)
    assert [place.code for place in above] == [
        "41704000000000",
        "41704245000000",
        "41704245845000",
    ]
    assert all(UCHKUN_VILLAGE.startswith(place.prefix) for place in above)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (UCHKUN_VILLAGE, "Нарынский район"),
        ("41704245845000", "Нарынский район"),
        ("41711204000000", "Свердловский район"),
        ("41721000000000", "г. Ош"),
        ("41704000000000", "Нарынская область"),
    ],
)
def test_nothing_finer_than_a_raion_is_ever_shown(kg: Jurisdiction, code: str, shown: str) -> None:
    """In an aimak "mother, 34, four children" is a name: summaries and notices say the raion."""
    assert kg.area_name(code, "ru") == shown


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        ("417", "417"),
        ("41704", "41704"),
        ("41704245", "41704245"),
        ("41704245000000", "41704245"),
        ("41704245845", "41704245845"),
    ],
)
def test_an_area_is_a_code_or_the_whole_beginning_of_one(
    kg: Jurisdiction, value: str, prefix: str
) -> None:
    """Rosters, consents and exclusions name areas; a raion's area covers its aimaks."""
    assert kg.territories.area(value) == prefix


@pytest.mark.parametrize("value", ["", "4", "4170", "41704299", "4170424", "41799"])
def test_half_a_code_is_no_area(kg: Jurisdiction, value: str) -> None:
    """``4170`` would cover Naryn and Batken alike: a mistake, never a guess."""
    with pytest.raises(Invalid):
        kg.territories.area(value)


def test_every_listed_place_lies_under_its_parent(kg: Jurisdiction) -> None:
    """9 oblasts and cities, 44 raions, three aimaks; none an orphan."""
    places = kg.territories.listed.values()
    assert len([place for place in places if len(place.prefix) == 5]) == 9
    for place in places:
        assert len(place.prefix) == 5 or kg.territories.ancestors(place.code)
