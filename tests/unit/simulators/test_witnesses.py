"""The simulated witnesses: three on one port, by the protocol of real ones, one of them off."""

from pathlib import Path

import httpx

from deploy.simulators import witnesses
from services.audit.ledger.add_checkpoint import PATH, AddCheckpoint
from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.hashes import leaf_hash
from services.audit.ledger.keys import Kind, SignerKey
from services.audit.ledger.notes import Note
from services.audit.ledger.policy_file import parse_policy
from services.audit.ledger.signing import sign
from services.audit.ledger.tree import Tree

LOG = SignerKey("ledger.example", Kind.NOTE, bytes(32))


async def test_two_of_three_cosign_what_the_policy_asks_for(tmp_path: Path) -> None:
    """Each remembers what it has seen; the policy that names them takes two, and not one."""
    file = tmp_path / "witnesses.policy"
    file.write_text(witnesses.policy(LOG.verifier, "http://witness"))
    policy = parse_policy(file.read_bytes())
    known = witnesses.three(file)
    app = witnesses.witnesses_app(known, "0.0.0.0")  # noqa: S104 - no loopback
    tree, _ = Tree().grown([leaf_hash(b"1")])
    text = str(Checkpoint(LOG.name, 1, tree.root()))
    note = Note(text, (sign(text, LOG),))
    body, statuses = bytes(AddCheckpoint(0, (), note)), []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        for name, url in policy.urls.items():
            where = url.replace(witnesses.PATH, "") + PATH
            statuses.append((name, (await http.post(where, content=body)).status_code))
            answer = await http.post(where, content=body)
            statuses.append((name, answer.status_code))
            cosigned = await http.post(where, content=body.replace(b"old 0", b"old 1"))
            if cosigned.status_code == 200:
                lines = f"{text}\n{note.signatures[0]}\n{cosigned.text}"
                note = note.also(*Note.parse(lines.encode()).signatures)
    assert statuses == [
        ("ngo", 200),
        ("ngo", 409),
        ("ombudsman", 200),
        ("ombudsman", 409),
        ("ministry", 503),
        ("ministry", 503),
    ]
    assert set(policy.judge(note).witnesses) == {"ngo", "ombudsman"}
    assert witnesses.logs(tmp_path / "absent") == ()
