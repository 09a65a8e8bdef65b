"""The SMSC's own cutting of the stream."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.simulators import smpp
from deploy.simulators.smpp import BadFrame, Framer


@given(st.lists(st.binary(max_size=50), max_size=5), st.lists(st.integers(1, 40), min_size=1))
def test_frames_survive_any_cutting_of_the_stream(bodies: list[bytes], sizes: list[int]) -> None:
    """However TCP delivers them, the frames are the same."""
    stream = b"".join(smpp.header(0x15, 0, n, body) for n, body in enumerate(bodies))
    framer, frames, at = Framer(), [], 0
    for turn in range(len(stream)):
        size = sizes[turn % len(sizes)]
        frames += list(framer.feed(stream[at : at + size]))
        at += size
    assert [(frame.sequence, frame.body) for frame in frames] == list(enumerate(bodies))


@pytest.mark.parametrize("head", [b"\0\0\0\x0f", b"\xff\xff\xff\xff", b"GET "])
def test_what_is_no_frame_is_refused(head: bytes) -> None:
    """No memory for a length that cannot be."""
    with pytest.raises(BadFrame):
        list(Framer().feed(head + bytes(12)))
