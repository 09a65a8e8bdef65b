"""Addresses: fields as a page's address has them, for the page itself to judge."""

from pydantic import BeforeValidator


def at_most(most: int) -> BeforeValidator:
    """Of a longer text so many characters are left and one more: it is wrong still, and the service
    to which it goes says so, in the words of its field."""
    return BeforeValidator(lambda text: text[: most + 1])
