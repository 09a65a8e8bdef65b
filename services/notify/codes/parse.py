"""Parser of SMS replies: what is certain in a text, and nothing else. Pure.

Case, order, punctuation, blanks and invisible signs do not matter, nor which alphabet a look-alike
letter was typed in. One reply word counts in any talk, signature or quotation; two that differ, or
one beside a word that makes it doubtful («не беру», «нет проблем»), count as none: the person is
asked.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.notify.codes.keys import LENGTH
from shared.events.words import Answer
from shared.symbols import SYMBOLS, fold, meant

_TEXT_MAX = 480
"""Longer is no reply: seven parts in Cyrillic."""
_TOKEN = re.compile(r"[^\W_]+")
_LONGEST = 3
"""Words of a phrase; of an ending it is one."""
_ENDING = "-"
_SAME_ACT = frozenset({Answer.REJECT, Answer.UNABLE})
"""Who says both says no."""

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody means, and which case by: the code may still be wrong.

    ``answer`` is none where no word, or more than one meaning, stands beside the code.
    """

    answer: Answer | None
    code: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The reply words of all languages, folded; and those beside which some are not certain."""

    words: Mapping[Phrase, Answer]
    doubts: Mapping[Phrase, frozenset[Answer]]
    endings: Mapping[str, frozenset[Answer]]

    @classmethod
    def of(
        cls, words: Mapping[str, Answer], doubts: Mapping[str, frozenset[Answer]] | None = None
    ) -> "Lexicon":
        """Raises `ValueError` when look-alikes give one spelling two meanings."""
        known: dict[Phrase, Answer] = {}
        for word, answer in words.items():
            phrase = _phrase(word)
            if known.setdefault(phrase, answer) is not answer or any(map(_is_code, phrase)):
                raise ValueError(f"{word!r} is no word with one meaning")
        doubtful: dict[Phrase, frozenset[Answer]] = {}
        endings: dict[str, frozenset[Answer]] = {}
        for word, answers in (doubts or {}).items():
            phrase = _phrase(word)
            if phrase in known:
                raise ValueError(f"{word!r} is a reply word and a doubt about it")
            if word.startswith(_ENDING):
                endings[phrase[0]] = answers
            else:
                doubtful[phrase] = doubtful.get(phrase, frozenset()) | answers
        return cls(known, doubtful, endings)

    def meaning(self, tokens: Sequence[str]) -> Answer | None:
        """The one answer that tokens give; none if they give none, several or a doubtful one.

        Digits and single letters count where nothing but reply words stands: in talk they are
        times, initials and prepositions.
        """
        said, doubtful, talk = self._read(tokens)
        answers = {answer for phrase, answer in said if not talk or len("".join(phrase)) > 1}
        if answers == _SAME_ACT:
            answers = {Answer.UNABLE}
        if len(answers) != 1:
            return None
        answer = answers.pop()
        return None if answer in doubtful else answer

    def _read(
        self, tokens: Sequence[str]
    ) -> tuple[list[tuple[Phrase, Answer]], frozenset[Answer], bool]:
        """Reply words, the longest first; which answers are in doubt; whether there is talk."""
        said: list[tuple[Phrase, Answer]] = []
        doubtful: frozenset[Answer] = frozenset()
        talk, at = False, 0
        while at < len(tokens):
            for length in range(_LONGEST, 0, -1):
                phrase = tuple(tokens[at : at + length])
                if phrase in self.words:
                    said.append((phrase, self.words[phrase]))
                    break
                if phrase in self.doubts:
                    doubtful |= self.doubts[phrase]
                    talk = True
                    break
            else:
                talk, length = True, 1
                doubtful |= self._by_ending(tokens[at])
            at += length
        return said, doubtful, talk

    def _by_ending(self, token: str) -> frozenset[Answer]:
        found = (answers for ending, answers in self.endings.items() if token.endswith(ending))
        return frozenset().union(*found)


def parse(text: str, lexicon: Lexicon) -> tuple[Reply, ...]:
    """Every code that may stand in a text, once, with what is said beside it; none for no code.

    Which of them is the sender's is for the caller to know: a number in a signature may look like
    a code.
    """
    tokens = _TOKEN.findall(fold(text[:_TEXT_MAX])[:_TEXT_MAX])
    found: dict[str, set[Answer | None]] = defaultdict(set)
    for code, others in _readings(tokens, lexicon):
        found[code].add(lexicon.meaning(others))
    return tuple(
        Reply(answers.pop() if len(answers) == 1 else None, code) for code, answers in found.items()
    )


def said(text: str, lexicon: Lexicon) -> Answer | None:
    """The one certain answer of a text without a code."""
    return lexicon.meaning(_TOKEN.findall(fold(text[:_TEXT_MAX])[:_TEXT_MAX]))


def _readings(tokens: list[str], lexicon: Lexicon) -> Iterator[tuple[str, list[str]]]:
    """Each way to see a code: whole, with blanks inside, or with a reply word run together."""
    for start, token in enumerate(tokens):
        others = tokens[:start], tokens[start + 1 :]
        if len(token) > LENGTH:
            for code, word in (
                (token[:LENGTH], token[LENGTH:]),
                (token[-LENGTH:], token[:-LENGTH]),
            ):
                if _is_code(code) and (word,) in lexicon.words:
                    yield meant(code), [*others[0], word, *others[1]]
            continue
        run = ""
        for end in range(start, len(tokens)):
            run += tokens[end]
            if len(run) >= LENGTH:
                if _is_code(run):
                    yield meant(run), tokens[:start] + tokens[end + 1 :]
                break


def _phrase(word: str) -> Phrase:
    """A spelling as tokens; `ValueError` for none, or for more than a phrase has."""
    phrase = tuple(_TOKEN.findall(fold(word)))
    if not 1 <= len(phrase) <= _LONGEST:
        raise ValueError(f"{word!r} is no word with one meaning")
    return phrase


def _is_code(token: str) -> bool:
    return len(token) == LENGTH and set(meant(token)) <= set(SYMBOLS)
