"""Trust: by which authorities a gateway's certificate is judged, and why one is refused."""

import ssl
from pathlib import Path

from shared.settings import SettingsError

_CERTIFICATE = {
    9: "certificate not valid yet",
    10: "certificate expired",
    62: "certificate of another name",
    64: "certificate of another address",
}
"""Why OpenSSL refused a certificate (X509_V_ERR_*); all else is a matter of trust."""


def authorities(given: str | None, gateway: str) -> str | None:
    """Certificates in PEM, given as they are or as the path of a file with them; none without.

    Raises `SettingsError`, which names the ``gateway``, for a file that cannot be read.
    """
    if not given or "-----BEGIN" in given:
        return given or None
    try:
        return Path(given).read_text(encoding="ascii")
    except (OSError, ValueError):
        raise SettingsError(f"the file of authorities of {gateway} cannot be read") from None


def trusting(pem: str | None, gateway: str) -> ssl.SSLContext:
    """TLS that believes these authorities alone, or without any this machine's.

    Raises `SettingsError` for what is no certificate.
    """
    try:
        return ssl.create_default_context(cadata=pem)
    except (ssl.SSLError, ValueError):  # no PEM, none in it, or letters that are not ASCII
        raise SettingsError(f"the authorities of {gateway} are no certificates in PEM") from None


def refusal(problem: ssl.SSLError) -> str:
    """Why there is no TLS, in words for a log."""
    if isinstance(problem, ssl.SSLCertVerificationError):
        return _CERTIFICATE.get(problem.verify_code, "certificate not trusted")
    return "no TLS there"
