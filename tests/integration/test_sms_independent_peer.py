"""Our session against an SMSC simulator that is not ours: jsmpp's, in Java."""

from services.notify.channels.sms import (
    DeliveryReceipt,
    DeliveryState,
    Provider,
    SmppSession,
    Timing,
)
from tests.support.eventually import eventually
from tests.support.jsmpp import PASSWORD, USER, jsmpp
from tests.support.sms import PHONE, Inbox, running

TIMING = Timing(enquire_every=0.2, first_pause=0.1, longest_pause=0.3)
"""Several enquiries within a test; binds as soon as the Java side listens."""


def session(port: int, inbox: Inbox, password: str) -> SmppSession:
    # this simulator answers hex, and spells the same id decimal in its receipts
    url = f"smpp://{USER}:{password}@127.0.0.1:{port}?message-ids=hex-then-decimal"
    provider = Provider.from_url(url, sender="1000")
    return SmppSession(provider, inbox.on_reply, inbox.on_receipt, timing=TIMING)


async def test_a_stranger_binds_us_takes_our_texts_and_sends_their_receipts() -> None:
    """Bind, submit in both alphabets, receipts in another spelling, enquiries, unbind."""
    inbox = Inbox()
    async with jsmpp() as port:
        async with running(session(port, inbox, PASSWORD), bound=False) as sms:
            await eventually(lambda: sms.bound, within=60)
            ids = [
                await sms.submit(PHONE, text, reference="m-1")
                for text in ("ООБА K7M2Q9X же ЖОК K7M2Q9X", "Yes K7M2Q9X", "Тирек " * 11)
            ]
            await eventually(lambda: len(inbox.receipts) == len(ids), within=30)
            assert sorted(inbox.receipts, key=lambda receipt: ids.index(receipt.message_id)) == [
                DeliveryReceipt(each, DeliveryState.DELIVERED) for each in ids
            ]
            assert len(set(ids)) == len(ids)
            assert sms.bound
        async with running(session(port, inbox, "wrong"), bound=False) as stranger:
            await eventually(lambda: stranger.trouble == "ESME_RINVPASWD")
