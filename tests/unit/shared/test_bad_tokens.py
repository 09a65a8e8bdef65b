"""Whatever a token is made of, it is a caller of ours or none: never a failure of the service.

Tokens are signed here by hand, with the right key: a claim that nobody would sign must not pass
because the signature is good. Headers are read before any signature, so they are anybody's.
"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from shared.errors import Invalid, Unauthenticated
from shared.key_files import b64
from shared.security.tokens import Caller, Signer, Ticket, Verifier

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
KEY = OKPKey.generate_key("Ed25519", {"kid": "console.1"}, auto_kid=False)
SIGNER, VERIFIER = Signer(KEY), Verifier([KEY])
HEADER = {"alg": "EdDSA", "kid": "console.1", "typ": "tirek-access"}
GOOD = {
    "sub": "st-a2b3c4d5", "organisation": "sezim-bishkek", "roles": ["worker"],
    "territories": ["41704"], "iss": "tirek-console", "aud": "tirek", "iat": AT, "exp": AT + 300,
}  # fmt: skip
TICKET = Ticket("i", "n", "s", "o", "sezim-bishkek", "crisis-centre", "st-a2b3c4d5")
DEEP = 3_000
NOT_SECONDS = [
    "Infinity", "-Infinity", "NaN", "1e400", "-1e400", "true", "false", "null", '"300"', "[]", "{}",
    f"{AT + 100}.5", "1e9", "-1", "0", "9" * 400, "-" + "9" * 400, "9" * 5000,
]  # fmt: skip
NOT_A_NAME = [
    "", " ", "a b", "a,b", ",", "st-\x00", "\x00", "st\ud800", "\udfff", "ст-1", "a\nb", "a" * 121,
    "'; --", "-a", True, None, 7, 1.5, [], ["a"], {}, {"a": "b"},
]  # fmt: skip


def signed(payload: str, header: str | None = None) -> str:
    """A token with these very texts in it, and a good signature."""
    head = json.dumps(HEADER) if header is None else header
    spoken = f"{b64(head.encode(errors='surrogatepass'))}.{b64(payload.encode())}"
    return f"{spoken}.{b64(KEY.private_key.sign(spoken.encode()))}"  # type: ignore[union-attr]


def with_claim(claim: str, text: str) -> str:
    """A good token but for one claim, given as JSON."""
    others = json.dumps({name: value for name, value in GOOD.items() if name != claim})
    return signed(f'{others[:-1]}, "{claim}": {text}}}')


def refused(text: str) -> None:
    """It is none, and says so in one way."""
    with pytest.raises(Unauthenticated):
        VERIFIER.token(text, NOW)
    with pytest.raises(Unauthenticated):
        VERIFIER.ticket(text, NOW)
    with pytest.raises(Unauthenticated):
        VERIFIER.call(text, NOW)


def test_one_signed_by_hand_is_good_as_long_as_its_claims_are() -> None:
    """Or all that is refused below would show nothing."""
    who = Caller("st-a2b3c4d5", "sezim-bishkek", frozenset({"worker"}), ("41704",))
    assert VERIFIER.token(signed(json.dumps(GOOD)), NOW) == who


@pytest.mark.parametrize("claim", ["exp", "iat"])
@pytest.mark.parametrize("text", NOT_SECONDS)
def test_a_time_that_is_none(claim: str, text: str) -> None:
    """Infinite, huge, negative, broken, or of another type."""
    refused(with_claim(claim, text))


@pytest.mark.parametrize("claim", ["sub", "organisation"])
@pytest.mark.parametrize("value", NOT_A_NAME, ids=lambda value: repr(value)[:12])
def test_a_name_that_is_none(claim: str, value: object) -> None:
    """NUL, a lone surrogate, a comma, too long, of another type, nested."""
    refused(with_claim(claim, json.dumps(value)))


@pytest.mark.parametrize("claim", ["roles", "territories"])
@pytest.mark.parametrize("value", [*NOT_A_NAME, "worker"], ids=lambda value: repr(value)[:12])
def test_names_that_are_none(claim: str, value: object) -> None:
    """One such name among good ones, or in place of the list; and ten thousand good ones."""
    refused(with_claim(claim, json.dumps(["worker", value])) if value != "worker" else
            with_claim(claim, json.dumps(value)))  # fmt: skip
    refused(with_claim(claim, json.dumps(["worker"] * 10_000)))
    refused(with_claim(claim, json.dumps([f"a{n}" for n in range(65)])))


@pytest.mark.parametrize("claim", sorted(GOOD))
def test_a_claim_that_is_missing_or_nested_without_end(claim: str) -> None:
    """Each of them is needed, and none is a maze."""
    refused(signed(json.dumps({name: value for name, value in GOOD.items() if name != claim})))
    refused(with_claim(claim, "[" * DEEP + "]" * DEEP))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "tirek-referral"),
        ("iss", "tirek"),
        ("iss", ["tirek-console"]),
        ("aud", "tirek-intake"),
        ("aud", "tirek "),
        ("aud", ["tirek"]),
        ("aud", None),
        ("iss", None),
    ],
)
def test_one_that_somebody_else_signed_or_that_is_for_others(claim: str, value: object) -> None:
    """The key alone does not say whom a token is for."""
    refused(with_claim(claim, json.dumps(value)))


@pytest.mark.parametrize(
    "payload", ["", "null", "[]", "7", '"x"', "{", "[" * DEEP, '{"a":' * 1000, "\x00"]
)
def test_claims_that_are_none(payload: str) -> None:
    """Whatever stands where the claims should."""
    refused(signed(payload))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "null",
        "[]",
        "{}",
        "[" * DEEP + "]" * DEEP,
        '{"kid":' * 600,
        '{"alg":"none","typ":"tirek-access"}',
        '{"alg":["EdDSA"]}',
        '{"alg":"EdDSA","kid":["console.1"]}',
        '{"alg":"EdDSA","kid":{"a":1},"typ":"tirek-access"}',
        '{"alg":"EdDSA","kid":"nobody","typ":"tirek-access"}',
        '{"alg":"EdDSA","kid":"console.1","crit":["b64"],"b64":false}',
        '{"alg":"EdDSA","kid":"console.1","crit":7}',
        '{"alg":"EdDSA","kid":"console.1","typ":"tirek-ticket"}',
        '{"alg":"EdDSA","kid":"console.1","typ":7}',
        '{"alg":"EdDSA","kid":"console.1","typ":"tirek-access\\u0000"}',
        '{"alg":"HS256","kid":"console.1"}',
    ],
)
def test_a_header_that_is_none(header: str) -> None:
    """Read before the signature is: anybody may send it."""
    refused(signed(json.dumps(GOOD), header))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "x"]), JSON))
def test_no_header_is_more_than_refused(header: dict[str, Any]) -> None:
    """Whatever stands in it."""
    refused(signed(json.dumps(GOOD), json.dumps(header)))


@given(changed=st.dictionaries(st.sampled_from(sorted(GOOD)), JSON, min_size=1))
def test_no_claim_is_more_than_refused(changed: dict[str, Any]) -> None:
    """Any value for any claims: a caller with names of ours, or none."""
    try:
        who = VERIFIER.token(signed(json.dumps(GOOD | changed)), NOW)
    except Unauthenticated:
        return
    for name in (who.staff_id, who.organisation, *who.roles, *who.territories):
        assert 0 < len(name) <= 120
        assert name.isascii()
        assert name.isprintable()
        assert "," not in name


@given(text=st.text(alphabet=st.characters(), max_size=300) | st.binary().map(str))
def test_no_text_is_more_than_refused(text: str) -> None:
    """Lone surrogates too: a header's bytes may be anything."""
    refused(text)
    refused(f"{text}.{text}.{text}")


