"""Sealing keys for tests that need no stack."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from shared.security.keyring import Keyring
from shared.security.sealing import Sealer


def sealers(*services: str) -> dict[str, Sealer]:
    """One sealer a service; all know each other's public keys."""
    private = {f"{service}.1": X25519PrivateKey.generate() for service in services}
    public = {kid: key.public_key().public_bytes_raw() for kid, key in private.items()}
    return {
        service: Sealer(
            Keyring(service, {f"{service}.1": private[f"{service}.1"]}, public, binds=public.keys())
        )
        for service in services
    }
