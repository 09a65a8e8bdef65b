"""An e-mail as octets: whoever reads it by the standards reads what was written."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notify.channels.email.composing import compose, field, sender_field, text_field

WRITTEN = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("жаңы кайрылуу .=?\r\n")))
WHO = st.sampled_from(
    ["alerts@tirek.example", "Тирек, кезек <a@tirek.example>", '"T, k" <a@b.example>']
)
TO = st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9-]{1,60}\.example", fullmatch=True)
REST = {
    "Message-ID": "<m-1@tirek.example>",
    "Date": format_datetime(datetime(2026, 11, 23, 12, 0, tzinfo=UTC)),
    "Auto-Submitted": "auto-generated",
}


def by_hand(sender: str, to: str, subject: str, text: str) -> bytes:
    rest = (field(name, value) for name, value in REST.items())
    return compose(
        (sender_field(sender), field("To", to), text_field("Subject", subject), *rest), text
    )


def by_the_library(sender: str, to: str, text: str) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    for name, value in {"From": sender, "To": to, "Subject": "", **REST}.items():
        message[name] = value
    message.set_content(text, cte="base64")
    return message.as_bytes()


@given(WHO, TO, WRITTEN, WRITTEN)
@example("alerts@tirek.example", "a@b.example", "one\r\nBcc: all@b.example", ".\r\n.\n\n..\r")
@example("alerts@tirek.example", "a@b.example", "K7M2Q9X жаңы " * 9, "")  # of which it loses spaces
@example("alerts@tirek.example", "a@b.example", "=?utf-8?q?b?=", "\r")
@example("alerts@tirek.example", "a@b.example", "x" * 200, "x" * 2000)
def test_what_was_written_is_read(sender: str, to: str, subject: str, text: str) -> None:
    """The subject is one line in any letters; all else reads as in the library's own octets."""
    octets = by_hand(sender, to, subject, text)
    read = message_from_bytes(octets, policy=policy.default)
    known = message_from_bytes(by_the_library(sender, to, text), policy=policy.default)
    assert read.keys() == known.keys(), "no other fields, whatever was written"
    assert read.defects == []
    assert str(read["Subject"]) == " ".join(subject.split())
    assert [read[name] for name in read if name != "Subject"] == [
        known[name] for name in known if name != "Subject"
    ]
    assert read["From"].addresses == known["From"].addresses
    assert read["To"].addresses == known["To"].addresses
    assert read.get_content() == known.get_content()


@given(WHO, TO, WRITTEN, WRITTEN)
def test_every_server_carries_it(sender: str, to: str, subject: str, text: str) -> None:
    """Seven bits, CRLF and nothing else, no line too long, none that begins with a dot."""
    lines = by_hand(sender, to, subject, text).removesuffix(b"\r\n").split(b"\r\n")
    for line in lines:
        assert line.decode("ascii").isprintable()
        assert not line.startswith(b".")
        assert len(line) <= (998 if line.startswith(b"To: ") else 78)
        assert all(len(word) <= 75 for word in line.split() if word.startswith(b"=?"))


@pytest.mark.parametrize("value", ["a\r\nBcc: b", "a\nb", "a\rb", "a\0b", "жаңы"])
def test_a_field_of_one_line_takes_no_other(value: str) -> None:
    """What could begin a field of its own raises; it is never cut."""
    with pytest.raises(ValueError, match="To is no line of ASCII"):
        field("To", value)
