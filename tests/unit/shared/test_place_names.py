"""Places by their names as people type them."""

from pathlib import Path

import pytest

from deploy.local.stack import ROOT
from shared.jurisdiction import load_jurisdiction
from shared.jurisdiction.territories import Place, Territories
from shared.security.place_names import PlaceNames

KG: Path = ROOT / "deploy" / "jurisdictions" / "kg"


@pytest.fixture(scope="module")
def kg() -> Territories:
    """The shipped places."""
    return load_jurisdiction(KG).territories


def test_every_name_finds_its_own_place_first(kg: Territories) -> None:
    """In each language, written as it stands, in small letters, and without its level."""
    names = PlaceNames(kg)
    for place in kg.listed.values():
        for name in place.names.values():
            for typed in (name, name.lower(), name.split()[0] if "." not in name else name):
                found = [each.code for each in names.near(typed, 3)]
                assert place.code in found, (typed, found)


def test_of_places_of_one_name_each_is_found(kg: Territories) -> None:
    """31 of 453 aimaks share theirs: nobody is sent to the first one."""
    twins = {
        code: Place(code, code[:11], "ayil_aimak", {"ky": "Төрт-Көл айыл аймагы"}, verified=True)
        for code in ("41704245801000", "41702215802000", "41703220803000")
    }
    names = PlaceNames(Territories(kg.rules, {**kg.listed, **twins}))
    assert {each.code for each in names.near("тортколь", 10)} >= twins.keys()
    assert names.called("ТОРТ КОЛ") == {*twins, "41706255876000"}
    assert names.called("торт") == frozenset()


def test_what_means_no_place_finds_none(kg: Territories) -> None:
    """A level alone, one letter, nothing that is a letter."""
    names = PlaceNames(kg)
    assert [names.near(typed, 10) for typed in ("район", "ъ", "—", "щщщщщщ")] == [[], [], [], []]
