"""Notify's composition root: everything is made and tied together here, and nowhere else."""

import asyncio
from functools import partial

from fastapi import FastAPI

from services.notify import api, jobs, metrics
from services.notify.answers.handlers import on_answer_judged, on_reply
from services.notify.channels.email import EmailChannel, MailRelay
from services.notify.channels.sms import (
    DeliveryReceipt,
    DeliveryState,
    Provider,
    Reply,
    SmppSession,
    SmsChannel,
    Timing,
)
from services.notify.codes.keys import CodeKeys
from services.notify.codes.parse import Lexicon
from services.notify.delivery import model
from services.notify.delivery.handlers.notices import on_notice_requested
from services.notify.delivery.handlers.offers_changed import on_offers_changed
from services.notify.delivery.handlers.offers_requested import on_offers_requested
from services.notify.delivery.sender_loop import Sender, run_lane
from services.notify.delivery.store import messages
from services.notify.deps import Deps
from services.notify.people.exclusions import Exclusions
from services.notify.people.handlers import on_organisation_changed
from services.notify.settings import NotifySettings
from shared import service
from shared.bus.consume import Handler, each
from shared.db import Database
from shared.events import Body
from shared.events.notices import NoticeRequested
from shared.events.referral import AnswerJudged, OfferChanged, OfferRequested, OrganisationChanged
from shared.jurisdiction import load_jurisdiction
from shared.runtime.worker import Work
from shared.security.sealing import Sealer
from shared.security.tags import Tagger

FINAL = frozenset({DeliveryState.DELIVERED, DeliveryState.FAILED})
URGENT_WINDOW = 1
"""Emergencies go one by one: a crash repeats one at most."""


def handler_table(deps: Deps) -> dict[type[Body], Handler]:
    """Which event is handled by what: the one table."""
    return {
        OrganisationChanged: each(partial(on_organisation_changed, deps.jurisdiction)),
        OfferRequested: partial(on_offers_requested, deps),
        OfferChanged: partial(on_offers_changed, deps),
        AnswerJudged: each(partial(on_answer_judged, deps)),
        NoticeRequested: each(partial(on_notice_requested, deps)),
    }


def make_deps(settings: NotifySettings) -> Deps:
    """Keys and jurisdiction; raises what says which file is wrong."""
    sealer = Sealer.from_directory(settings.SERVICE, settings.keys_dir)
    jurisdiction = load_jurisdiction(settings.jurisdiction)
    return Deps(
        exclusions=Exclusions.of(sealer, Tagger.from_directory(settings.keys_dir)),
        codes=CodeKeys.from_directory(settings.keys_dir),
        jurisdiction=jurisdiction,
        lexicon=Lexicon.of(jurisdiction.texts.answers),
        label=settings.service_label,
    )


def make_http(settings: NotifySettings) -> FastAPI:
    """The HTTP process."""
    deps = make_deps(settings)
    return service.make_http(settings, api.router, deps, deps.jurisdiction)


def works(settings: NotifySettings) -> dict[str, Work]:
    """What the worker process runs side by side."""
    deps, worker = make_deps(settings), service.Worker(settings)
    expiry, register = partial(jobs.give_up_expired, deps), jobs.register_job(deps)
    return worker.works(
        handler_table(deps),
        expiry=worker.job("expiry", expiry, channel=jobs.EXPIRY, longest=jobs.EVERY),
        register=worker.job(
            "register", register, channel=jobs.REGISTER, longest=jobs.REGISTER_EVERY
        ),
        **senders(settings, deps, worker.db),
    )


def senders(
    settings: NotifySettings, deps: Deps, db: Database, timing: Timing | None = None
) -> dict[str, Work]:
    """One sender a lane. Emergencies have a bind of their own: nothing stands before them."""
    smpp = settings.needed("smpp_url")
    urgent = settings.smpp_urgent_url.get_secret_value() if settings.smpp_urgent_url else smpp
    mail = EmailChannel(MailRelay.from_url(settings.needed("smtp_url"), settings.mail_from))
    binds = {
        model.Lane.URGENT: (urgent, URGENT_WINDOW),
        model.Lane.SMS: (smpp, settings.sms_window),
    }
    works: dict[str, Work] = {
        model.Lane.EMAIL: partial(
            run_lane, deps, db, Sender(model.Lane.EMAIL, mail, settings.mail_window, lambda: True)
        )
    }
    for name, (url, window) in binds.items():
        provider = Provider.from_url(url, settings.sms_sender)
        session = _session(deps, db, provider, window, timing)
        metrics.BOUND.labels(name).set_function(partial(_bound, session))
        sender = Sender(name, SmsChannel(session), window, partial(_bound, session))
        works[name] = partial(_run_bind, session, partial(run_lane, deps, db, sender))
    return works


def _bound(session: SmppSession) -> bool:
    return session.bound


def _session(
    deps: Deps, db: Database, provider: Provider, window: int, timing: Timing | None
) -> SmppSession:
    """A bind whose replies and receipts are committed before the provider is told so."""

    async def keep_reply(reply: Reply) -> None:
        async with db.transaction() as tx:
            await on_reply(deps, tx, reply.sender, reply.text)

    async def keep_receipt(receipt: DeliveryReceipt) -> None:
        if receipt.state in FINAL:
            async with db.transaction() as tx:
                await messages.receipt(tx, receipt.message_id, receipt.state)

    return SmppSession(provider, keep_reply, keep_receipt, window=window, timing=timing)


async def _run_bind(session: SmppSession, run: Work) -> None:
    """The bind outlives its sender, so that what is in flight at a stop can still be answered."""
    keeping = asyncio.ensure_future(session.run())
    sending = asyncio.ensure_future(run())
    try:
        done, _ = await asyncio.wait({keeping, sending}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        sending.cancel()
        await asyncio.wait({sending})
        keeping.cancel()
        await asyncio.wait({keeping})
