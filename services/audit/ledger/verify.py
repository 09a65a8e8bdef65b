"""Verifies what a ledger said, offline: one file that needs Python 3.11, and nothing of Tirek.

    python3 verify.py --key KEY [--policy FILE] FILE…

KEY is the ledger's public key (name+id+base64), the policy names the witnesses that must have seen
what it signed (C2SP tlog-policy). A FILE is one of these, told by what it holds:
* a checkpoint with its signatures, as it was e-mailed, printed or kept; quote marks are undone;
* a receipt, NAME.tlog-proof, with the entry it proves beside it in NAME or NAME.json;
* a folder of receipts;
* an export: a folder or .zip with `checkpoint`, `tile/entries/…`, or more tiles (C2SP tlog-tiles).

Every checkpoint given, also a receipt's and an export's, must be a beginning of every export given:
a ledger that was changed, cut short or forked after somebody kept its checkpoint does not verify.
Exits 0 if all is well, 1 if something does not verify, 2 if something cannot be read.

It says what the modules beside it say, in other words, on purpose: who doubts us reads this alone.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

COSIGNATURE = 0x04
LAST_SECOND = 253_402_300_799  # of the year 9999
MOST_BYTES = 256 * (2 + 65_535)  # a bundle of the longest entries
RECEIPT = r"c2sp\.org/tlog-proof@v1(?:\nextra (.*))?\nindex (.+)((?:\n[A-Za-z0-9+/]{43}=)*)"
PROOF = ".tlog-proof"
LATER = re.compile("/[0-9]+$")  # a ledger that was forked goes on as NAME/2: it is one ledger
Files = Path | zipfile.Path


class Unreadable(Exception):
    """It is torn, or of another format."""


class Unproven(Exception):
    """It can be read, and does not hold."""


TORN = (Unreadable, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)


# --- Ed25519, RFC 8032 section 5.1: points in extended coordinates (X, Y, Z, T) ------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def point(octets: bytes) -> Point | None:
    """The point of 32 bytes that are spelled the one right way."""
    y = int.from_bytes(octets, "little")
    odd, y = y >> 255, y & (2**255 - 1)
    over, under = (y * y - 1) % P, (D * y * y + 1) % P
    x = over * pow(under, 3, P) * pow(over * pow(under, 7, P), (P - 5) // 8, P) % P
    if (under * x * x - over) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (under * x * x - over) % P or y >= P or (x == 0 and odd):
        return None
    x = P - x if x % 2 != odd else x
    return x, y, 1, x * y % P


def plus(one: Point, other: Point) -> Point:
    """The sum of two points."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(pairs: Sequence[tuple[int, Point]]) -> Point:
    """The sum of points, each taken as often as the number before it says."""
    total = NEUTRAL
    for bit in reversed(range(256)):
        total = plus(total, total)
        for often, each in pairs:
            if often >> bit & 1:
                total = plus(total, each)
    return total


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or NEUTRAL


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is this key's; never of a key of small order, which signs anything."""
    key = point(public)
    if key is None or len(signature) != 64 or times([(8, key)])[0] == 0:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % L
    x, y, z, _ = times([(s, BASE), (L - k, key)])
    x, y = x * pow(z, -1, P) % P, y * pow(z, -1, P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == r


# --- the tree, RFC 9162 section 2.1 ---------------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    """Of an entry."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Of two neighbours."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Peaks:
    """A tree that grows leaf by leaf: the roots of its full subtrees from the left."""

    def __init__(self) -> None:
        self.size, self.hashes = 0, list[bytes]()

    def root(self, more: Iterable[bytes] = ()) -> bytes:
        """Over all leaves so far, and these leaf hashes, which become part of the tree."""
        for leaf in more:
            self.size += 1
            self.hashes.append(leaf)
            for _ in range((self.size & -self.size).bit_length() - 1):
                right = self.hashes.pop()
                self.hashes[-1] = node_hash(self.hashes[-1], right)
        *left, last = self.hashes or [hashlib.sha256().digest()]
        for each in reversed(left):
            last = node_hash(each, last)
        return last


def root_of(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which a path leads from a leaf; raises `Unproven` if its length does not fit."""
    left, above, steps = 0, leaf, list[bool]()
    while size > 1:
        half = 1 << (size - 1).bit_length() - 1
        steps.append(index - left >= half)
        left, size = (left + half, size - half) if steps[-1] else (left, half)
    if len(steps) != len(path) or index != left:
        raise Unproven("its path does not fit the size of the tree")
    for is_right, each in zip(reversed(steps), path, strict=True):
        above = node_hash(each, above) if is_right else node_hash(above, each)
    return above


# --- notes, keys and checkpoints, C2SP signed-note, tlog-checkpoint and tlog-cosignature ----------


def unbase64(text: str, what: str) -> bytes:
    """Base64 that is spelled the one right way."""
    try:
        octets = base64.b64decode(text, validate=True)
    except ValueError:
        octets = b""
    if not octets or base64.b64encode(octets).decode() != text:
        raise Unreadable(f"{what} is no base64, or cut short")
    return octets


def number(text: str) -> int:
    """A number of leaves, below 2^63."""
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text) or int(text) >= 2**63:
        raise Unreadable("a number of leaves is none")
    return int(text)


class Key(NamedTuple):
    """A public key: 0x01 signs notes, 0x04 cosigns checkpoints with a time."""

    name: str
    kind: int
    public: bytes

    def id(self) -> bytes:
        """Four bytes that a signature line names it by."""
        octets = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(octets).digest()[:4]

    def held(self, text: str, value: bytes) -> datetime | None:
        """When it was cosigned; raises `Unproven` if the signature is not this key's."""
        seconds, header = 0, ""
        if self.kind == COSIGNATURE:
            seconds, value = int.from_bytes(value[:8], "big"), value[8:]
            header = f"cosignature/v1\ntime {seconds}\n"
        if seconds > LAST_SECOND or not ed25519(self.public, (header + text).encode(), value):
            raise Unproven(f"the signature of {self.name!r} is not its key's under this text")
        return datetime.fromtimestamp(seconds, UTC) if header else None


def key_of(text: str) -> Key:
    """A key from ``name+id+base64``."""
    name, _, rest = text.partition("+")
    key_id, _, octets = rest.partition("+")
    material = unbase64(octets, f"the key {name!r}")
    if not re.fullmatch("[^\\s+\\0-\\x1f\\ud800-\\udfff]+", name) or len(material) != 33:
        raise Unreadable(f"{name!r} is no key: it is written name+id+base64")
    key = Key(name, material[0], material[1:])
    if key.kind not in {1, COSIGNATURE} or key.id().hex() != key_id:
        raise Unreadable(f"the key {name!r} is of another kind, or its id does not fit")
    return key


class Checkpoint(NamedTuple):
    """The text that was signed, what it says, and the lines that sign it: name, key id, value."""

    text: str
    lines: list[tuple[str, bytes, bytes]]
    origin: str
    size: int
    root: bytes


def checkpoint_of(octets: bytes) -> Checkpoint:
    """A signed checkpoint, or `Unreadable`."""
    try:
        text, blank, below = octets.decode().rpartition("\n\n")
    except UnicodeDecodeError:
        raise Unreadable("it is no text") from None
    if not blank or not below.endswith("\n") or re.search("[\\0-\\x09\\x0b-\\x1f]", text + below):
        raise Unreadable("it is no signed note, or cut short")
    lines = [signature(line) for line in below.removesuffix("\n").split("\n")]
    match text.split("\n"):
        case [origin, size, root, *more] if origin and all(more) and len(lines) <= 100:
            hashed = unbase64(root, "the root")
            if len(hashed) == 32:
                return Checkpoint(text + "\n", lines, origin, number(size), hashed)
    raise Unreadable("it is a note, but no checkpoint")


def passed_on(octets: bytes) -> bytes:
    """A note as it was, if people passed it on: other ends of lines, ``> `` before each of them,
    and blank lines around it are undone. What was signed is for the signature to say."""
    lines = octets.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").split(b"\n")
    while any(lines) and all(line.startswith(b">") for line in lines if line.strip()):
        lines = [line.strip() and line[1:].removeprefix(b" ") for line in lines]
    lines = [line if line.strip() else b"" for line in lines]
    return b"\n".join(lines).strip(b"\n") + (b"" if lines[-1] else b"\n")


def signature(line: str) -> tuple[str, bytes, bytes]:
    """A line below a note."""
    words = re.fullmatch("— ([^\\s+]+) ([^ ]+)", line)
    octets = unbase64(words[2], "a signature") if words else b""
    if not words or len(octets) < 5:
        raise Unreadable("a line below it is no signature, or cut short")
    return words[1], octets[:4], octets[4:]


def signed(checkpoint: Checkpoint, keys: Iterable[Key]) -> dict[Key, datetime | None]:
    """Which of these keys signed; `Unproven` if a line of theirs does not hold."""
    known = {(key.name, key.id()): key for key in keys}
    found: dict[Key, datetime | None] = {}
    for name, key_id, value in checkpoint.lines:
        if key := known.get((name, key_id)):
            found.setdefault(key, key.held(checkpoint.text, value))
    return found


@dataclass
class Policy:
    """C2SP tlog-policy: logs, witnesses by names, and groups: how many of which names it takes."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str = "none"

    def judge(self, checkpoint: Checkpoint) -> str:
        """Who cosigned when, in words; `Unproven` if the log or too few witnesses signed."""
        logs = [key for key in self.logs if key.name == checkpoint.origin]
        if not signed(checkpoint, logs):
            raise Unproven(f"not signed by a known key of {checkpoint.origin!r}")
        if not self.witnesses and self.quorum == "none":
            names = ", ".join(repr(name) for name, *_ in checkpoint.lines if name != logs[0].name)
            return f"no policy given: cosigned by {names or 'nobody'} (unknown keys)"
        times = signed(checkpoint, self.witnesses.values())
        seen = {name: at for name, key in self.witnesses.items() if (at := times.get(key))}
        if not self.there(self.quorum, seen):
            least, members = self.groups.get(self.quorum, (1, [self.quorum]))
            raise Unproven(f"too few witnesses: {[*seen]}, and it takes {least} of {members}")
        words = [f"{name!r} ({at:%Y-%m-%d %H:%M:%S} UTC)" for name, at in seen.items()]
        cosigned = f"cosigned by {', '.join(words) or 'no witness of the policy'}"
        if not (clocks := self.earliest(seen)):
            return cosigned
        last = f"{seen[clocks[-1]]:%Y-%m-%d %H:%M:%S} UTC"
        return f"{cosigned}; existed no later than {last} by the clocks of {', '.join(clocks)}"

    def earliest(self, seen: Mapping[str, datetime]) -> list[str]:
        """The first who are enough together, by their clocks."""
        first = list[str]()
        for name in sorted(seen, key=lambda name: seen[name]):
            first.append(name)
            if self.there(self.quorum, first):
                break
        return first

    def there(self, name: str, seen: Iterable[str]) -> bool:
        """Whether a name, or enough of the members of a group, has signed."""
        if name not in self.groups:
            return name == "none" or name in seen
        least, members = self.groups[name]
        return sum(self.there(each, seen) for each in members) >= least


def policy_of(octets: bytes) -> Policy:
    """A policy from its file."""
    if re.search(rb"[^\t\n\x20-\x7e\x80-\xff]", octets) or not octets.endswith(b"\n"):
        raise Unreadable("it is no policy, or cut short")
    policy, quorums = Policy(), list[str]()
    for at, line in enumerate(octets.decode(errors="surrogateescape").split("\n"), 1):
        words = [word for word in re.split("[ \t]+", line) if word]
        if words and not words[0].startswith("#") and not defined(words, policy, quorums):
            raise Unreadable(f"line {at} of the policy is none, or names what is not there yet")
    members = [name for _, names in policy.groups.values() for name in names]
    logs, witnesses = policy.logs, policy.witnesses.values()
    for each in (members, [key.public for key in logs], [key.public for key in witnesses]):
        if len(set(each)) < len(each) or len(quorums) != 1:
            raise Unreadable("the policy has a key or a member twice, or not one quorum")
    policy.quorum = quorums[0]
    return policy


def defined(words: list[str], policy: Policy, quorums: list[str]) -> bool:
    """Whether a line of the policy says something, which is then part of it."""
    names = {*policy.witnesses, *policy.groups}
    match words:
        case ["log", key] | ["log", key, _]:
            policy.logs.append(key_of(key))
        case ["witness", name, key] | ["witness", name, key, _] if name not in {*names, "none"}:
            policy.witnesses[name] = key_of(key)
            return policy.witnesses[name].kind == COSIGNATURE
        case ["group", name, share, *members] if name not in {*names, "none"} and members:
            least = {"any": "1", "all": str(len(members))}.get(share, share)
            policy.groups[name] = (
                int(least) if re.fullmatch("[1-9][0-9]{0,3}", least) else 0,
                members,
            )
            return 0 < policy.groups[name][0] <= len(members) and names.issuperset(members)
        case ["quorum", name] if name in {*names, "none"}:
            quorums.append(name)
        case _:
            return False
    return True


# --- files, and what is said of them; exports are C2SP tlog-tiles ---------------------------------


def path_of(room: str, at: int, count: int) -> str:
    """Where tile or bundle ``at`` of ``count`` hashes or entries lies."""
    *above, last = (digits.zfill(3) for digits in f"{at:,}".split(","))
    path = "/".join(["tile", room, *(f"x{digits}" for digits in above), last])
    return path if count >= at * 256 + 256 else f"{path}.p/{count % 256}"


def exported(files: Files, size: int) -> list[bytes]:
    """The leaf hashes of an export, from its entries; the tiles that are there must fit them."""
    row: list[bytes] = []
    for at in range(-(-size // 256)):
        row += map(leaf_hash, unbundled(whole(files / path_of("entries", at, size))))
    if len(row) != size:
        raise Unproven(f"it has {len(row)} entries, and its checkpoint says {size}")
    hashes, level = row, 0
    while row:
        for at in range(-(-len(row) // 256)):
            path = path_of(str(level), at, len(row))
            tile = b"".join(row[at * 256 : at * 256 + 256])
            if (files / path).is_file() and whole(files / path) != tile:
                raise Unproven(f"{path} holds other hashes than what lies below it")
        full = range(0, len(row) - 255, 256)
        level, row = level + 1, [Peaks().root(row[at : at + 256]) for at in full]
    return hashes


def unbundled(octets: bytes) -> Iterator[bytes]:
    """The entries of a bundle, each behind its length."""
    at = 0
    while at < len(octets):
        first = at + 2
        at = first + int.from_bytes(octets[at:first], "big")
        if first > len(octets) or at > len(octets):
            raise Unreadable("a bundle of entries is cut short")
        yield octets[first:at]


def whole(path: Files) -> bytes:
    """A file that is not too long to be one of ours."""
    if not path.is_file():
        raise Unreadable(f"{path} is not there")
    with path.open("rb") as opened:
        octets = opened.read(MOST_BYTES + 1)
    if len(octets) > MOST_BYTES:
        raise Unreadable(f"{path} is too long")
    return octets


def described(entry: bytes) -> str:
    """What an entry says of itself, if it is one of Tirek's: kind, ids and time."""
    try:
        said = json.loads(entry)
        return f": {said['type']} about {said['subject']}, said at {said['time']}"
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def meant(paths: Sequence[Path]) -> Iterator[Path]:
    """What is to be looked at: the receipts of a folder, and not what is read with a receipt."""
    proven = [path for path in paths if path.suffix == PROOF]
    beside = {path.with_suffix(each) for path in proven for each in ("", ".json")}
    beside |= {path.with_suffix(".txt") for path in paths if path.suffix in {PROOF, ".json"}}
    for path in paths:
        proofs = sorted(path.glob(f"*{PROOF}")) if path.is_dir() else []
        lonely = {*path.glob("*.json")} - {each.with_suffix(".json") for each in proofs}
        yield from (*proofs, *(sorted(lonely) if proofs else ()))
        if path not in beside and (not proofs or (path / "checkpoint").is_file()):
            yield path


@dataclass
class Verifier:
    """What was found so far: checkpoints that hold, and exports to hold them against.

    ``say`` puts a line into other words, as into another language."""

    policy: Policy
    say: Callable[[str], str] = str
    exit_code: int = 0
    heads: list[tuple[str, Checkpoint]] = field(default_factory=list)
    exports: list[tuple[str, str, list[bytes]]] = field(default_factory=list)

    def attempt(self, name: str, step: Callable[[], str]) -> None:
        """Says a line about a file; what does not hold weighs more than what cannot be read."""
        try:
            self.report("ok", name, step())
        except Unproven as error:
            self.report("DOES NOT VERIFY", name, str(error))
            self.exit_code = 1
        except TORN as error:
            self.report("CANNOT BE READ", name, str(error))
            self.exit_code = self.exit_code or 2

    def file(self, path: Path) -> str:
        """One file by itself, in words."""
        if path.is_dir():
            return self.export(str(path), path)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as zipped:
                return self.export(str(path), zipfile.Path(zipped))
        octets = whole(path)
        if octets.startswith(b"c2sp.org/tlog-proof@"):
            return self.receipt(path, octets)
        if path.suffix == ".json":
            raise Unreadable("it is an entry without its proof beside it")
        return self.head(str(path), checkpoint_of(passed_on(octets)))

    def head(self, name: str, checkpoint: Checkpoint) -> str:
        """A checkpoint; it is kept to be held against the others."""
        words = self.policy.judge(checkpoint)
        for other, kept in self.heads:
            if kept[2:4] == checkpoint[2:4] and kept.root != checkpoint.root:
                raise Unproven(f"forked: of {kept.size} entries {other} has another root")
        self.heads.append((name, checkpoint))
        return f"{checkpoint.origin!r} had {checkpoint.size} entries; {words}"

    def receipt(self, path: Path, octets: bytes) -> str:
        """A proof, and the entry beside it."""
        proof, _, note = octets.partition(b"\n\n")
        found = re.fullmatch(RECEIPT, proof.decode("latin-1"))
        if not found:
            raise Unreadable("it is a receipt of another version, or cut short")
        extra, index, lines = found[1], number(found[2]), found[3].split("\n")[1:]
        _, *hashes = (unbase64(line, "a line of it") for line in (extra or "AAAA", *lines))
        checkpoint = checkpoint_of(note)
        beside = (path.with_suffix(""), path.with_suffix(".json"))
        entry = beside[beside[0] == path or not beside[0].is_file()]
        octets = whole(entry)
        words = self.head(str(path), checkpoint)
        if root_of(leaf_hash(octets), index, checkpoint.size, hashes) != checkpoint.root:
            raise Unproven(f"{entry.name} is not the entry that it proves")
        return f"{entry.name} is entry {index}{described(octets)}; {words}"

    def export(self, name: str, files: Files) -> str:
        """A folder or archive; its checkpoint is judged as any other."""
        checkpoint = checkpoint_of(whole(files / "checkpoint"))
        words = self.head(name, checkpoint)
        self.exports.append((name, checkpoint.origin, exported(files, checkpoint.size)))
        return words

    def together(self) -> None:
        """Every export against every checkpoint of its ledger."""
        for name, origin, hashes in self.exports:
            first = LATER.sub("", origin)
            heads = [each for each in self.heads if LATER.sub("", each[1].origin) == first]
            self.attempt(name, partial(holds, heads, hashes))
        if not self.exports and len({(each.origin, each.size) for _, each in self.heads}) > 1:
            self.report(
                "note", "checkpoints", "whether one grew out of another only an export can show"
            )

    def report(self, word: str, name: str, words: str) -> None:
        """One line; what no terminal shows as it is stands escaped."""
        text = f"{name}: {self.say(words)}"
        line = (each if each.isprintable() else ascii(each)[1:-1] for each in text)
        sys.stdout.write(f"{self.say(word)}: {''.join(line)}\n")


def holds(heads: list[tuple[str, Checkpoint]], hashes: list[bytes]) -> str:
    """That the leaves begin with what each checkpoint says."""
    peaks = Peaks()
    for name, each in sorted(heads, key=lambda head: head[1].size):
        if each.size > len(hashes):
            raise Unproven(f"it ends after {len(hashes)} entries, and {name} has {each.size}")
        if peaks.root(hashes[peaks.size : each.size]) != each.root:
            raise Unproven(f"its first {each.size} entries are not those that {name} has signed")
    return f"{peaks.size} entries are as signed in {len(heads)} checkpoints"


def main(arguments: Sequence[str] | None = None, say: Callable[[str], str] = str) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--key", action="append", default=[], help="a key of the ledger")
    parser.add_argument("--policy", type=Path, help="who must have cosigned (C2SP tlog-policy)")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    asked = parser.parse_args(arguments)
    verifier = Verifier(Policy(), say)
    try:
        policy = policy_of(whole(asked.policy)) if asked.policy else Policy()
        policy.logs += map(key_of, asked.key)
        if not policy.logs:
            raise Unreadable("give the ledger's key with --key, or in a line of the policy")
    except TORN as error:
        verifier.report("CANNOT BE READ", "key or policy", str(error))
        return 2
    verifier.policy = policy
    for path in meant(asked.files):
        verifier.attempt(str(path), partial(verifier.file, path))
    verifier.together()
    return verifier.exit_code


if __name__ == "__main__":
    sys.exit(main())
