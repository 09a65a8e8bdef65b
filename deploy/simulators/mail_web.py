"""The page of the mail catcher, and the JSON API beside it."""

from fastapi import FastAPI, HTTPException, Request, Response

from deploy.simulators.mail import Mailbox
from deploy.simulators.pages import templates, web


def mail_app(mailbox: Mailbox, host: str) -> FastAPI:
    """E-mails to read, newest first; nothing to post."""
    app = web(host)
    page = templates()

    @app.get("/")
    async def mails(request: Request) -> Response:
        context = {"mails": mailbox.since(0)[::-1]}
        return page.TemplateResponse(request, "mails.html", context)

    @app.get("/mails/{number}")
    async def one(request: Request, number: int) -> Response:
        mail = mailbox.get(number)
        if mail is None:
            raise HTTPException(404, "no such e-mail")
        return page.TemplateResponse(request, "mail.html", {"mail": mail})

    @app.get("/api/mails")
    async def api(since: int = 0) -> list[dict[str, object]]:
        return [mail.to_json() for mail in mailbox.since(since)]

    @app.get("/health")
    async def health() -> dict[str, object]:
        return {"mails": len(mailbox.since(0))}

    return app
