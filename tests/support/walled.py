"""An office behind a wall: the web only through a proxy, TLS opened by an authority of its own."""

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shared.clock import wall

NAME = "mirror.invalid"
"""Resolves nowhere (RFC 2606): who does not ask the proxy does not get there."""
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True, slots=True)
class Walled:
    """What somebody in that office has to set, and nothing that this machine has set."""

    proxy: str
    authority: Path
    url = f"https://{NAME}"

    @staticmethod
    def bare() -> dict[str, str]:
        """This process's environment without a proxy, an authority or a setting of pip."""
        gone = {*PROXIES, *(name.lower() for name in PROXIES), *AUTHORITIES}
        return {
            name: value
            for name, value in os.environ.items()
            if name not in gone and not name.startswith("PIP_")
        } | {"PIP_CONFIG_FILE": os.devnull}


@contextmanager
def walled(content: Path, folder: Path) -> Iterator[Walled]:
    """Serves ``content`` at `Walled.url`, behind the wall; ``folder`` takes the certificate."""
    certificate = _certificate(folder)
    files = partial(SimpleHTTPRequestHandler, directory=str(content))
    with ThreadingHTTPServer(("127.0.0.1", 0), files) as behind:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        behind.socket = context.wrap_socket(behind.socket, server_side=True)
        tunnel = partial(_Proxy, behind.server_port)
        front = ThreadingHTTPServer(("127.0.0.1", 0), tunnel)
        with _serving(behind), front, _serving(front):
            yield Walled(f"http://127.0.0.1:{front.server_port}", certificate)


@contextmanager
def _serving(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


class _Proxy(BaseHTTPRequestHandler):
    """Takes ``CONNECT mirror.invalid:443`` and nothing else."""

    def __init__(self, behind: int, *given: Any) -> None:
        self._behind = behind
        super().__init__(*given)

    def do_CONNECT(self) -> None:
        """Passes everything on, both ways, until one side closes."""
        if self.path != f"{NAME}:443":
            self.send_error(403)
            return
        with socket.create_connection(("127.0.0.1", self._behind)) as server:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_pass_on, args=(server, self.connection))
            back.start()
            _pass_on(self.connection, server)
            back.join()
        self.close_connection = True


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    try:
        while octets := source.recv(65_536):
            sink.sendall(octets)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the other side has gone


def _certificate(folder: Path) -> Path:
    """A key and a certificate that signs itself, in one file: server's own and authority's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(wall() - timedelta(days=1))
        .not_valid_after(wall() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "office.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(pem)
    )
    return path
