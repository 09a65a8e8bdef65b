"""Replies as people type them."""

import itertools
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notify.codes.keys import LENGTH
from services.notify.codes.parse import Lexicon, Reply, parse, said
from shared.events.words import Answer
from shared.jurisdiction import load_jurisdiction
from shared.symbols import SYMBOLS

TEXTS = load_jurisdiction(Path("deploy/jurisdictions/kg")).texts
WORDS = TEXTS.answers
LEXICON = Lexicon.of(WORDS, TEXTS.doubts)
CODE = "K7M4P2X"
CYRILLIC = dict(zip("ABCEHKMOPTYX3", "АВСЕНКМОРТУХЗ", strict=True))

codes = st.text(SYMBOLS, min_size=LENGTH, max_size=LENGTH)
words = st.sampled_from(sorted(WORDS))
spoken = st.sampled_from(sorted(word for word in WORDS if len(word) > 1))
"""Words that count also among others."""
talk = st.sampled_from(
    [
        "спасибо",
        "барам",
        "Лейтенант Сыдыкбай Ү.",
        "thank you",
        "тел. 0312 66-33-21",
        "до 07:33 в 2",
        "…",
    ]
)
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
        (f"Ооба, барам {CODE}", Answer.ACCEPT),
        (f"да спасибо {CODE}", Answer.ACCEPT),
        (f"Беру. {CODE}\n--\nЛейтенант А. Сыдыкбай, тел. 0312 66-33-21", Answer.ACCEPT),
        (f"да, буду через 2 часа {CODE}", Answer.ACCEPT),
        (f"да\n> Info: Срочно. Ответ до 07:33: {CODE}", Answer.ACCEPT),
        (f"net {CODE}", Answer.REJECT),
        (f"Da! {CODE}", Answer.ACCEPT),
        (f"OOBA {CODE}", Answer.ACCEPT),
        (f"jok, rahmat {CODE}", Answer.REJECT),
        (f"да\u200b \u202a{CODE}\u202c", Answer.ACCEPT),
        (f"д\u00adа\u0301 {CODE[:3]}\u200b{CODE[3:]}", Answer.ACCEPT),
        (f"да{CODE} спасибо", Answer.ACCEPT),
        (f"Еду! {CODE}", Answer.ON_THE_WAY),
        (f"on the way {CODE}", Answer.ON_THE_WAY),
        (f"жолдомун {CODE}", Answer.ON_THE_WAY),
        (f"Я на месте, {CODE}", Answer.ARRIVED),
        (f"жеттим {CODE}", Answer.ARRIVED),
        (f"there {CODE}", Answer.ARRIVED),
        (f"не могу {CODE}", Answer.UNABLE),
        (f"нет, не могу {CODE}", Answer.UNABLE),
        (f"бара албайм {CODE}", Answer.UNABLE),
        (f"I can’t, {CODE}", Answer.UNABLE),
    ],
)
def test_a_word_and_a_code_in_any_dress(text: str, answer: Answer) -> None:
    """Every word the messages show is understood, as is the code in the other alphabet."""
    assert Reply(answer, CODE) in parse(text, LEXICON)


def test_signs_that_codes_do_not_have_are_read_as_those_they_were_taken_for() -> None:
    """8 for B, and З for 3."""
    assert parse("ДА 8ЗКМРТХ", LEXICON) == (Reply(Answer.ACCEPT, "B3KMPTX"),)


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        f"принял {CODE}",
        f"не беру {CODE}",
        f"да не могу {CODE}",
        f"нет проблем, еду {CODE}",
        f"нет проблем {CODE}",
        f"маселе жок {CODE}",
        f"ооба, бирок эртең {CODE}",
        f"ооба, келбейм {CODE}",
        f"да кто это {CODE}",
        f"буду через 2 часа {CODE}",
        f"буду на месте через час {CODE}",
        f"Yes, I'll be there {CODE}",
        f"у меня {CODE}",
        f"2 часа {CODE}",
        f"да нет {CODE}",
        f"да\n> Kezek: Срочно. Ответ до 07:33: БЕРУ/НЕТ/ПОЛУЧИЛ {CODE}",
        f"код {CODE} верен. Ответьте: ДА или НЕТ",
    ],
)
def test_a_right_code_without_one_certain_word_is_asked_about(text: str) -> None:
    """No word, two that differ, a doubtful one, a quoted alert: nothing is ever guessed."""
    assert parse(text, LEXICON) == (Reply(None, CODE),)


