"""SMS provider: who it is, and its habits."""

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

from services.notify.channels.sms.alphabet import EIGHT_BITS, Alphabet
from services.notify.channels.trust import authorities, trusting
from shared.settings import SettingsError
from shared.storable import storable

_PORTS = {"smpp": 2775, "smpps": 3550}
"""As IANA has them."""
_LONGEST_ID = 65
"""Octets that SMPP 3.4 gives an id at most; some providers go beyond, and no index without end."""


class MessageIds(StrEnum):
    """How the provider spells a message's id: in the answer to submit_sm, then in the receipt."""

    SAME = "same"
    HEX_THEN_DECIMAL = "hex-then-decimal"
    DECIMAL_THEN_HEX = "decimal-then-hex"

    def of_answer(self, spelling: str) -> str:
        """The one spelling we keep, from a submit_sm_resp."""
        return self._canonical(spelling, {self.HEX_THEN_DECIMAL: 16, self.DECIMAL_THEN_HEX: 10})

    def of_receipt(self, spelling: str) -> str:
        """The one spelling we keep, from a delivery receipt."""
        return self._canonical(spelling, {self.HEX_THEN_DECIMAL: 10, self.DECIMAL_THEN_HEX: 16})

    def _canonical(self, spelling: str, bases: dict["MessageIds", int]) -> str:
        """Whatever octets it came in, it can be stored, in the answer and in the receipt alike."""
        spelling = storable(spelling.strip(), _LONGEST_ID)
        if self is MessageIds.SAME:
            return spelling
        try:
            return format(int(spelling, bases[self]), "x")
        except ValueError:
            return spelling


@dataclass(frozen=True, slots=True)
class Provider:
    """Where to bind and as whom. Made by `Provider.from_url`."""

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    sender: str
    """What phones show: ``+`` and digits, a short code, or ≤ 11 letters (which take no reply)."""
    system_type: str = ""
    message_ids: MessageIds = MessageIds.SAME
    tls: bool = False
    """TLS from the first octet, or nothing is said: SMPP has no other."""
    ca: str | None = field(default=None, repr=False)
    """Certificates (PEM) of the authorities to trust, instead of this machine's."""
    alphabet: Alphabet | None = None
    """What its octets above 127 mean where a text's coding does not say it, one of `EIGHT_BITS`."""

    def trust(self) -> ssl.SSLContext | None:
        """By which its certificate is judged; none in the clear. Raises `SettingsError`."""
        return trusting(self.ca, "SMPP") if self.tls else None

    @classmethod
    def from_url(cls, url: str, sender: str, ca: str | None = None) -> "Provider":
        """``smpp://user:password@host:port?message-ids=hex-then-decimal&alphabet=cp1251``.

        Also ``system-type``; ``smpps`` is the same over TLS, where ``ca`` is certificates in PEM or
        the path of a file with them. Raises `SettingsError` in words that never repeat the
        password.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise SettingsError("the SMPP URL has no valid port") from None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise SettingsError(
                "the SMPP URL must look like smpp://user:password@host:port, or smpps:// for TLS"
            )
        habits = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        try:
            message_ids = MessageIds(habits.pop("message-ids", MessageIds.SAME))
        except ValueError:
            raise SettingsError(f"SMPP message-ids is one of: {', '.join(MessageIds)}") from None
        alphabet = habits.pop("alphabet", None)
        if alphabet is not None and alphabet not in EIGHT_BITS:
            raise SettingsError(f"SMPP alphabet is one of: {', '.join(EIGHT_BITS)}")
        provider = cls(
            host=parts.hostname,
            port=port or _PORTS[parts.scheme],
            system_id=_fits("user", unquote(parts.username or ""), 15),
            password=_fits("password", unquote(parts.password or ""), 8),
            sender=_fits("sender", sender, 20),
            system_type=_fits("system-type", habits.pop("system-type", ""), 12),
            message_ids=message_ids,
            tls=parts.scheme == "smpps",
            ca=authorities(ca, "SMPP"),
            alphabet=Alphabet(alphabet) if alphabet else None,
        )
        if habits:
            raise SettingsError(f"unknown in the SMPP URL: {', '.join(sorted(habits))}")
        provider.trust()
        return provider


def _fits(what: str, value: str, most: int) -> str:
    # the codec cuts silently, and a bind then fails for a reason nobody can see
    if len(value) > most or not value.isascii() or "\x00" in value:
        raise SettingsError(f"the SMPP {what} takes at most {most} ASCII characters")
    return value
