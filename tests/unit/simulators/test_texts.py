"""What phones show and send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.simulators import texts


@given(st.text(min_size=1, max_size=400), st.integers(0, 1000))
def test_a_text_in_parts_is_whole_again_without_its_headers(text: str, reference: int) -> None:
    """No letter is cut in two, no part is over 140 octets on the air, all carry one reference."""
    pieces = texts.parts(text, reference)
    body = b"".join(p.octets[6:] if p.has_header else p.octets for p in pieces)
    assert texts.shown(body, pieces[0].data_coding) == text
    most = 160 if pieces[0].data_coding == 0 else 140
    assert all(len(p.octets) <= most for p in pieces)
    if len(pieces) > 1:
        assert [p.octets[5] for p in pieces] == list(range(1, len(pieces) + 1))
        assert {p.octets[3] for p in pieces} == {reference % 256}
        assert {p.octets[4] for p in pieces} == {len(pieces)}


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("ү" * 70, 1), ("ү" * 71, 2)],
)
def test_a_phone_splits_where_the_network_does(text: str, pieces: int) -> None:
    """160 and 153 septets, 70 and 67 units."""
    assert len(texts.parts(text, 1)) == pieces
