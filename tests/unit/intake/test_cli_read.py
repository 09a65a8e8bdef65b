"""``tirek incident read``: what may be read, and of a masked number when a call is safe."""

from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from deploy.cli.__main__ import app

DATA = {
    "identity": {"name": "Айсулуу Үлгү", "age": 34},
    "safe_contact": {
        "masked_phone": "…02",
        "safe_now": False,
        "safe_next": "2026-11-30T04:00:00Z",
        "days": ["mo", "we"],
        "time_zone": "Asia/Bishkek",
    },
    "children": [{"age": 8, "witness": True}],
}


@pytest.mark.parametrize("danger", [False, True])
def test_a_reading_is_shown_line_by_line_on_the_countrys_clock(
    monkeypatch: pytest.MonkeyPatch, *, danger: bool
) -> None:
    """And only whoever says that a life is in danger asks for the number outside its hours."""
    sent: list[Any] = []

    def answer(_method: str, _url: str, **request: Any) -> httpx.Response:
        sent.append(request["json"])
        return httpx.Response(200, json={"data": DATA})

    monkeypatch.setattr(httpx, "request", answer)
    words = ["incident", "read", "incident-1", "--ticket", "t", *["--danger-to-life"] * danger]
    result = CliRunner().invoke(app, words, env={"TIREK_TOKEN": "t", "COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    assert "  name: Айсулуу Үлгү" in result.output
    assert "  masked phone: …02" in result.output
    assert "  safe next: 30.11.2026 10:00 Asia/Bishkek" in result.output
    assert "    witness: yes" in result.output
    assert "  days: mo, we" in result.output
    expected = {"purpose": "service", "ticket": "t"}
    assert sent == [expected | ({"outside_hours": "danger-to-life"} if danger else {})]


def test_whether_a_call_is_safe_is_said_in_the_readers_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With its days; a survivor's own words are left as they are."""
    data = DATA | {"story": {"text": "no"}}
    monkeypatch.setattr(
        httpx, "request", lambda *_a, **_k: httpx.Response(200, json={"data": data})
    )
    words = ["--lang", "ky", "incident", "read", "incident-1", "--ticket", "t"]
    result = CliRunner().invoke(app, words, env={"TIREK_TOKEN": "t", "TIREK_LANG": ""})
    assert "  азыр коопсуз: жок" in result.output
    assert "  күндөр: дш, шр" in result.output
    assert "  айтылганы: no" in result.output
