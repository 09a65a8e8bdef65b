"""Parsers of what comes from outside cost no more than it is long, or refuse it at once."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from services.notify.channels.sms import MessageIds, inbound, wire
from services.notify.channels.sms.wire import Malformed, Pdu
from services.notify.codes.parse import Lexicon, parse
from shared.bus.wire import decode_envelope
from shared.clock import wall
from shared.errors import Invalid, Unauthenticated, Unprocessable
from shared.events.words import Answer
from shared.http.fitness import unfit
from shared.jurisdiction.config_files import BadFile, parse_yaml
from shared.jurisdiction.phones import normalise
from shared.jurisdiction.recurrence import WATCHES, beginnings, check_rule
from shared.key_files import b64
from shared.security.names import member_keys, mention_keys
from shared.security.tags import fold_name
from shared.security.tokens import LONGEST, Verifier
from tests.support.steps import assert_linear, lines

Make = Callable[[int], Any]
NOWHERE = Path("nowhere.yaml")


def body(text: str) -> bytes:
    """A body, as it comes."""
    return text.encode()


def names(count: int) -> str:
    """So many fields, the last one twice."""
    return ",".join(f'"{number}":0' for number in [*range(count), count - 1])


@pytest.mark.parametrize(
    "make",
    [
        lambda n: body("{" + names(n) + "}"),
        lambda n: body("[" + ",".join("{" + names(3) + "}" for _ in range(n)) + "]"),
        lambda n: body('{"' + "a" * n * 8 + '":[' + ",".join("0" * 1 for _ in range(n * 4)) + "]}"),
        lambda n: body('{"' + "a" * n * 8 + '":{"b":[' + ",".join(["[]"] * n * 3) + "]}}"),
        lambda n: body('["' + "a" * n * 16 + '\\u0000"]'),
        lambda n: body('"' + "\\ud800" * n * 3 + '"'),
        lambda n: body("[" * n * 16),
        lambda n: body('{"a":' * n * 3),
        lambda n: body("1" * n * 16),
        lambda n: body("0." + "1" * n * 16 + "e9"),
        lambda n: body("[" + ",".join(["1e9999"] * n * 2) + "]"),
    ],
    ids=range(11),
)
def test_json(make: Make) -> None:
    """Twins were looked for by the square; a long name was copied for each value under it."""
    assert_linear(make, unfit, 2000)


def test_a_twin_among_many_is_named() -> None:
    """The one that cost 11 s: 33,000 names and one of them twice."""
    refusal = unfit(body("{" + names(33_000) + "}"))
    assert refusal is not None
    assert json.loads(bytes(refusal.body))["errors"][0]["field"] == "32999"


def verified(token: str) -> object:
    """What a verifier that holds another key says."""
    return Verifier([OKPKey.generate_key("Ed25519")]).token(token, wall())


@pytest.mark.parametrize(
    "token",
    [
        "a" * 200_000,
        "." * 200_000,
        b64(json.dumps({"alg": "EdDSA", "kid": "k" * 200_000}).encode()) + "..",
        b64(json.dumps({str(number): 0 for number in range(20_000)}).encode()) + ".e30.AA",
        b64(b"[" * 9000) + ".e30.AA",
        b64(b'{"a":' * 2000) + ".e30.AA",
        b64(b'{"alg":"EdDSA","exp":' + b"1" * 9000 + b"}") + ".e30.AA",
    ],
    ids=range(7),
)
def test_a_token_that_is_none_is_refused_at_once(token: str) -> None:
    """Longer than any of ours: not looked into. Nested, or a number without end: no 500."""
    with pytest.raises(Unauthenticated):
        verified(token)
    if len(token) > LONGEST:
        assert lines(lambda: verified(token)) <= lines(lambda: verified("a" * (LONGEST + 1)))


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "a: &a {x: 1}\nb:\n  <<: [*a, *a]\n",
        "a: &a [*a]\n",
        "a: 1" + ":59" * 50_000,
        "a: 1" + ":59" * 50_000 + ".5",
        "a: " + "1" * 100_000,
        "a: 2026-13-45",
        "[" * 50_000,
        "{a: " * 50_000,
        "- " * 50_000,
    ],
    ids=range(10),
)
def test_yaml_says_no_more_than_it_is_long(text: str) -> None:
    """Aliases, which let ten lines fill any memory, and numbers to the base of 60 are refused.

    In one line, as whatever else cannot be.
    """
    with pytest.raises(BadFile):
        parse_yaml(text, NOWHERE)


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "a: [" + ",".join(["x"] * n) + "]",
        lambda n: "".join(f"k{number}: v\n" for number in range(n)),
        lambda n: "a: |\n" + "  text\n" * n,
    ],
    ids=range(3),
)
def test_yaml(make: Make) -> None:
    """Long lists, many keys, long texts."""
    assert_linear(make, lambda text: parse_yaml(text, NOWHERE), 50)


STARTS = [datetime(2000, 1, 1, 8), datetime(2000, 2, 29, 8), datetime(2025, 2, 1, 8)]  # noqa: DTZ001
WHEN = datetime(2099, 11, 1), datetime(2099, 11, 3)  # noqa: DTZ001
STEPS = 1_500_000
"""Lines of dateutil. FREQ=DAILY took two million for a century; a fifth Monday of every fourth
February but leap ones is looked for until the year 9999, which is this much at most."""


@pytest.mark.parametrize("frequency", ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
@pytest.mark.parametrize("interval", ["1", "2", "7", "12", "48", "400", "994", "999"])
@pytest.mark.parametrize("by", ["", ";BYDAY=MO", ";BYDAY=5MO", ";BYDAY=-5SU", ";COUNT=999"])
def test_a_watch_is_found_without_counting_up_from_its_beginning(
    frequency: str, interval: str, by: str
) -> None:
    """Whichever rule is taken over HTTP, a century after its beginning."""
    rule = f"FREQ={frequency};INTERVAL={interval}{by}"
    for starts in STARTS:
        try:
            check_rule(rule, WATCHES, starts)
        except ValueError:
            continue
        assert lines(partial(beginnings, rule, starts, *WHEN)) < STEPS


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "FREQ=DAILY;" + "BYDAY=MO," * n,
        lambda n: "FREQ=DAILY;BYDAY=" + ",".join(["MO"] * n),
        lambda n: ";" * n,
        lambda n: "FREQ=DAILY;INTERVAL=" + "1" * n,
    ],
    ids=range(4),
)
def test_rules(make: Make) -> None:
    """Before one is taken it is read, and it may be as long as a body."""
    assert_linear(make, lambda rule: check_rule(rule, WATCHES, STARTS[0]), 200)


@pytest.mark.parametrize("letter", ["1", " ", "+", "-", "(", "٣", "a", "+1 ", "1x"])
def test_phones(letter: str) -> None:
    """What is longer than a number with its blanks never reaches the library."""
    for text in (letter * 100_000, "+" + letter * 100_000):
        with pytest.raises(Invalid):
            normalise(text, "996", 9)
        assert lines(partial(normalise, text, "996", 9)) < 50


@pytest.mark.parametrize("letter", ["а ", "\ufdfa", "\u0301\u0316", "ß", "дж", "_", "a", "İ"])
def test_names(letter: str) -> None:
    """A name is 200 letters at most: whatever they grow to, it is bounded, and so are its words."""
    assert lines(lambda: fold_name(letter * 100)) < 1000
    assert len(fold_name(letter * 100)) <= 8


@pytest.mark.parametrize("keys", [mention_keys, member_keys.__wrapped__])
@pytest.mark.parametrize(
    "letter",
    ["а ", "аб ", "Аб-", "\ufdfa", "\u0301\u0316", "ß", "дж", "_", "A. ", "İ", "\u00ad", "-"],
)
def test_keys_of_names(keys: Callable[[str], tuple[str, ...]], letter: str) -> None:
    """However long, and whatever it is made of; beyond its bound nothing is looked at."""
    assert_linear(lambda n: letter * n, keys, 12)
    assert len(keys(letter * 20_000)) <= len(keys(letter * 2000)) <= 1000


LEXICON = Lexicon.of({"ооба": Answer.ACCEPT, "жок": Answer.REJECT, "да": Answer.ACCEPT})


@pytest.mark.parametrize("letter", ["а", "ооба ", "да", "AB2C", "\ufdfa", "\u0301\u0316", "_", " "])
def test_texts(letter: str) -> None:
    """A text of any length costs what its beginning costs."""
    long, longer = letter * 1000, letter * 16_000
    parse(long, LEXICON)
    assert lines(lambda: parse(longer, LEXICON)) <= 2 * lines(lambda: parse(long, LEXICON)) + 100


def deliver(octets: bytes, options: bytes, receipt: int = 0x04) -> Pdu:
    """A deliver_sm with this text and these options."""
    fixed = b"\0" + b"\1\1996000100999\0" + b"\1\1700\0" + bytes([receipt, 0, 0]) + b"\0\0"
    return Pdu(wire.DELIVER_SM, 0, 1, fixed + bytes(5) + bytes([len(octets)]) + octets + options)


def payload(octets: bytes) -> bytes:
    """The option in which a long text comes."""
    return b"\x04\x24" + len(octets).to_bytes(2, "big") + octets


@pytest.mark.parametrize(
    "make",
    [
        lambda n: deliver(b"id:7", b"\x14\x00\x00\x00" * n),
        lambda n: deliver(b"", payload(b"id:" + b" " * n * 4)),
        lambda n: deliver(b"", payload(b"id: " * n)),
        lambda n: deliver(b"", payload(b"stat" * n)),
        lambda n: deliver(b"", payload(b"\x1b" * n * 4), receipt=0),
        lambda n: deliver(b"", payload(b"id:7 " + b"stat:. " * (n // 2)), receipt=0),
        lambda n: deliver(b"", payload(b"\xff" + b"\x70\x00" * n * 2), receipt=0x40),
        lambda n: deliver(b"", payload(b"\xd0\x94\xc4" * n), receipt=0),
    ],
    ids=range(8),
)
def test_deliveries(make: Make) -> None:
    """Receipts and texts of 60 KiB, and a frame full of options."""

    def read(pdu: Pdu) -> None:
        try:
            inbound.read(wire.deliver(pdu), MessageIds.SAME)
        except Malformed:
            pass

    assert_linear(make, read, 900)


@pytest.mark.parametrize(
    "make",
    [
        lambda n: [(f"ce_{number}", b"x") for number in range(n)],
        lambda n: [("ce_time", b"1" * n * 16), ("ce_id", b"x" * n)],
        lambda n: [("ce_producerseq", b"1" * n * 16)],
    ],
    ids=range(3),
)
def test_headers_of_events(make: Make) -> None:
    """Many, or long ones."""

    def read(headers: list[tuple[str, bytes]]) -> None:
        with pytest.raises(Unprocessable):
            decode_envelope("tirek.notify", b"key", headers)

    assert_linear(make, read, 1000)
