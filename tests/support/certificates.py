"""An authority of one's own, and the certificates of servers that it signs; made anew each time."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

LOCAL = "127.0.0.1"
_YEAR = timedelta(days=365)


class Authority:
    """Signs for any name. ``pem`` is what its clients trust."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = f"Authority {x509.random_serial_number()}"  # two of one name would be mixed up
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        certificate = (
            _certificate(self._name, self._key, days=0)
            .issuer_name(self._name)
            .add_extension(constraints, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.pem = certificate.public_bytes(Encoding.PEM).decode()

    def serving(self, folder: Path, name: str = LOCAL, *, days: int = 0) -> ssl.SSLContext:
        """What a server called ``name`` serves by; its certificate is valid ``days`` later."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        try:
            called: x509.GeneralName = x509.IPAddress(ip_address(name))
        except ValueError:
            called = x509.DNSName(name)
        certificate = (
            _certificate(subject, key, days=days)
            .issuer_name(self._name)
            .add_extension(x509.SubjectAlternativeName([called]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = folder / "server.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _certificate(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int
) -> x509.CertificateBuilder:
    begins = datetime.now(UTC) + timedelta(days=days - 1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + _YEAR)
    )
