"""Parser of SMS replies: one reply word and one code, and nothing else. Pure.

Case, order, punctuation and blanks do not matter, nor which alphabet a look-alike letter was typed
in. Anything more is not guessed at: «не беру» holds a yes, and «да не могу» is a no.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.notify.codes.keys import LENGTH
from shared.events.words import Answer
from shared.symbols import SYMBOLS, fold, meant

_TEXT_MAX = 200
_TYPED_MAX = 40
"""A reply word, a code and some to spare; longer is talk."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody means, and which case by: the code may still be wrong."""

    answer: Answer
    code: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The reply words of all languages, folded."""

    words: Mapping[str, Answer]

    @classmethod
    def of(cls, words: Mapping[str, Answer]) -> "Lexicon":
        """Raises `ValueError` when look-alikes give one spelling two meanings."""
        folded: dict[str, Answer] = {}
        for word, answer in words.items():
            spelling = fold(word)
            known = folded.setdefault(spelling, answer)
            if known is not answer or not spelling.isalnum() or _is_code(spelling):
                raise ValueError(f"{word!r} is no single word with one meaning")
        return cls(folded)


def parse(text: str, lexicon: Lexicon) -> Reply | None:
    """The reply in a text; None if it has no code, no word, two of either, or anything else."""
    tokens = re.findall(r"[^\W_]+", fold(text[:_TEXT_MAX]))
    if any(map(_is_code, tokens)):
        whole = set(_as_tokens(tokens, lexicon))
    else:
        whole = set(_run_together("".join(tokens), lexicon))
    return whole.pop() if len(whole) == 1 else None


def _as_tokens(tokens: list[str], lexicon: Lexicon) -> Iterator[Reply]:
    """Words and code set apart as they should be."""
    answers = {lexicon.words.get(token) for token in tokens if not _is_code(token)}
    codes = {meant(token) for token in tokens if _is_code(token)}
    if len(answers) == len(codes) == 1:
        answer = answers.pop()
        if answer is not None:
            yield Reply(answer, codes.pop())


def _run_together(typed: str, lexicon: Lexicon) -> Iterator[Reply]:
    """Blanks left out, or put inside the code."""
    if len(typed) > _TYPED_MAX:
        return
    for start in range(len(typed) - LENGTH + 1):
        candidate = typed[start : start + LENGTH]
        if not _is_code(candidate):
            continue
        before = _meanings(typed[:start], lexicon)
        after = _meanings(typed[start + LENGTH :], lexicon)
        for meaning in (one | other for one in before for other in after):
            if len(meaning) == 1:
                yield Reply(next(iter(meaning)), meant(candidate))


def _meanings(typed: str, lexicon: Lexicon) -> set[frozenset[Answer]]:
    """Every way to read ``typed`` as reply words and nothing else, as the answers they give."""
    ways: list[set[frozenset[Answer]]] = [{frozenset()}, *(set() for _ in typed)]
    for end in range(1, len(typed) + 1):
        for word, answer in lexicon.words.items():
            if typed.endswith(word, 0, end):
                ways[end] |= {way | {answer} for way in ways[end - len(word)]}
    return ways[-1]


def _is_code(token: str) -> bool:
    return len(token) == LENGTH and set(meant(token)) <= set(SYMBOLS)
