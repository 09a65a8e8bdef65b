"""Forms that carry a file, as browsers send them."""

import pytest

from services.console.frame.parts import parts

KIND = "multipart/form-data; boundary=----b7"
FILE = b"%PDF\r\n\r\n----b\x00\xff\n\r"
BODY = (
    b'------b7\r\nContent-Disposition: form-data; name="title"\r\n\r\n'
    + "Бланк".encode()
    + b'\r\n------b7\r\nContent-Disposition: form-data; name="file"; filename="a b.pdf"\r\n'
    + b"Content-Type: application/pdf\r\n\r\n"
    + FILE
    + b"\r\n------b7--\r\n"
)


def test_a_file_is_taken_octet_by_octet_beside_what_was_typed() -> None:
    """Whatever it holds."""
    assert parts(BODY, KIND, 2) == ([("title", "Бланк")], {"file": FILE})


@pytest.mark.parametrize(
    ("body", "kind", "most"),
    [
        (BODY, "multipart/form-data", 2),
        (BODY, KIND, 1),
        (BODY[:-4], KIND, 2),
        (b"", KIND, 2),
        (BODY.replace(b'name="title"', b"x"), KIND, 2),
        (BODY.replace("Бланк".encode(), b"\xff"), KIND, 2),
    ],
    ids=("no boundary", "too many", "cut off", "empty", "no name", "no text"),
)
def test_what_is_no_form_is_refused(body: bytes, kind: str, most: int) -> None:
    """Whole."""
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        parts(body, kind, most)
