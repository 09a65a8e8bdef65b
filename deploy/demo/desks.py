"""Desks of the demo: sit down before the console as anybody of the samples, without a password.

It hands out links of a minute that only a console of this demo believes (`services.console.
demo_links`), and none once the register has a telephone that is not of the made-up range.
"""

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from deploy.demo.story.voices import Voices
from deploy.samples import load
from deploy.samples.load import Person
from deploy.simulators.pages import web
from deploy.topology import HOST
from services.console import demo_links
from services.console.keys import AccountKeys
from shared.clock import wall

FICTIONAL = "+996000"
"""Numbers that no operator uses begin so."""
FIRST = {
    "st-v5oef5ab": "Reports what she is told: secretary, hotline",
    "st-6775jivy": "Crisis centre in the capital: queue and cases",
    "st-bq4mzk7e": "Operator: the desk, for whoever has set a telephone PIN (My account)",
    "st-ooz4g2x7": "Secretary of a local committee: appeals, sittings, the report",
    "st-jjgqb2h3": "Member of the same committee, its chair: what members see",
    load.COORDINATOR: "Coordinator: the board, the committees of the country",
    load.ADMINISTRATOR: "Administrator: people, rosters",
}
"""Who shows most, and what; of the committee only where the demo has one (``FOUNDING=1``)."""
TEMPLATES = Path(__file__).parent / "templates"
Numbers = Callable[[], Awaitable[Iterable[str | None]]]
"""All telephones of the register as it is now."""


def fictional(numbers: Iterable[str | None]) -> bool:
    """Whether nobody can be reached at any of these."""
    return all(number is None or number.startswith(FICTIONAL) for number in numbers)


def desks_app(
    console: str, keys: AccountKeys, people: Iterable[Person], numbers: Numbers
) -> FastAPI:
    """The page. ``console`` is its address, ``keys`` are those that it has too."""
    app = web(HOST)
    page = Jinja2Templates(
        env=Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
        )
    )
    known = {each.staff_id: each for each in people}

    @app.get("/")
    async def choose(request: Request) -> Response:
        first = [(known[staff_id], what) for staff_id, what in FIRST.items() if staff_id in known]
        others = sorted(known.values(), key=lambda each: (each.organisation, each.name))
        return page.TemplateResponse(request, "desks.html", {"first": first, "others": others})

    @app.get("/as/{staff_id}")
    async def sit_down(staff_id: str) -> Response:
        if staff_id not in known:
            raise HTTPException(404, "nobody of the samples is called so")
        if not fictional(await numbers()):
            raise HTTPException(403, "the register has real telephones: sign in with a password")
        secret = demo_links.make(keys, staff_id, wall())
        return RedirectResponse(f"{console}/invitation/{secret}", 303)

    return app


def desks_of(voices: Voices, others: Iterable[Person] = ()) -> FastAPI:
    """The page of a running demo. ``others``: people who are not of the sample staff."""

    async def numbers() -> Iterable[str | None]:
        administrator = voices.caller(load.ADMINISTRATOR)
        found: list[str | None] = []
        asked: dict[str, object] = {"limit": 200}
        while True:
            answer = await voices.ask(administrator, "notify", "/people/search", asked)
            for each in answer["people"]:
                found += [each["phone"], each["desk_phone"]]
            if not answer.get("next"):
                return found
            asked["cursor"] = answer["next"]

    keys = AccountKeys.from_directory(voices.stack.keys("console"))
    people = [*voices.people.values(), *others]
    return desks_app(voices.stack.url("console"), keys, people, numbers)