@pytest.mark.parametrize("text", ["", "да", f"ДА {CODE[:6]}", "да " * 200 + CODE])
def test_no_code_is_no_reply(text: str) -> None:
    """A bare yes, half a code, what never ends."""
    assert parse(text, LEXICON) == ()


@pytest.mark.parametrize(
    ("text", "answer"),
    [("Ооба", Answer.ACCEPT), ("да, еду к ней", None), ("ok", Answer.ACCEPT), ("привет", None)],
)
def test_a_bare_word_is_told_from_talk(text: str, answer: Answer | None) -> None:
    """Only who says a reply word is sent their code."""
    assert said(text, LEXICON) is answer


def test_two_ways_to_see_a_code_are_both_told() -> None:
    """Which one is the sender's is for the register of codes to say."""
    assert {each.code for each in parse("22345672", LEXICON)} == {"2234567", "2345672"}
    assert {each.code for each in parse(f"ДА {CODE} B3KMPTX", LEXICON)} == {CODE, "B3KMPTX"}


@given(codes, words, gaps, st.booleans(), st.lists(st.booleans(), min_size=1).map(tuple))
@example("2222222", "2", " ", True, (False,))
def test_any_code_with_any_word_is_read(
    code: str, word: str, gap: str, code_first: bool, swaps: tuple[bool, ...]
) -> None:
    """Order, separators, case and alphabet never change the meaning."""
    parts = [look_alike(code, swaps), look_alike(word.upper(), swaps)]
    text = gap.join(parts if code_first else reversed(parts)).swapcase()
    assert Reply(WORDS[word], code) in parse(text, LEXICON)


@given(codes, spoken, talk, st.booleans(), st.sampled_from(["", "\u200b", "\u00ad", "\u0301"]))
def test_one_word_counts_in_any_talk(
    code: str, word: str, more: str, first: bool, unseen: str
) -> None:
    """Thanks, a signature, a time; with signs inside the word that nobody sees."""
    parts = [word[:1] + unseen + word[1:], code, more]
    text = " ".join(reversed(parts) if first else parts)
    assert Reply(WORDS[word], code) in parse(text, LEXICON)


DOUBTS = sorted(word for word, about in TEXTS.doubts.items() if word[0] != "-" and len(about) > 1)


@given(codes, words, st.sampled_from([*DOUBTS, "ok?но", "барбайм"]), st.booleans())
def test_one_word_of_doubt_makes_it_unclear(code: str, word: str, more: str, first: bool) -> None:
    """It is asked about; and what the two make together may only be a phrase of the lexicon."""
    for reply in parse(f"{more} {word} {code}" if first else f"{word} {code} {more}", LEXICON):
        if reply.code == code:
            assert reply.answer is None or f"{more} {word}" in WORDS


NAY = {Answer.REJECT, Answer.UNABLE}


@given(codes, spoken, spoken, talk)
def test_two_words_that_differ_are_never_taken_for_one(
    code: str, one: str, other: str, more: str
) -> None:
    """Never both, never the first, never the last; two ways to say no are a no."""
    meant = {WORDS[one], WORDS[other]}
    certain = meant == NAY or len(meant) == 1
    expected = Answer.UNABLE if meant == NAY else WORDS[one]
    for reply in parse(f"{one}, {more} {other} {code}", LEXICON):
        if reply.code == code:
            assert reply.answer is (expected if certain else None)


@given(st.text(max_size=300))
def test_any_text_ends_in_codes_that_could_be(text: str) -> None:
    """No text breaks the reader, and it tells each code once."""
    found = [reply.code for reply in parse(text, LEXICON)]
    assert len(found) == len(set(found))
    assert all(len(code) == LENGTH and set(code) <= set(SYMBOLS) for code in found)


def test_a_word_with_two_meanings_is_refused_at_start() -> None:
    """Look-alikes count: HET in Latin letters looks like «НЕТ»."""
    with pytest.raises(ValueError, match="one meaning"):
        Lexicon.of({"нет": Answer.REJECT, "HET": Answer.ACCEPT})
    with pytest.raises(ValueError, match="one meaning"):
        Lexicon.of({CODE: Answer.ACCEPT})
    with pytest.raises(ValueError, match="a doubt"):
        Lexicon.of({"нет": Answer.REJECT}, {"HET": frozenset({Answer.ACCEPT})})
