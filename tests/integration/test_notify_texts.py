"""Texts as they come in: long ones in parts, and ones whose letters nobody knows."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest_asyncio
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from deploy.local.stack import Stack
from deploy.simulators.phones import State
from deploy.topology import HOST
from services.notify.answers import texts
from services.notify.channels.sms import Reply
from services.notify.channels.sms.inbound import Part, Unread
from services.notify.codes import store as codes
from shared.events.notify import AnswerReceived
from shared.runtime.quarantine import Quarantine
from tests.stack import turn_clock
from tests.support.eventually import eventually
from tests.support.notify import House, one_on_duty, phone
from tests.support.sms import QUICK, smsc

ME = phone(1)


@pytest_asyncio.fixture
async def here(stack: Stack) -> AsyncIterator[House]:
    """Somebody on duty who has been asked."""
    async with one_on_duty(stack) as one:
        await one.request()
        yield one


async def code_of(here: House) -> str:
    """The code that their message carries."""
    async with here.db.transaction() as tx:
        return (await codes.of_offers(tx, here.deps.codes, ["offer-1"]))["offer-1", "st-one"]


async def comes(here: House, text: str, part: Part | None = None, **more: Any) -> None:
    """A text, or a part of one, as the bind hands it over."""
    async with here.db.transaction() as tx:
        await texts.on_text(here.deps, tx, Reply(ME, text, part=part, **more))


async def look(here: House) -> None:
    """The job looks until nothing is due."""
    step = texts.parts_job(here.deps, Quarantine())
    while True:
        async with here.db.transaction() as tx:
            due = await step(tx)
            if due is None or due > tx.now:
                return


async def heard(here: House) -> list[str]:
    """The answers that referral is told, and the requests for a code that the sender gets."""
    said = [each["answer"] for each in await here.said(AnswerReceived)]
    return said + ["prompt" for _ in await here.messages(kind="prompt")]


async def test_parts_are_one_text_in_whatever_order_they_come(here: House) -> None:
    """The word in one and the code in another; nothing is asked back, and a repeat does nothing."""
    code = await code_of(here)
    last, first = Part(7, 2, 2), Part(7, 1, 2)
    await comes(here, f" {code}", last)
    await comes(here, f" {code}", last)
    assert await heard(here) == []
    await comes(here, "да", first)
    assert await heard(here) == ["accept"]
    await comes(here, "да", first)
    await turn_clock(here.stack, texts.PATIENCE)
    await look(here)
    assert await heard(here) == ["accept"]


async def test_what_has_come_counts_when_the_rest_does_not(here: House) -> None:
    """A yes is not lost with a part that never comes; it waits no longer than a moment."""
    await comes(here, f"да {await code_of(here)}", Part(7, 1, 2))
    await look(here)
    assert await heard(here) == []
    await turn_clock(here.stack, texts.PATIENCE)
    await look(here)
    assert await heard(here) == ["accept"]


async def test_another_long_text_under_the_same_reference_is_another_text(here: House) -> None:
    """Phones count to 256 and begin again."""
    await comes(here, "здравствуйте, кто ", Part(7, 1, 2))
    await comes(here, "это?", Part(7, 2, 2))
    await comes(here, "да ", Part(7, 1, 2))
    await comes(here, await code_of(here), Part(7, 2, 2))
    assert await heard(here) == ["accept", "prompt"]


async def test_what_is_held_names_nobody_and_is_forgotten(here: House) -> None:
    """Neither words nor number stand in the database; parts go soon, unread texts in a month."""
    octets = "ДА канарейка".encode("cp1251")
    for _ in range(2):
        await comes(here, "?? ", Part(7, 1, 2), unread=Unread(octets, 0))
    async with here.db.transaction() as tx:
        rows = [
            dict(row)
            for table in ("reply_parts", "texts_unread")
            for row in await tx.fetch(f"SELECT * FROM {table}")
        ]
    assert len(rows) == 2
    for secret in (ME, ME[1:], "??", octets.hex()):
        assert secret not in repr(rows)
    for days, left in ((1, (0, 1)), (30, (0, 0))):
        await turn_clock(here.stack, timedelta(days=days))
        await look(here)
        await turn_clock(here.stack, texts.REMEMBERED)
        await look(here)
        async with here.db.transaction() as tx:
            counts = [
                await tx.fetchval(f"SELECT count(*) FROM {table}")
                for table in ("reply_parts", "texts_unread")
            ]
        assert tuple(counts) == left


async def test_a_text_in_letters_nobody_knows_is_kept_as_it_came_and_answered(here: House) -> None:
    """Whoever wrote is asked, and who has notify's key reads what they wrote."""
    octets = "ДА".encode("cp1251")
    await comes(here, "\N{REPLACEMENT CHARACTER}" * 2, unread=Unread(octets, 0))
    assert await heard(here) == ["prompt"]
    async with here.db.transaction() as tx:
        row = await tx.fetchrow("SELECT data_coding, sealed FROM texts_unread")
    assert row is not None
    said = json.loads(here.deps.exclusions.sealer.open(row["sealed"].encode(), by="notify"))
    assert (row["data_coding"], said) == (0, {"sender": ME, "octets": octets.hex()})


async def test_a_long_yes_from_a_phone_is_one_answer(here: House) -> None:
    """Through a real SMSC, in three parts, each acknowledged as it is kept."""
    async with smsc() as (centre, port), here.sending(port, timing=QUICK):
        await eventually(lambda: centre.phones.of(ME))
        said = f"Ооба {await code_of(here)} " + "рахмат, чыктым. " * 9
        number = centre.reply(ME, said.strip()).number
        await eventually(lambda: centre.phones.since(number - 1)[0].state is State.TAKEN)
        async with here.db.transaction() as tx:
            assert await tx.fetchval("SELECT count(*) FROM replies") == 1
            assert await tx.fetchval("SELECT count(*) FROM reply_parts") == 3


async def test_an_operator_reads_what_nobody_could(here: House) -> None:
    """As each alphabet would have it, by a verb that needs every secret."""
    await comes(here, "??", unread=Unread("ДА".encode("cp1251"), 0))
    environment = {
        "TIREK_SECRETS": str(here.stack.state / "secrets"),
        "TIREK_POSTGRES": f"{HOST}:{here.stack.port('postgres')}",
    }
    shown = await asyncio.to_thread(CliRunner().invoke, app, ["texts"], env=environment)
    assert shown.exit_code == 0, shown.output
    assert ME in shown.output
    assert re.search(r"cp1251\W+ДА\W", shown.output)
