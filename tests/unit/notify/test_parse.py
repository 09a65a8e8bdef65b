"""Replies as people type them."""

import itertools
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notify.codes.keys import LENGTH
from services.notify.codes.parse import Lexicon, Reply, parse
from shared.events.words import Answer
from shared.jurisdiction import load_jurisdiction
from shared.symbols import SYMBOLS

WORDS = load_jurisdiction(Path("deploy/jurisdictions/kg")).texts.answers
LEXICON = Lexicon.of(WORDS)
CODE = "K7M4P2X"
CYRILLIC = dict(zip("ABCEHKMOPTYX3", "АВСЕНКМОРТУХЗ", strict=True))

codes = st.text(SYMBOLS, min_size=LENGTH, max_size=LENGTH)
words = st.sampled_from(sorted(WORDS))
gaps = st.text(" .,:;!?-–_/\n\t()«»\"'", min_size=1, max_size=3)


def look_alike(text: str, swaps: tuple[bool, ...]) -> str:
    """Some letters typed in the other alphabet."""
    return "".join(
        CYRILLIC.get(letter, letter) if swap else letter
        for letter, swap in zip(text, itertools.cycle(swaps), strict=False)
    )


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (f"ДА {CODE}", Answer.ACCEPT),
        (f"{CODE} нет", Answer.REJECT),
        (f"Вижу, {CODE}.", Answer.RECEIVED),
        (f"ооба {CODE}", Answer.ACCEPT),
        (f"ЖОК-{CODE}", Answer.REJECT),
        (f"Көрдүм {CODE}", Answer.RECEIVED),
        (f"кордум {CODE}", Answer.RECEIVED),
        (f"Yes!!! ({CODE.lower()})", Answer.ACCEPT),
        (f"no {CODE}", Answer.REJECT),
        (f"{CODE}\nSEEN", Answer.RECEIVED),
        (f"1 {CODE}", Answer.ACCEPT),
        (f"{CODE} 2", Answer.REJECT),
        (f"3{CODE}", Answer.RECEIVED),
        (f"да{CODE}", Answer.ACCEPT),
        ("ДА K7M 4P2X", Answer.ACCEPT),
        ("К7М4Р2Х да, да", Answer.ACCEPT),
    ],
)
def test_a_word_and_a_code_in_any_dress(text: str, answer: Answer) -> None:
    """Every word the messages show is understood, as is the code in the other alphabet."""
    assert parse(text, LEXICON) == Reply(answer, CODE)


def test_signs_that_codes_do_not_have_are_read_as_those_they_were_taken_for() -> None:
    """8 for B, and З for 3."""
    assert parse("ДА 8ЗКМРТХ", LEXICON) == Reply(Answer.ACCEPT, "B3KMPTX")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "да",
        CODE,
        f"не беру {CODE}",
        f"да не могу {CODE}",
        f"нет проблем, еду {CODE}",
        f"буду через 2 часа {CODE}",
        f"да нет {CODE}",
        f"ДА {CODE} B3KMPTX",
        f"ДА {CODE[:6]}",
        "да " * 200 + CODE,
        "22345672",
    ],
)
def test_what_is_not_plain_is_never_guessed_at(text: str) -> None:
    """A bare yes, talk, two answers, two codes, half a code: the person is asked again."""
    assert parse(text, LEXICON) is None


@given(codes, words, gaps, st.booleans(), st.lists(st.booleans(), min_size=1).map(tuple))
@example("2222222", "2", " ", True, (False,))
def test_any_code_with_any_word_is_read(
    code: str, word: str, gap: str, code_first: bool, swaps: tuple[bool, ...]
) -> None:
    """Order, separators, case and alphabet never change the meaning."""
    parts = [look_alike(code, swaps), look_alike(word.upper(), swaps)]
    text = gap.join(parts if code_first else reversed(parts)).swapcase()
    assert parse(text, LEXICON) == Reply(WORDS[word], code)


@given(codes, words, st.sampled_from(["не", "not", "эмес", "может", "ok?но", "5"]), st.booleans())
def test_one_strange_word_makes_it_unclear(code: str, word: str, more: str, first: bool) -> None:
    """Nothing is accepted that was not said plainly."""
    assert parse(f"{more} {word} {code}" if first else f"{word} {code} {more}", LEXICON) is None


@given(st.text(max_size=300))
def test_any_text_ends_in_a_reply_or_in_nothing(text: str) -> None:
    """No text breaks the reader, and whatever it reads is a code that could be."""
    reply = parse(text, LEXICON)
    assert reply is None or (len(reply.code) == LENGTH and set(reply.code) <= set(SYMBOLS))


def test_a_word_with_two_meanings_is_refused_at_start() -> None:
    """Look-alikes count: HET in Latin letters looks like «НЕТ»."""
    with pytest.raises(ValueError, match="one meaning"):
        Lexicon.of({"нет": Answer.REJECT, "HET": Answer.ACCEPT})
    with pytest.raises(ValueError, match="one meaning"):
        Lexicon.of({CODE: Answer.ACCEPT})
