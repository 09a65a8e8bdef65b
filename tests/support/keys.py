"""Sealing keys for tests that need no stack."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from shared.sealing import PublicKey, Sealer


def sealers(*services: str) -> dict[str, Sealer]:
    """One sealer a service; all know each other's public keys."""
    private = {service: X25519PrivateKey.generate() for service in services}
    public = [
        PublicKey(f"{service}.1", key.public_key().public_bytes_raw())
        for service, key in private.items()
    ]
    return {
        service: Sealer(service, {f"{service}.1": key}, public) for service, key in private.items()
    }
