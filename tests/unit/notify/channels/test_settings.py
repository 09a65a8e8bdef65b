"""Where to send through: URLs that are right, and one clear line for those that are not."""

import pytest

from services.notify.channels.email import MailRelay
from services.notify.channels.sms import MessageIds, Provider
from services.notify.channels.sms.alphabet import Alphabet
from shared.settings import SettingsError


def test_a_provider_with_its_habits() -> None:
    """The URL carries all that is the provider's own."""
    provider = Provider.from_url(
        "smpp://tirek:p%40ss@smsc.example:2776?message-ids=hex-then-decimal&system-type=VMA"
        "&alphabet=cp1251",
        sender="1000",
    )
    assert provider == Provider(
        host="smsc.example",
        port=2776,
        system_id="tirek",
        password="p@ss",
        sender="1000",
        system_type="VMA",
        message_ids=MessageIds.HEX_THEN_DECIMAL,
        alphabet=Alphabet.CP1251,
    )
    assert "p@ss" not in repr(provider)


@pytest.mark.parametrize(
    ("url", "sender", "complaint"),
    [
        ("http://tirek:secret@h", "1000", "must look like smpp://"),
        ("smpp://", "1000", "must look like smpp://"),
        ("smpp://tirek:secret@h:x", "1000", "no valid port"),
        ("smpp://tirek:longer-than-8@h", "1000", "password takes at most 8"),
        ("smpp://tirek-of-the-jungle:secret@h", "1000", "user takes at most 15"),
        ("smpp://tirek:secret@h", "+9960000001012345678900", "sender takes at most 20"),
        ("smpp://tirek:secret@h", "Тирек", "ASCII"),
        ("smpp://tirek:secret@h?message-ids=roman", "1000", "one of: same, hex-then-decimal"),
        ("smpp://tirek:secret@h?windows=3", "1000", "unknown in the SMPP URL: windows"),
        ("smpp://tirek:secret@h?alphabet=cp866", "1000", "one of: latin-1, iso8859-5, cp1251"),
    ],
)
def test_a_provider_that_cannot_be_is_refused_at_the_start(
    url: str, sender: str, complaint: str
) -> None:
    """The codec would cut a long password silently: we say so instead, without showing it."""
    with pytest.raises(SettingsError, match=complaint) as refusal:
        Provider.from_url(url, sender)
    assert "longer-than-8" not in str(refusal.value)


def test_a_relay_with_and_without_login() -> None:
    """Ports have their usual defaults."""
    plain = MailRelay.from_url("smtp://127.0.0.1:2525", "Tirek <alerts@tirek.example>")
    assert (plain.port, plain.tls, plain.user) == (2525, False, None)
    assert (plain.address, plain.domain) == ("alerts@tirek.example", "tirek.example")
    closed = MailRelay.from_url("smtps://u:p%40@mail.example", "alerts@tirek.example")
    assert (closed.port, closed.tls, closed.user, closed.password) == (465, True, "u", "p@")
    assert "p@" not in repr(closed)


@pytest.mark.parametrize(
    ("url", "mail_from", "complaint"),
    [
        ("http://h", "a@tirek.example", "must look like smtp://"),
        ("smtp://h:x", "a@tirek.example", "no valid port"),
        ("smtp://h", "nobody", "must be an address"),
        ("smtp://h", "Tirek <a@tirek.example>\r\nBcc: b@c.example", "must be an address"),
    ],
)
def test_a_relay_that_cannot_be_is_refused_at_the_start(
    url: str, mail_from: str, complaint: str
) -> None:
    """One clear line each."""
    with pytest.raises(SettingsError, match=complaint):
        MailRelay.from_url(url, mail_from)
