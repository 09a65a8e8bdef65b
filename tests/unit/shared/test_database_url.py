"""Addresses of databases: made of any password, and refused by the name of their setting alone."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.backup.server import Server
from shared.database_url import check, url
from shared.settings import SettingsError

KEY, SECRET = "TIREK_DATABASE_URL", "hush-hush"
passwords = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40)


@given(passwords)
def test_whatever_signs_a_password_has_the_address_is_one(password: str) -> None:
    """And it is the same password when it is read."""
    made = url("tirek_notify", password, "db.example:5432", "tirek")
    check(made, KEY)
    parts = urlsplit(made)
    assert unquote(parts.password or "") == password
    assert (parts.username, parts.hostname, parts.path) == ("tirek_notify", "db.example", "/tirek")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
@pytest.mark.parametrize(
    "options", ["", "?sslmode=verify-full", "?sslmode=require&application_name=a"]
)
def test_what_libpq_takes_is_taken(scheme: str, options: str) -> None:
    """Also several hosts, an IPv6 one, a socket."""
    for place in ("db", "db:5432,other:5433", "[::1]:5432", "%2Frun%2Fpostgresql"):
        check(f"{scheme}://u:{SECRET}@{place}/tirek{options}", KEY)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "tirek",
        f"mysql://u:{SECRET}@db/tirek",
        f"postgresql://u:{SECRET}@b@db/tirek",
        f"postgresql://u:{SECRET}#@db/tirek",
        f"postgresql://u:{SECRET}@[db/tirek",
        f"postgresql://u:{SECRET}@db/tirek?sslmode",
        f"postgresql://u:{SECRET}@db/tirek?sslmode=maybe",
        f"postgresql://u:{SECRET}@db/tirek?sslmode=verify-ca&sslrootcert=/not/there",
    ],
)
def test_what_can_be_none_is_one_line_without_it(wrong: str) -> None:
    """The setting is named, the secret is not."""
    with pytest.raises(SettingsError) as told:
        check(wrong, KEY)
    said = str(told.value)
    assert said.startswith(f"{KEY}: ")
    assert SECRET not in said
    assert "\n" not in said


def test_a_certificate_that_is_there_is_none_of_our_business(tmp_path: Path) -> None:
    """What it says, the connection finds out."""
    (tmp_path / "ca.pem").write_text("x")
    check(f"postgresql://u@db/tirek?sslmode=verify-ca&sslrootcert={tmp_path / 'ca.pem'}", KEY)


@pytest.mark.parametrize(
    "dsn",
    [
        f"postgresql://postgres:{SECRET}@db:5432?sslmode=require",
        f"postgres://postgres@db:5432?sslmode=require&password={SECRET}",
    ],
)
def test_no_password_stands_on_a_command_line(dsn: str) -> None:
    """Wherever in the address it is written; the rest of it stays."""
    line = Server(dsn)._without_password("tirek")
    assert SECRET not in line
    assert line.endswith("://postgres@db:5432/tirek?sslmode=require")
