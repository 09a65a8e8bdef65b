"""Three witnesses of one ledger in one process, with keys that anybody can make again.

They show how witnesses work and prove nothing: a witness is worth what it has apart from us, and
these run beside the ledger. The last one is switched off.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fastapi import FastAPI, Request, Response

from deploy.simulators.pages import web
from services.audit.ledger import add_checkpoint
from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.keys import Kind, SignerKey, VerifierKey
from services.audit.ledger.policy_file import parse_policy
from services.audit.ledger.witness import Witness
from shared.clock import wall

PATH = "/witnesses"
NAMES = ("ngo", "ombudsman", "ministry")
OFF = frozenset(NAMES[-1:])


def key(name: str) -> SignerKey:
    """Of one of them: no secret, and the same at every start."""
    seed = hashlib.sha256(f"simulated witness {name}".encode()).digest()
    return SignerKey(f"{name}.not-independent.invalid", Kind.COSIGNATURE, seed)


def policy(log: VerifierKey, address: str) -> str:
    """Two of the three, as C2SP `tlog-policy` says it; ``address``: where the simulators are."""
    lines = [
        "# simulated: these witnesses are not independent, and prove nothing",
        f"log {log}",
        *(f"witness {name} {key(name).verifier} {address}{PATH}/{name}" for name in NAMES),
        f"group two-of-three 2 {' '.join(NAMES)}",
        "quorum two-of-three",
    ]
    return "".join(f"{line}\n" for line in lines)


def logs(file: Path | None) -> tuple[VerifierKey, ...]:
    """The logs of a policy file; none where there is no file yet."""
    return parse_policy(file.read_bytes()).logs if file is not None and file.exists() else ()


@dataclass(slots=True)
class Simulated:
    """One of them: ``logs`` says whom it watches, ``seen`` is what it has seen since the start."""

    name: str
    logs: Callable[[], tuple[VerifierKey, ...]]
    seen: dict[str, Checkpoint] = field(default_factory=dict)

    def answer(self, body: bytes) -> add_checkpoint.Answer:
        """By this machine's clock."""
        answer, kept = Witness(key(self.name), self.logs()).answer(body, self.seen, wall())
        if kept is not None:
            self.seen[kept.origin] = kept
        return answer


def three(file: Path | None) -> dict[str, Simulated]:
    """All of them, who have seen nothing yet; the policy in the file says whom they watch."""
    return {name: Simulated(name, partial(logs, file)) for name in NAMES}


def witnesses_app(known: Mapping[str, Simulated], host: str, off: Collection[str] = OFF) -> FastAPI:
    """``POST /ngo/add-checkpoint``, and so on. Those that are ``off`` answer 503."""
    app = web(host)

    @app.post("/{name}" + add_checkpoint.PATH)
    async def cosign(request: Request, name: str) -> Response:
        if name not in known or name in off:
            return Response("switched off\n", status_code=503 if name in known else 404)
        answer = known[name].answer(await request.body())
        return Response(answer.text, answer.status, {"Content-Type": answer.media_type})

    return app
