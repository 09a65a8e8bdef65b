"""The text of a policy, C2SP `tlog-policy`: lines of logs, witnesses and groups, and one quorum."""

import re
from dataclasses import dataclass, field

from services.audit.ledger.errors import Unreadable
from services.audit.ledger.keys import Kind, VerifierKey
from services.audit.ledger.policy import NONE, Group, Policy

FORBIDDEN = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")


def parse_policy(octets: bytes) -> Policy:
    """A policy as its file has it; raises `Unreadable` with the number of the line.

    Names are opaque octets there, and stay apart here: what is no UTF-8 is escaped.
    """
    if FORBIDDEN.search(octets):
        raise Unreadable("no policy: it has control characters")
    if not octets.endswith(b"\n"):
        raise Unreadable("the policy is cut short: its last line does not end")
    reading = _Reading()
    for number, line in enumerate(octets.decode(errors="surrogateescape").split("\n"), 1):
        words = [word for word in re.split("[ \t]+", line) if word]
        if words and not words[0].startswith("#"):
            try:
                reading.line(*words)
            except Unreadable as error:
                raise Unreadable(f"line {number} of the policy: {error}") from None
    if reading.quorum is None:
        raise Unreadable("the policy names no quorum")
    logs, quorum = tuple(reading.logs), reading.quorum
    return Policy(logs, reading.witnesses, reading.groups, quorum, reading.urls)


def print_policy(policy: Policy) -> str:
    """The way back, for whoever checks: without the addresses of witnesses."""
    lines = [f"log {each}" for each in policy.logs]
    lines += [f"witness {name} {key}" for name, key in policy.witnesses.items()]
    for name, group in policy.groups.items():
        lines.append(f"group {name} {group.least} {' '.join(group.members)}")
    return "".join(f"{each}\n" for each in (*lines, f"quorum {policy.quorum}"))


@dataclass(slots=True)
class _Reading:
    """What the lines before have named."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[str, VerifierKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: str | None = None
    urls: dict[str, str] = field(default_factory=dict)

    def line(self, what: str, *words: str) -> None:
        match what, *words:
            case ["log", key] | ["log", key, _]:
                self._log(VerifierKey.parse(key))
            case ["witness", name, key]:
                self._witness(name, VerifierKey.parse(key))
            case ["witness", name, key, url]:
                self._witness(name, VerifierKey.parse(key))
                self.urls[name] = url
            case ["group", name, share, *members] if members:
                self._group(name, share, members)
            case ["quorum", name]:
                self._quorum(name)
            case _:
                raise Unreadable("no line of a log, a witness, a group or the quorum")

    def _log(self, key: VerifierKey) -> None:
        if key.public in {each.public for each in self.logs}:
            raise Unreadable("the key of a log stands twice")
        self.logs.append(key)

    def _witness(self, name: str, key: VerifierKey) -> None:
        self._new(name)
        if key.kind is not Kind.COSIGNATURE:
            raise Unreadable(f"the key of the witness {name!r} signs no cosignatures")
        if key.public in {each.public for each in self.witnesses.values()}:
            raise Unreadable("the key of a witness stands twice")
        self.witnesses[name] = key

    def _group(self, name: str, share: str, members: list[str]) -> None:
        self._new(name)
        for each in members:
            self._known(each)
            if each in self.members:
                raise Unreadable(f"{each!r} is a member twice")
            self.members.add(each)
        self.groups[name] = Group(_least(share, len(members)), tuple(members))

    def _quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise Unreadable("a second quorum")
        if name != NONE:
            self._known(name)
        self.quorum = name

    def _new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise Unreadable(f"the name {name!r} is taken")

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise Unreadable(f"no line before names {name!r}")


def _least(share: str, members: int) -> int:
    if share in {"any", "all"}:
        return 1 if share == "any" else members
    if not re.fullmatch("[1-9][0-9]{0,3}", share) or int(share) > members:
        raise Unreadable(f"{share!r} of {members} members")
    return int(share)
