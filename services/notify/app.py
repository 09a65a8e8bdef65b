"""Notify's composition root: everything is made and tied together here, and nowhere else."""

import asyncio
from functools import partial
from typing import NoReturn

from fastapi import FastAPI

from services.notify import api, jobs, metrics
from services.notify.answers import texts
from services.notify.answers.handlers import on_answer_judged
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
from services.notify.delivery.handlers.exclusions import on_exclusions_forwarded
from services.notify.delivery.handlers.notices import on_notice_requested
from services.notify.delivery.handlers.offers_changed import on_offers_changed
from services.notify.delivery.handlers.offers_requested import on_offers_requested
from services.notify.delivery.sender_loop import Sender, run_lane
from services.notify.delivery.store import receipts
from services.notify.deps import Deps
from services.notify.people.exclusions import Exclusions
from services.notify.people.handlers import on_organisation_changed
from services.notify.settings import NotifySettings
from shared import service
from shared.bus.handling import Handler, each
from shared.clock import pause
from shared.db import Database
from shared.events import Body
from shared.events.notices import NoticeRequested
from shared.events.referral import (
    AnswerJudged,
    ExclusionsForwarded,
    OfferChanged,
    OfferRequested,
    OrganisationChanged,
)
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.live import LiveJurisdiction
from shared.runtime.health import Health
from shared.runtime.quarantine import Quarantine
from shared.runtime.worker import Work
from shared.security.sealing import Sealer
from shared.security.tags import Tagger
from shared.security.tokens import Signer

FINAL = frozenset({DeliveryState.DELIVERED, DeliveryState.EXPIRED, DeliveryState.FAILED})
KNOCK_EVERY, KNOCK_AGAIN = 300.0, 30.0
"""Seconds between looks at the mail relay: while all is well, and while it is not."""
URGENT_WINDOW = 1
"""Emergencies go one by one: a crash repeats one at most."""


def handler_table(deps: Deps) -> dict[type[Body], Handler]:
    """Which event is handled by what: the one table."""
    return {
        OrganisationChanged: each(partial(on_organisation_changed, deps.country)),
        OfferRequested: partial(on_offers_requested, deps),
        OfferChanged: partial(on_offers_changed, deps),
        AnswerJudged: each(partial(on_answer_judged, deps)),
        NoticeRequested: each(partial(on_notice_requested, deps)),
        ExclusionsForwarded: each(partial(on_exclusions_forwarded, deps)),
    }


def make_deps(settings: NotifySettings) -> Deps:
    """Keys and jurisdiction; raises what says which file is wrong."""
    sealer = Sealer.from_directory(settings.SERVICE, settings.keys_dir)
    country = LiveJurisdiction(settings.jurisdiction, check=_understood)
    raion = country.current.territories.rules.neutral_digits
    return Deps(
        exclusions=Exclusions.of(sealer, Tagger.from_directory(settings.keys_dir), raion),
        codes=CodeKeys.from_directory(settings.keys_dir),
        signer=Signer.from_file(settings.keys_dir / "calls.private.json"),
        country=country,
        label=settings.service_label,
    )


def _understood(country: Jurisdiction) -> None:
    """Raises `ValueError` when a word of reply would have two meanings."""
    Lexicon.of(country.texts.answers, country.texts.doubts)


def make_http(settings: NotifySettings) -> FastAPI:
    """The HTTP process."""
    deps = make_deps(settings)
    return service.make_http(settings, api.router, deps, deps.country)


def works(settings: NotifySettings) -> dict[str, Work]:
    """What the worker process runs side by side."""
    deps = make_deps(settings)
    worker = service.Worker(settings, deps.country)
    waiting = Quarantine()
    expiry, register = partial(jobs.give_up_expired, deps), jobs.register_job(deps)
    return worker.works(
        handler_table(deps),
        parts=worker.job("parts", texts.parts_job(deps, waiting), texts.LOOK, quarantine=waiting),
        expiry=worker.job("expiry", expiry, jobs.EXPIRY),
        register=worker.job("register", register, jobs.REGISTER),
        retention=worker.job("retention", jobs.forget, jobs.RETENTION),
        **senders(settings, deps, worker.db, health=worker.health),
    )


def senders(
    settings: NotifySettings,
    deps: Deps,
    db: Database,
    timing: Timing | None = None,
    health: Health | None = None,
) -> dict[str, Work]:
    """One sender a lane. Emergencies have a bind of their own: nothing stands before them."""
    health = health or Health()
    smpp = settings.needed("smpp_url")
    urgent = settings.smpp_urgent_url.get_secret_value() if settings.smpp_urgent_url else smpp
    relay = MailRelay.from_url(settings.needed("smtp_url"), settings.mail_from, settings.smtp_ca)
    mail = EmailChannel(relay, on_trouble=partial(_show, health, model.Lane.EMAIL))
    metrics.MAIL_REACHED.set_function(partial(_reached, mail))
    binds = {
        model.Lane.URGENT: (urgent, URGENT_WINDOW),
        model.Lane.SMS: (smpp, settings.sms_window),
    }
    works: dict[str, Work] = {
        "mail-relay": partial(_knock, mail),
        model.Lane.EMAIL: partial(
            run_lane, deps, db, Sender(model.Lane.EMAIL, mail, settings.mail_window, lambda: True)
        ),
    }
    for name, (url, window) in binds.items():
        provider = Provider.from_url(url, settings.sms_sender, settings.smpp_ca)
        session = SmppSession(
            provider,
            partial(_keep_reply, deps, db),
            partial(_keep_receipt, db),
            window=window,
            timing=timing,
            on_trouble=partial(_show, health, name),
        )
        metrics.BOUND.labels(name).set_function(partial(_bound, session))
        sender = Sender(name, SmsChannel(session), window, partial(_bound, session))
        works[name] = partial(_run_bind, session, partial(run_lane, deps, db, sender))
    return works


def _reached(mail: EmailChannel) -> bool:
    return mail.trouble is None


def _bound(session: SmppSession) -> bool:
    return session.bound


def _show(health: Health, lane: str, trouble: str | None) -> None:
    if trouble is None:
        health.gateways.pop(lane, None)
    else:
        health.gateways[lane] = trouble


async def _keep_reply(deps: Deps, db: Database, reply: Reply) -> None:
    """Committed before the provider is told that we have it, as is a receipt."""
    async with db.transaction() as tx:
        await texts.on_text(deps, tx, reply)


async def _keep_receipt(db: Database, receipt: DeliveryReceipt) -> None:
    if receipt.state in FINAL:
        async with db.transaction() as tx:
            await receipts.receipt(tx, receipt.message_id, receipt.state)


async def _knock(mail: EmailChannel) -> NoReturn:
    """What is wrong with the mail relay shows before anybody needs an e-mail."""
    while True:
        await mail.knock()
        await pause(KNOCK_AGAIN if mail.trouble else KNOCK_EVERY)


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
