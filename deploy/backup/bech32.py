"""Bech32 (BIP 173), in which age writes its keys: a mistyped letter shows."""

from collections.abc import Iterable, Sequence

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKED = 6
"""Letters of checksum."""


def encode(name: str, raw: bytes) -> str:
    """``name``, 1, and the bytes, in lower case."""
    five = _regroup(raw, 8, 5, pad=True)
    sum_ = _polymod([*_expanded(name), *five, *([0] * _CHECKED)]) ^ 1
    check = [(sum_ >> 5 * (_CHECKED - 1 - place)) & 31 for place in range(_CHECKED)]
    return name + "1" + "".join(_ALPHABET[each] for each in (*five, *check))


def decode(name: str, text: str) -> bytes:
    """The bytes that `encode` was given under this name; `ValueError` for anything else."""
    if text not in (text.lower(), text.upper()):
        raise ValueError("upper and lower case are mixed")
    found, _, rest = text.lower().rpartition("1")
    if found != name or len(rest) < _CHECKED:
        raise ValueError(f"does not begin with {name}1")
    five = [_ALPHABET.find(letter) for letter in rest]
    if -1 in five or _polymod([*_expanded(name), *five]) != 1:
        raise ValueError("a letter is wrong")
    return bytes(_regroup(five[:-_CHECKED], 5, 8, pad=False))


def _expanded(name: str) -> list[int]:
    return [*(ord(letter) >> 5 for letter in name), 0, *(ord(letter) & 31 for letter in name)]


def _polymod(values: Sequence[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, term in enumerate(_GENERATOR):
            check ^= term if top >> place & 1 else 0
    return check


def _regroup(values: Iterable[int], old: int, new: int, *, pad: bool) -> list[int]:
    """Groups of ``old`` bits as groups of ``new``."""
    held, bits = 0, 0
    groups: list[int] = []
    for value in values:
        held, bits = held << old | value, bits + old
        while bits >= new:
            bits -= new
            groups.append(held >> bits & (1 << new) - 1)
    rest = held & (1 << bits) - 1
    if pad and bits:
        groups.append(rest << new - bits & (1 << new) - 1)
    elif not pad and (bits >= old or rest):
        raise ValueError("bits are left over")
    return groups