def test_a_token_of_any_length_costs_nothing() -> None:
    """It is not looked into."""
    refused("a" * 9000)
    refused(signed(json.dumps(GOOD | {"more": "x" * 9000})))


@pytest.mark.parametrize("value", [each for each in NOT_A_NAME if isinstance(each, str)])
def test_what_no_service_would_believe_is_not_signed(value: str) -> None:
    """A territory with a comma would become two: it is refused where it is signed."""
    for caller in (
        Caller(value, "desk"),
        Caller("st-1", value),
        Caller("st-1", "desk", frozenset({value})),
        Caller("st-1", "desk", frozenset(), ("417", value)),
    ):
        with pytest.raises(Invalid):
            SIGNER.token(caller, NOW)
    with pytest.raises(Invalid):
        SIGNER.ticket(Ticket("i", "n", "s", value, "desk", "kind", "st-1"), NOW)


def test_a_ticket_is_no_token_and_a_token_no_ticket() -> None:
    """Kind, issuer and audience differ; where one key signs both, that is what tells them apart."""
    assert VERIFIER.ticket(SIGNER.ticket(TICKET, NOW), NOW) == TICKET
    for typ in ("tirek-access", "tirek-ticket"):
        payload = GOOD | {"iss": "tirek-referral", "aud": "tirek-intake"}
        header = json.dumps(HEADER | {"typ": typ})
        refused(signed(json.dumps(payload), header))
