"""Whose phone and whose mailbox it is, as the pages of the simulators say it."""

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any, cast

import httpx
from aiosmtpd.smtp import Envelope
from fastapi import FastAPI

from deploy.samples.load import load_people
from deploy.simulators.ledger import Ledger
from deploy.simulators.mail import Mailbox
from deploy.simulators.mail_web import mail_app
from deploy.simulators.owners import owner
from deploy.simulators.phones import Phones, State
from deploy.simulators.phones_web import phones_app
from deploy.simulators.smsc import Smsc

OWNER = "Айгуль Токтосунова, Сезим"
PHONE, EMAIL = "+996000100001", "st-6775jivy@tirek.example"
STRANGER = "+996000999999"


def contacts() -> Iterator[str]:
    """Every phone and every address of the samples."""
    for person in load_people():
        yield from (each for each in (person.phone, person.email) if each)


async def read(app: FastAPI, *paths: str) -> list[str]:
    """Pages, as a browser on this machine gets them."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        return [(await browser.get(path)).text for path in paths]


def test_everybody_of_the_samples_is_known_by_name_and_organisation() -> None:
    """And nobody else: whoever is no sample stays a number."""
    assert owner(PHONE) == owner(EMAIL) == OWNER
    assert all(", " in owner(contact) for contact in contacts())
    assert owner(STRANGER) == ""


async def test_the_phones_say_whose_they_are() -> None:
    """In the list, and above the texts of one."""
    smsc = Smsc(Phones(Ledger()))
    for phone in (PHONE, STRANGER):
        smsc.phones.receive(phone, "1000", "text", bind="tirek", state=State.ANSWERED)
    listed, opened = await read(phones_app(smsc, "127.0.0.1"), "/", f"/phones/{PHONE}")
    assert listed.count(OWNER) == listed.count('class="owner"') == 1
    assert f'{PHONE}</span> <span class="owner">{OWNER}</span></h1>' in opened


async def test_the_mails_say_whose_they_are() -> None:
    """In the list, and in the head of one."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "coordination@example.invalid", EMAIL, "K7M2Q9X"
    mail.set_content("text")
    handed_over = Envelope()
    handed_over.mail_from, handed_over.rcpt_tos = mail["From"], [EMAIL]
    handed_over.original_content = mail.as_bytes()
    mailbox, nobody = Mailbox(Ledger()), cast(Any, None)
    await mailbox.handle_DATA(nobody, nobody, handed_over)
    for page in await read(mail_app(mailbox, "127.0.0.1"), "/", "/mails/1"):
        assert page.count(OWNER) == 1
        assert EMAIL in page
