"""The page of phones, and the JSON API beside it."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import FastAPI, HTTPException, Path, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from deploy.simulators import seen
from deploy.simulators.deliveries import Full
from deploy.simulators.faults import Mode
from deploy.simulators.pages import templates, web
from deploy.simulators.phones import canonical
from deploy.simulators.receipts import Receipts
from deploy.simulators.smsc import Smsc

Phone = Annotated[str, Path(pattern=r"^\+?[0-9]{3,15}$")]
_LONGEST = 1000


class Typed(BaseModel):
    """A reply typed on a phone."""

    model_config = ConfigDict(strict=True, extra="forbid")

    text: str = Field(min_length=1, max_length=_LONGEST)


class Fault(BaseModel):
    """How the SMSC shall misbehave: see `Mode`."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode
    count: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, ge=0, le=3600)


class Receipting(BaseModel):
    """Which receipts the SMSC shall send: see `Receipts`."""

    model_config = ConfigDict(extra="forbid")

    kind: Receipts
    seconds: float | None = Field(default=None, ge=0, le=3600)


def phones_app(smsc: Smsc, host: str) -> FastAPI:
    """Phones to read and answer on. No GET changes anything; unread is the browser's own memory."""
    app = web(host)
    _add_pages(app, smsc)
    _add_api(app, smsc)
    return app


def _add_pages(app: FastAPI, smsc: Smsc) -> None:
    page = templates()

    @app.get("/")
    async def phones(request: Request) -> Response:
        rows = seen.rows(smsc.phones, seen.read(request))
        context = {"rows": rows, "binds": smsc.binds, "open": None}
        return page.TemplateResponse(request, "phones.html", context)

    @app.get("/phones/{phone}")
    async def phone(request: Request, phone: Phone) -> Response:
        number = canonical(phone)
        messages = smsc.phones.of(number)
        marks = seen.marked(seen.read(request), number, messages)
        context = {
            "rows": seen.rows(smsc.phones, marks),
            "binds": smsc.binds,
            "open": number,
            "messages": messages,
            "longest": _LONGEST,
        }
        response = page.TemplateResponse(request, "phone.html", context)
        seen.write(response, marks)
        return response

    @app.post("/phones/{phone}/replies")
    async def reply(request: Request, phone: Phone) -> Response:
        fields = parse_qs((await request.body()).decode(errors="replace"))
        text = fields.get("text", [""])[0].strip()[:_LONGEST]
        if text:
            _reply(smsc, phone, text)
        return RedirectResponse(f"/phones/{canonical(phone)}#end", status_code=303)


def _add_api(app: FastAPI, smsc: Smsc) -> None:
    @app.get("/api/messages")
    async def messages(since: int = 0) -> list[dict[str, object]]:
        return [message.to_json() for message in smsc.phones.since(since)]

    @app.get("/api/phones/{phone}/messages")
    async def conversation(phone: Phone) -> list[dict[str, object]]:
        return [message.to_json() for message in smsc.phones.of(phone)]

    @app.post("/api/phones/{phone}/replies", status_code=202)
    async def reply(phone: Phone, typed: Typed) -> dict[str, object]:
        return _reply(smsc, phone, typed.text)

    @app.post("/api/faults", status_code=204)
    async def faults(fault: Fault) -> None:
        smsc.set_fault(fault.mode, fault.count, fault.seconds)

    @app.post("/api/receipts", status_code=204)
    async def receipts(wanted: Receipting) -> None:
        smsc.set_receipts(wanted.kind, wanted.seconds)

    @app.get("/health")
    async def health() -> dict[str, object]:
        return {
            "binds": smsc.binds,
            "fault": smsc.faults.mode,
            "receipts": smsc.receipts,
            "made": smsc.made,
            "receipted": smsc.receipted,
            "waiting": len(smsc.deliveries),
            "most_unanswered": smsc.most_unanswered,
        }


def _reply(smsc: Smsc, phone: str, text: str) -> dict[str, object]:
    try:
        return smsc.reply(phone, text).to_json()
    except Full as problem:
        raise HTTPException(503, str(problem)) from problem
