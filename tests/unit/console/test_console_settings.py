"""Settings of the console: passwords go over no line that others can read."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from services.console.settings import ConsoleSettings
from shared.settings import Environment, SettingsError
from tests.support.certificates import Authority

EVERYWHERE = "0.0.0.0"  # noqa: S104 - it is what is refused
SAFE = "https://desk.example"


def settings(**said: Any) -> ConsoleSettings:
    """Those of a demo on this machine, but for what is ``said``."""
    known: dict[str, Any] = {
        "env": Environment.DEMO,
        "database_url": SecretStr("postgresql://nobody@127.0.0.1:1/none"),
        "keys_dir": Path("keys"),
        "http_port": 8104,
    }
    return ConsoleSettings(**(known | said))


@pytest.mark.parametrize(
    "said",
    [
        {"env": Environment.PROD},
        {"env": Environment.PROD, "origin": SAFE},
        {"origin": "http://desk.example"},
        {"http_host": EVERYWHERE},
        {"http_host": EVERYWHERE, "published": EVERYWHERE},
        {"trusted_proxy": "10.0.0.1/32"},
        {"origin": SAFE, "tls_cert": Path("cert.pem")},
        {"origin": SAFE, "tls_cert": Path("cert.pem"), "tls_key": Path("key.pem")},
    ],
    ids=str,
)
def test_without_tls_it_starts_in_a_demo_on_this_machine_alone(said: dict[str, Any]) -> None:
    """Nor with half of it, with files that are not there, or where browsers would come without."""
    with pytest.raises(SettingsError):
        settings(**said).check_tls()


def test_it_starts_with_files_of_its_own_or_a_proxy_that_is_named(tmp_path: Path) -> None:
    """And in a demo with neither, where it listens. What compose leaves empty is not said."""
    Authority().serving(tmp_path)
    pem = tmp_path / "server.pem"
    behind = settings(env=Environment.PROD, origin=SAFE, trusted_proxy="10.0.0.0/8")
    own = settings(env=Environment.PROD, origin=SAFE, tls_cert=pem, tls_key=pem)
    demo = settings(tls_cert="", tls_key="", trusted_proxy="", origin="")
    contained = settings(http_host=EVERYWHERE, published="127.0.0.1", origin=demo.origin)
    for each in (behind, own, demo, contained):
        each.check_tls()
    assert (behind.secure, own.secure, demo.secure) == (True, True, False)
    assert demo.origin == "http://127.0.0.1:8104"
    pem.write_text("no certificate")
    with pytest.raises(SettingsError, match="do not serve together"):
        own.check_tls()


@pytest.mark.parametrize("origin", ["desk.example", "https://desk.example/", "ftp://desk.example"])
def test_an_origin_is_what_browsers_say(origin: str) -> None:
    """Else no form would be taken for ours."""
    with pytest.raises(ValueError, match="without a path"):
        settings(origin=origin)
