"""Problems: what a caller reads of a refusal, and of a failure of ours."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from services.intake.bodies import WithdrawalBody
from shared.clock import wall
from shared.http.problems import UNNAMED, as_name, told
from shared.security.tokens import Caller, Signer
from shared.settings import Environment
from tests.support.apps import applications


@pytest.fixture
def intake(tmp_path: Path) -> FastAPI:
    """Intake's application, with a route that fails."""
    app = applications(tmp_path, Environment.DEMO)["intake"]

    @app.get("/broken")
    async def broken() -> None:
        raise LookupError("Айсулуу")

    return app


async def test_a_failure_is_answered_and_goes_no_further(intake: FastAPI, tmp_path: Path) -> None:
    """What the server is handed on, it ends the connection for, and with it the next request."""
    signer = Signer.from_file(tmp_path / "console" / "tokens.private.json")
    bearer = f"Bearer {signer.token(Caller('st-1', 'desk'), wall())}"
    transport = httpx.ASGITransport(intake, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as http:
        answer = await http.get("/broken", headers={"Authorization": bearer})
        measured = (await http.get("/metrics")).text
    assert (answer.status_code, answer.json()["status"]) == (500, 500)
    assert "Айсулуу" not in answer.text
    assert 'tirek_http_seconds_count{method="GET",route="/broken",status="500"}' in measured


@pytest.mark.parametrize("name", ["needs", "birth_year", "danger", "32999"])
def test_a_name_that_could_be_a_fields_is_said(name: str) -> None:
    """So that a slip of the pen is found."""
    assert as_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["Асанова", "Asanova", "asel zhumabekova", "+996000500101", "996000500101", "a" * 21, ""],
)
def test_a_name_that_no_field_could_have_is_not_repeated(name: str) -> None:
    """It may be somebody's, or their number, put where a field's name belongs."""
    assert as_name(name) == UNNAMED
    with pytest.raises(ValidationError) as refused:
        WithdrawalBody.model_validate({name: 1})
    (error,) = refused.value.errors()
    assert told(error) == {"field": UNNAMED, "message": "is not known here"}
