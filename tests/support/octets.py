"""Header names as a client in another language may write them: any bytes."""


class Octets(str):
    """A name that encodes to bytes of one's choice; only aiokafka's slow builder asks it to."""

    _raw: bytes

    def __new__(cls, raw: bytes) -> "Octets":
        """The text is what is left when the rest is dropped."""
        made = super().__new__(cls, raw.decode("utf-8", "ignore"))
        made._raw = raw
        return made

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """The bytes."""
        _ = (encoding, errors)
        return self._raw
