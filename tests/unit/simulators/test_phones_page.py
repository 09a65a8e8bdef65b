"""The page of phones and its JSON API, as a browser and a script see them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from deploy.simulators.ledger import Ledger
from deploy.simulators.phones import Phones, State
from deploy.simulators.phones_web import phones_app
from deploy.simulators.smsc import Smsc
from tests.support.sms import linked

PHONE = "+996000000101"


@pytest.fixture
async def smsc() -> Smsc:
    """An SMSC nobody is connected to."""
    return Smsc(Phones(Ledger()))


@pytest.fixture
async def browser(smsc: Smsc) -> AsyncIterator[httpx.AsyncClient]:
    """Keeps cookies, and says where it stands as browsers do."""
    transport = httpx.ASGITransport(phones_app(smsc, "127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8120") as client:
        yield client


def receive(smsc: Smsc, text: str, phone: str = PHONE) -> None:
    smsc.phones.receive(phone, "1000", text, bind="tirek", state=State.ANSWERED)


async def test_the_list_counts_what_was_not_read(smsc: Smsc, browser: httpx.AsyncClient) -> None:
    """Opening a phone reads it, in this browser only; a new text is unread again."""
    receive(smsc, "one")
    receive(smsc, "two")
    assert '<span class="unread">2' in (await browser.get("/")).text
    await browser.get(f"/phones/{PHONE}")
    assert "unread" not in (await browser.get("/")).text
    receive(smsc, "three")
    assert '<span class="unread">1' in (await browser.get("/")).text
    browser.cookies.clear()
    assert '<span class="unread">3' in (await browser.get("/")).text


async def test_a_reply_is_typed_in_a_plain_form(smsc: Smsc, browser: httpx.AsyncClient) -> None:
    """No script is needed, and the page says that nobody is there to take it yet."""
    receive(smsc, "ООБА K7M2Q9X же ЖОК K7M2Q9X")
    answer = await browser.post(
        f"/phones/{PHONE}/replies",
        data={"text": "ооба K7M2Q9X"},
        headers={"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8120"},
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/phones/{PHONE}#end")
    page = (await browser.get(f"/phones/{PHONE}")).text
    assert "ооба K7M2Q9X" in page
    assert "waiting" in page


async def test_an_empty_reply_is_none(smsc: Smsc, browser: httpx.AsyncClient) -> None:
    """Nothing is sent by mistake."""
    await browser.post(f"/phones/{PHONE}/replies", data={"text": "  "})
    assert smsc.phones.of(PHONE) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_other_sites_cannot_reply(
    smsc: Smsc, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """A page open in the same browser must not answer for anybody."""
    for path in (f"/phones/{PHONE}/replies", f"/api/phones/{PHONE}/replies", "/api/faults"):
        answer = await browser.post(path, json={"text": "yes"}, headers=headers)
        assert answer.status_code == 403
    assert smsc.phones.of(PHONE) == []


async def test_other_names_for_this_machine_are_not_served(browser: httpx.AsyncClient) -> None:
    """A name that a stranger points at the loopback reads nothing."""
    assert (await browser.get("/", headers={"Host": "evil.example"})).status_code == 400


async def test_texts_are_shown_and_never_run(smsc: Smsc, browser: httpx.AsyncClient) -> None:
    """Whatever is sent to a phone is text."""
    receive(smsc, "<script>alert(1)</script>")
    answer = await browser.get(f"/phones/{PHONE}")
    assert "<script>alert" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_it_counts_the_texts_that_a_fault_happened_to() -> None:
    """So that a fault which happened to nobody can be told from one that did no harm."""
    async with linked() as (centre, session):
        transport = httpx.ASGITransport(phones_app(centre, "127.0.0.1"))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            await client.post("/api/faults", json={"mode": "slow", "count": 1, "seconds": 0.01})
            await client.post("/api/receipts", json={"kind": "twice"})
            await session.submit(PHONE, "slow", reference="m-1")
            await client.post("/api/receipts", json={"kind": "once"})
            await session.submit(PHONE, "as usual", reference="m-2")
            said = (await client.get("/health")).json()
    assert said["made"] == {"slow": 1, "none": 1}
    assert said["receipted"] == {"twice": 1, "once": 1}


async def test_the_api_shows_what_came_and_takes_replies(
    smsc: Smsc, browser: httpx.AsyncClient
) -> None:
    """The demonstration's cast reads from a cursor and answers."""
    receive(smsc, "one")
    receive(smsc, "two", phone="+996000000102")
    first, second = (await browser.get("/api/messages")).json()
    assert (first["number"], first["phone"], first["text"]) == (1, PHONE, "one")
    assert (await browser.get("/api/messages", params={"since": 1})).json() == [second]
    replied = await browser.post(f"/api/phones/{PHONE}/replies", json={"text": "Yes"})
    assert replied.status_code == 202
    assert replied.json()["state"] == "waiting"
    conversation = (await browser.get(f"/api/phones/{PHONE[1:]}/messages")).json()
    assert [message["text"] for message in conversation] == ["one", "Yes"]
    assert (await browser.get("/health")).json()["waiting"] == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"/api/phones/{PHONE}/replies", {"text": ""}),
        (f"/api/phones/{PHONE}/replies", {"text": "x" * 1001}),
        (f"/api/phones/{PHONE}/replies", {"text": 5}),
        ("/api/phones/somebody/replies", {"text": "Yes"}),
        ("/api/faults", {"mode": "explode"}),
        ("/api/faults", {"mode": "slow", "seconds": -1}),
        ("/api/faults", {"mode": "refuse", "count": 0}),
        ("/api/receipts", {"kind": "invented"}),
    ],
)
async def test_what_makes_no_sense_is_refused(
    browser: httpx.AsyncClient, path: str, body: dict[str, object]
) -> None:
    """422, and nothing happens."""
    assert (await browser.post(path, json=body)).status_code == 422


async def test_too_many_waiting_replies_are_refused(smsc: Smsc, browser: httpx.AsyncClient) -> None:
    """Memory is bounded, and the typist is told."""
    for number in range(1000):
        smsc.reply(PHONE, f"reply {number}")
    answer = await browser.post(f"/api/phones/{PHONE}/replies", json={"text": "one too many"})
    assert answer.status_code == 503
    assert len(smsc.phones.of(PHONE)) == 1000


def test_the_ledger_tells_what_happened(tmp_path: Path) -> None:
    """One JSON line for each text, reply and end of a reply, in order, and appended."""
    path = tmp_path / "ledger.jsonl"
    for _ in range(2):
        ledger = Ledger(path)
        phones = Phones(ledger)
        phones.receive(PHONE, "1000", "ООБА же ЖОК", bind="tirek", state=State.ANSWERED)
        reply = phones.reply(PHONE, "ооба")
        phones.settle(reply.number, State.WAITING, None)
        phones.settle(reply.number, State.TAKEN, 0)
        ledger.close()
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [e["kind"] for e in entries] == ["sms", "reply", "reply-taken"] * 2
    assert entries[0]["text"] == "ООБА же ЖОК"
    assert entries[2]["number"] == 2
