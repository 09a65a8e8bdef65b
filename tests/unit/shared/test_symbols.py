"""A public id is read however somebody types it, and nothing else is taken for one."""

import pytest

from shared.ids import RandomIds
from shared.symbols import PUBLIC_ID_LENGTH, SYMBOLS, public_id


@pytest.mark.parametrize(
    "typed", ["K7M4P2", "k7m4p2", " к7м4р2 ", "K7M-4P2", "К7М 4Р2", "k7m\u200b4p2", "Ｋ７Ｍ４Ｐ２"]
)
def test_a_public_id_is_read_in_any_case_and_alphabet(typed: str) -> None:
    """Off a phone with Cyrillic keys, with a blank in it, or pasted with what cannot be seen."""
    assert public_id(typed) == "K7M4P2"


def test_signs_that_none_has_are_those_they_were_taken_for() -> None:
    """As with codes: 8 for B, Б for 6, З for 3."""
    assert public_id("8Б3ЗС9") == "B633C9"


@pytest.mark.parametrize("typed", ["", "K7M4P", "K7M4P22", "K7M4PA", "0000000", "💥", "а" * 9000])
def test_nothing_else_is_a_public_id(typed: str) -> None:
    """Too short, too long, or with a sign that none has."""
    assert public_id(typed) is None


def test_ids_are_made_of_the_symbols() -> None:
    """And are not all the same."""
    made = {RandomIds().public() for _ in range(50)}
    assert len(made) > 40
    assert {len(each) for each in made} == {PUBLIC_ID_LENGTH}
    assert set("".join(made)) <= set(SYMBOLS)
