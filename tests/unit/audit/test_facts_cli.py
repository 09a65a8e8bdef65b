"""``tirek audit rebuild`` goes on until nothing is left, and its end says whether all was well."""

from typing import Any

import pytest
from typer.testing import CliRunner

from services.audit import cli

PAGES = {
    "": {"looked": 200, "different": [], "last": "s200"},
    "s200": {"looked": 7, "different": ["s205"], "last": None},
}


@pytest.mark.parametrize(("changed", "code"), [(["s205"], 1), ([], 0)])
def test_facts_are_made_anew_page_by_page(
    monkeypatch: pytest.MonkeyPatch, changed: list[str], code: int
) -> None:
    """Each one that was changed is named."""

    def call(service: str, method: str, path: str, *, params: dict[str, str]) -> Any:
        assert (service, method, path) == ("audit", "POST", "/facts/rebuild")
        page = PAGES[params["behind"]]
        return page | {"different": changed if page["last"] is None else []}

    monkeypatch.setattr(cli, "call", call)
    shown = CliRunner().invoke(cli.audit, ["rebuild"])
    assert shown.exit_code == code
    assert "207" in shown.output
    assert ("s205" in shown.output) == bool(changed)
