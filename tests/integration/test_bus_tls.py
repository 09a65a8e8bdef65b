"""The way to Kafka is TLS where an authority is named, and nothing is said to anybody else."""

from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError

from deploy.local.kafka import Tls
from deploy.local.stack import Stack
from deploy.local.variant import Variant
from shared.bus.access import UNTRUSTED, Access
from shared.events.topics import TOPICS
from shared.settings import Environment
from tests.stack import migrated, state_folder
from tests.support.certificates import Authority

PARTS = ("referral.work",)


def trusting(authority: Authority, file: Path) -> Path:
    """The file that its clients are given."""
    file.write_text(authority.pem)
    return file


async def seen(access: Access) -> set[str]:
    """The topics that are shown to whoever comes so."""
    admin = AIOKafkaAdminClient(**access.client(), request_timeout_ms=5000)
    try:
        await admin.start()
        return set(await admin.list_topics())
    finally:
        await admin.close()


async def test_a_service_works_over_tls_and_trusts_its_authority_alone(tmp_path: Path) -> None:
    """Its consumer and its relay; a broker of another authority is a name in health."""
    authority = Authority()
    authority.serving(tmp_path)
    tls = Tls(tmp_path / "server.pem", trusting(authority, tmp_path / "ours.pem"))
    with state_folder() as state:
        variant = Variant(tls=tls, done=await migrated.into(state, PARTS))
        async with Stack(
            state, ports="free", env=Environment.TEST, parts=PARTS, variant=variant
        ) as own:
            assert own.part("referral.work").running
            referral = own.bus("referral")
            assert TOPICS["referral"].name in await seen(referral)
            strange = trusting(Authority(), tmp_path / "strange.pem")
            elsewhere = f"localhost:{own.port('kafka')}"  # nobody signed for that name
            for access in (replace(referral, ca=strange), replace(referral, servers=elsewhere)):
                assert await access.absence() == UNTRUSTED
            with pytest.raises(KafkaConnectionError):
                await seen(replace(referral, ca=None))
