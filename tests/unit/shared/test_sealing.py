"""Who may read an event reads all of it; everybody else reads nothing and changes nothing."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import OctKey
from joserfc.registry import HeaderParameter

from shared.key_files import b64, unb64
from shared.security.keyring import Keyring
from shared.security.sealing import CannotOpen, Sealer
from tests.support.keys import sealers

SEALERS = sealers("intake", "referral", "notify")


@given(plain=st.binary(max_size=2000), aad=st.binary(max_size=100))
def test_each_reader_opens_what_was_sealed_for_it(plain: bytes, aad: bytes) -> None:
    """Both readers get the very bytes."""
    sealed = SEALERS["referral"].seal(plain, ["intake", "notify"], aad)
    assert SEALERS["intake"].open(sealed, aad, by="referral") == plain
    assert SEALERS["notify"].open(sealed, aad, by="referral") == plain


def test_nobody_else_opens_it_not_even_its_producer() -> None:
    """A table of readers means what it says."""
    sealed = SEALERS["intake"].seal(b"for referral", ["referral"])
    for other in ("notify", "intake"):
        with pytest.raises(CannotOpen):
            SEALERS[other].open(sealed, by="intake")
        assert not SEALERS[other].is_for_us(sealed)
    assert SEALERS["referral"].is_for_us(sealed)


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_changed_bit_does_not_open(at: int, bit: int) -> None:
    """Whatever is altered on the way, ciphertext or bound attributes, is refused."""
    aad = b"ce_type and all the others"
    sealed = json.loads(SEALERS["intake"].seal(b"a body", ["referral"], aad))
    raw = bytearray(unb64(sealed["ciphertext"]))
    raw[at % len(raw)] ^= 1 << bit
    sealed["ciphertext"] = b64(bytes(raw))
    with pytest.raises(CannotOpen):
        SEALERS["referral"].open(json.dumps(sealed).encode(), aad, by="intake")


def test_other_attributes_than_those_sealed_do_not_open() -> None:
    """A changed header is an altered event."""
    sealed = SEALERS["intake"].seal(b"a body", ["referral"], b"type=a")
    with pytest.raises(CannotOpen):
        SEALERS["referral"].open(sealed, b"type=b", by="intake")


@given(garbage=st.binary(max_size=300))
def test_garbage_is_refused_by_name(garbage: bytes) -> None:
    """Bytes that are nothing of ours never raise anything but `CannotOpen`."""
    with pytest.raises(CannotOpen):
        SEALERS["notify"].open(garbage, by="intake")


def test_a_newer_key_seals_and_the_older_one_still_opens() -> None:
    """Keys rotate: new events use the newest, retained ones stay readable."""
    old, new, intake = (X25519PrivateKey.generate() for _ in range(3))
    public = {
        "intake.1": intake.public_key().public_bytes_raw(),
        "referral.1": old.public_key().public_bytes_raw(),
    }
    before = Sealer(Keyring("intake", {"intake.1": intake}, public)).seal(b"before", ["referral"])
    public = public | {"referral.2": new.public_key().public_bytes_raw()}
    after = Sealer(Keyring("intake", {"intake.1": intake}, public)).seal(b"after", ["referral"])
    reader = Sealer(Keyring("referral", {"referral.2": new, "referral.1": old}, public))
    assert [reader.open(each, by="intake") for each in (before, after)] == [b"before", b"after"]


def test_it_is_the_jwe_that_others_read() -> None:
    """An independent JOSE library opens it with the pair's key: RFC 7516, nothing of our own."""
    aad = b'{"type":"tirek.offer.requested.v1"}'
    sealed = json.loads(SEALERS["referral"].seal(b"a body", ["intake", "notify"], aad))
    pair = SEALERS["notify"]._ring().pair("notify.1", "referral.1", "referral.1").wrapping
    sealed["recipients"] = [
        each for each in sealed["recipients"] if each["header"]["kid"] == "notify.1"
    ]
    registry = jwe.JWERegistry(
        {
            "skid": HeaderParameter("sender's key id", "str"),
            "mac": HeaderParameter("proof of the sender to this reader", "str"),
        },
        algorithms=["A256KW", "A256GCM"],
    )
    opened = jwe.decrypt_json(sealed, OctKey.import_key(pair), registry=registry)
    assert opened.plaintext == b"a body"
    assert opened.aad == aad
