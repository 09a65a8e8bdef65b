"""Names as people write them: the keys under which two spellings of one person meet.

Гульнара, Гүлнара, Гyльнара with a Latin y and Gulnara are one. A mention and an entry of the
register meet in at least one key if they can mean the same person. Pure, and linear in the length.

The two sides have keys of their own, because half a name must meet a whole one, and two whole ones
must not meet in a half: "Гульнара" alone means each Гульнара, "Гульнара Асанова" only herself.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise, permutations

LETTERS_MAX = 400
"""More than any name that is taken (200), after compatibility forms are spelt out."""
_LIKELY_MAX = 8
PAIR = "2|"
"""Begins the keys that take two words of a name."""
_NEAR = 2
"""Words of a description that stand so near each other may be two words of one name."""
_SHORT = 4
"""Letters of a part that is written apart as often as not: Нур Султан, Ай Гүл."""
_STEM_MIN = 3

# --- one word ------------------------------------------------------------------------------------

_CYRILLIC_FOR = str.maketrans(
    "ABCEHKMOPTXYaceopxykmthnrugbi03",
    "АВСЕНКМОРТХУасеорхукмтнпгидьі" + "оз",
)
"""What a Latin letter, or a digit, stands for inside a Cyrillic word, by its looks."""
_LATIN_FOR = str.maketrans("АВСЕНКМОРТХУасеорхуіј", "ABCEHKMOPTXYaceopxyij")
_LOOKS_LATIN = frozenset("АВСЕНКМОРТХУасеорхуіј")
_LOOKS_CYRILLIC = frozenset("ABCEHKMOPTXYaceopxykmt")
_SIGNS = re.compile("[ьъЬЪ'`´\"\u02b9-\u02bf\u02c8\u02ca\u02cb\u2018-\u201f\u2032\u2033\uff07]")
"""Soft and hard signs, and what stands for them in Latin: nothing is heard of them."""
_MARKED = str.maketrans(
    {"ё": "е", "ş": "sh", "š": "sh", "ç": "ch", "č": "ch", "ž": "zh", "ǰ": "zh", "ı": "i"}
)
"""Letters that mean another one once their mark is gone."""
_GROUPS = {
    "shch": "S", "sch": "S", "sh": "S", "tch": "C", "ch": "C", "dzh": "J", "dj": "J", "zh": "J",
    "kh": "k", "gh": "g", "ph": "p", "th": "t", "ck": "k", "tz": "s", "yo": "I",
    "ce": "sI", "ci": "sI", "cy": "sI", "дж": "J",
}  # fmt: skip
_LETTERS = {
    **dict.fromkeys("аәa", "A"),
    **dict.fromkeys("оөуүұўouöü", "U"),
    **dict.fromkeys("еэиыйіeiy", "I"),
    "я": "IA", "ю": "IU", "ж": "J", "ҷ": "J", "j": "J", "ш": "S", "щ": "S", "ч": "C", "ц": "s",
    "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "з": "z", "к": "k", "қ": "k", "л": "l",
    "м": "m", "н": "n", "ң": "n", "п": "p", "р": "r", "с": "s", "т": "t", "ф": "p", "х": "k",
    "ҳ": "k", "һ": "k", "b": "b", "c": "k", "d": "d", "f": "p", "g": "g", "h": "k", "k": "k",
    "l": "l", "m": "m", "n": "n", "p": "p", "q": "k", "r": "r", "s": "s", "t": "t", "v": "v",
    "w": "v", "x": "k", "z": "z",
}  # fmt: skip
_PIECE = re.compile("|".join([*sorted(_GROUPS, key=len, reverse=True), "."]))
_Y_AFTER_VOWEL = re.compile("(?<=[aeiouy])j(?![aeiouy])")
"""Ajgul: the one j that is no ж."""
_DOUBLED = re.compile(r"(.)\1+")
_SURNAME = re.compile("(A?)([UI])v(?:A|IC|nA)?$")
_GENDER = re.compile("(?<=[vn])A$|(?<=sk)(?:A|I)$")
_CHILD_OF = re.compile("(?:UlU|kIzI|UglU|UglI|kIzIm)$")
_CHILD_OF_WORDS = frozenset({"VlV", "kVzV", "VglV", "kVz"})
"""Folded «уулу», «кызы», «оглу»: who is a son of Асан is written Асанов as well."""


def fold(word: str) -> tuple[str, ...]:
    """What is left of a word when everything is gone that people write differently.

    Vowels are "A" or "V". Poma, in letters that both alphabets have, may be Рома as well: it is
    read in both ways.
    """
    return tuple(dict.fromkeys(filter(None, map(_folded, _in_one_alphabet(word)))))


def _folded(word: str) -> str:
    heard = _SIGNS.sub("", word).casefold()
    heard = _unmarked(unicodedata.normalize("NFC", heard).translate(_MARKED))
    heard = re.sub("off$", "ov", _Y_AFTER_VOWEL.sub("i", heard))
    sound = "".join(_GROUPS.get(each) or _LETTERS.get(each, each) for each in _PIECE.findall(heard))
    for written, said in (("ts", "s"), ("ks", "k"), ("ng", "n")):
        sound = sound.replace(written, said)
    sound = re.sub("^I(?=[AU])", "J", _DOUBLED.sub(r"\1", sound))
    sound = _DOUBLED.sub(r"\1", re.sub("I(?=[AU])", "", sound))
    return re.sub("[IU]+", "V", _stem(sound))


def _stem(sound: str) -> str:
    """Without the ending of a surname or a patronymic, where enough is left."""
    shorter = [_CHILD_OF.sub("", sound)]
    if found := _SURNAME.search(sound):
        after_a, vowel = found.groups()
        before = sound[: found.start()] + after_a
        shorter += [before + vowel] if after_a else [before, before + vowel]
    stem = next((each for each in shorter if _STEM_MIN <= len(each) < len(sound)), sound)
    return _GENDER.sub("", stem) if len(stem) > _STEM_MIN else stem


def _in_one_alphabet(word: str) -> tuple[str, ...]:
    letters = frozenset(word)
    cyrillic = {each for each in letters if "\u0400" <= each <= "\u052f"}
    latin = {each for each in letters if each.isalpha() and each < "\u0250"}
    if latin - _LOOKS_CYRILLIC and not cyrillic - _LOOKS_LATIN:
        return (word.translate(_LATIN_FOR),)
    return (word.translate(_CYRILLIC_FOR), *((word,) if latin and not cyrillic else ()))


def _unmarked(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(each for each in parts if not unicodedata.combining(each))


# --- a whole name --------------------------------------------------------------------------------

_OTHER_INITIALS = {
    "y": "VJ", "i": "VJ", "u": "VJ", "c": "kCs", "s": "sS", "z": "zJ", "d": "dJ",
    "g": "gJ", "t": "ts",
}  # fmt: skip
"""What a lone Latin letter may begin with: Y. is Ырыс or Юлия."""
_WORD = re.compile(r"[^\W_]+(?:[-\u2010-\u2015][^\W_]+)*\.?")
_UNSEEN = frozenset({"Cf", "Mn", "Me"})
"""Soft hyphens, joiners, marks that belong to no letter: nobody sees them, or nobody means them."""
_INITIAL_MAX = 2
_HYPHEN = re.compile(r"[-\u2010-\u2015]")
_ROLE_WORDS = """
участковый участковая милиция милиционер мент полиция полицейский инспектор следователь начальник
начальница зам заместитель директор врач доктор фельдшер медсестра учитель учительница сотрудник
сотрудница работник работница дежурный капитан майор лейтенант сержант полковник старшина старший
младший товарищ тов господин госпожа муж жена брат сестра сын дочь отец мать дядя тетя сосед соседка
родственник бывший бывшая фамилия фамилии имя зовут его ее их наш наша некий некто какой-то из на по
от или вроде там где это он она
байке эже аба агай мугалим кызматкер кызматкери жетекчи башчы башчысы күйөөсү аялы агасы
иниси эжеси синдиси карындашы кошунасы тууганы атасы энеси деген аттуу фамилиясы инспектору
mr mrs ms dr officer inspector captain major police husband wife brother from the named
"""
_ROLES = frozenset(_ROLE_WORDS.split())
_LONE = frozenset("авикосуя")
"""Words of one letter; with a point behind them, or as a capital, they are initials."""
_POLITE = frozenset({"айым", "мырза"})
"""Said to anybody, and names as well."""


@dataclass(frozen=True, slots=True)
class _Token:
    """One word of a name. ``readings``: it may be two words, or one; ``initials`` if it is one.

    ``role``: it says what somebody is or does, and is no name.
    """

    readings: tuple[str, ...]
    initials: str
    capital: bool = False
    role: bool = False


def _tokens(name: str) -> list[_Token]:
    text = unicodedata.normalize("NFKC", _SIGNS.sub("", name))[:LETTERS_MAX]
    seen = "".join(each for each in text if unicodedata.category(each) not in _UNSEEN)
    found = map(_token, _WORD.findall(seen))
    return [each for each in found if each.readings or each.initials]


def _token(written: str) -> _Token:
    word = written.removesuffix(".")
    parts = [part for part in _HYPHEN.split(word) if not part.isdigit()]
    whole = [_HYPHEN.sub("", word)] if len(parts) > 1 else []
    folded = [each for part in (*parts, *whole) for each in fold(part)]
    readings = tuple(dict.fromkeys(each for each in folded if each not in _CHILD_OF_WORDS))
    capital, plain = word[0].isupper(), word.casefold()
    short = word != written or (len(word) == 1 and (capital or plain not in _LONE))
    initials = ""
    if short and len(word) <= _INITIAL_MAX and readings:
        initials = _OTHER_INITIALS.get(plain, "".join(each[0] for each in readings))
    if len(word) == 1:
        return _Token((), initials)
    role = plain in _ROLES or (not capital and plain in _POLITE)
    return _Token(readings, initials, capital, role)


def _likely(tokens: Sequence[_Token]) -> list[_Token]:
    """Those words of a mention that are a name, not what somebody is or does."""
    words = [each for each in tokens if each.readings]
    names = [each for each in words if not each.role]
    return ([each for each in names if each.capital] or names)[:_LIKELY_MAX]


def _joined(tokens: Sequence[_Token]) -> list[_Token]:
    """The same, with short parts also joined to what follows them."""
    more = [
        _Token((one.readings[0] + two.readings[0],), "")
        for one, two in pairwise(tokens)
        if len(one.readings[0]) <= _SHORT
    ]
    return [*tokens, *more]


def mention_keys(name: str) -> tuple[str, ...]:
    """The keys of somebody who is mentioned, in a name or in a description; the surest first."""
    tokens = _tokens(name)
    likely = _likely(tokens)
    initials = sorted({each for token in tokens for each in token.initials})
    keys = [*_pairs(_joined(likely))]
    keys += [f"i|{word}|{each}" for word in _words(likely) for each in initials]
    words = [each for each in tokens if each.readings]
    if not initials and (len(words) > len(likely) or len(likely) == 1):
        # half a name, or a description in which nobody knows how much of it is the name
        keys += [f"1|{word}" for word in _words(likely)]
    keys += [f"w|{word}" for word in _words(likely)]
    keys += [f"f|{key}" for key in _first_letters(likely)]
    for distance in range(1, _NEAR + 1):
        for one, two in zip(words, words[distance:], strict=False):
            keys += _pairs((one, two))
    return tuple(dict.fromkeys(keys))


@lru_cache(maxsize=8192)
def member_keys(name: str) -> tuple[str, ...]:
    """The keys of somebody who is entered in a register under this name."""
    tokens = _tokens(name)
    words = [each for each in tokens if each.readings][:_LIKELY_MAX]
    initials = sorted({each for token in tokens for each in token.initials})
    keys = [*_pairs(_joined(words)), *(f"1|{word}" for word in _words(_joined(words)))]
    keys += [f"i|{key}" for key in _first_letters(words)]
    for word in _words(words):
        keys += [f"{side}|{word}|{each}" for each in initials for side in "if"]
    if len(words) == 1 and not initials:
        keys += [f"w|{word}" for word in _words(words)]
    return tuple(dict.fromkeys(keys))


def name_pairs(name: str) -> tuple[str, ...]:
    """Every two words of a name, as in the keys of a mention and of an entry alike."""
    return tuple(dict.fromkeys(_pairs(_likely(_tokens(name)))))


def words_of(name: str) -> tuple[str, ...]:
    """The folded words of a name, without what somebody is or does, as far as can be told."""
    return tuple(_words(_likely(_tokens(name))))


def _words(tokens: Iterable[_Token]) -> list[str]:
    return list(dict.fromkeys(word for token in tokens for word in token.readings))


def _pairs(tokens: Sequence[_Token]) -> Iterator[str]:
    """Every two words, in whichever order they are written."""
    for one, two in combinations(tokens, 2):
        for first in one.readings:
            for second in two.readings:
                yield PAIR + "|".join(sorted((first, second)))


def _first_letters(tokens: Sequence[_Token]) -> Iterator[str]:
    """Every word with the first letter of every other."""
    for one, two in permutations(tokens, 2):
        for word in one.readings:
            yield f"{word}|{two.readings[0][0]}"
