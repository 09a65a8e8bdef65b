"""The handbook: administrators keep it, whoever sits in a committee reads it."""

from base64 import b64encode
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from shared.security.tokens import Caller
from tests.support.committee_api import (
    COORDINATOR,
    MEMBER,
    POLICE,
    SECRETARY,
    Api,
    committee_api,
)

ADMINISTRATOR = Caller("st-admin", "tirek", frozenset({"administrator"}))
AUDITOR = Caller("st-auditor", "ministry", frozenset({"auditor"}))
PDF = b"%PDF-1.7\n%made up\n%%EOF\n"
ODT = "application/vnd.oasis.opendocument.text"


def packed(**parts: str) -> bytes:
    """A ZIP of these parts: ``__`` in a name stands for a slash, ``_xml`` for its end."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as into:
        for name, content in parts.items():
            into.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return made.getvalue()


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """A handbook with nothing in it."""
    async with committee_api(stack) as one:
        for each in (ADMINISTRATOR, AUDITOR):
            await one.knows(each)
        await one.sits(MEMBER)
        yield one


def entry(content: bytes | None = None, **fields: Any) -> dict[str, Any]:
    """The body of PUT /handbook: a link, or a file."""
    where = {"file": b64encode(content).decode()} if content else {"url": "https://example.org/a"}
    return {"language": "ky", "title": "Колдонмо", "position": 2} | where | fields


async def titles(api: Api, caller: Caller, query: str = "") -> list[str]:
    """What somebody finds in it, in its order."""
    found = await api.ask(caller, "GET", f"/handbook{query}")
    return [each["title"] for each in found["entries"]]


async def test_links_and_files_stand_by_language_in_their_order(api: Api) -> None:
    """An entry stands as it was last sent; one that is taken out is gone."""
    ids = [f"/handbook/{uuid4()}" for _ in range(3)]
    await api.ask(ADMINISTRATOR, "PUT", ids[0], entry(PDF, title="two"))
    await api.ask(ADMINISTRATOR, "PUT", ids[1], entry(title="one", position=1))
    await api.ask(ADMINISTRATOR, "PUT", ids[2], entry(title="другое", language="ru"))
    for caller in (SECRETARY, MEMBER, COORDINATOR, ADMINISTRATOR):
        assert await titles(api, caller, "?language=ky") == ["one", "two"]
    await api.ask(ADMINISTRATOR, "PUT", ids[1], entry(title="last", position=3))
    await api.ask(ADMINISTRATOR, "DELETE", ids[2])
    assert await titles(api, MEMBER) == ["two", "last"]
    assert await api.status(ADMINISTRATOR, "DELETE", ids[2]) == 404
    assert await api.status(MEMBER, "GET", f"{ids[1]}/file") == 404


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (packed(mimetype=ODT), ODT),
        (packed(word__document_xml="<w/>"), "application/vnd.openxmlformats-officedocument"),
    ],
)
async def test_a_file_is_saved_and_never_shown(api: Api, content: bytes, kind: str) -> None:
    """By what it holds, under a name that tells nothing."""
    where = f"/handbook/{uuid4()}"
    made = await api.ask(ADMINISTRATOR, "PUT", where, entry(content))
    assert made["size"] == len(content)
    answer = await api.call(MEMBER, "GET", f"{where}/file")
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"].startswith(kind)
    named = answer.headers["content-disposition"]
    assert named == f'attachment; filename="tirek-handbook.{made["kind"]}"'
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (entry(b"<html><script>"), "file"),
        (entry(packed(word__document_xml="<w/>", word__vbaProject="macro")), "file"),
        (entry(packed(mimetype="image/svg+xml")), "file"),
        (entry(packed(mimetype=ODT, Basic__Standard_xml="macro")), "file"),
        (entry(b"PK\x03\x04 and no more"), "file"),
        (entry(PDF + bytes(1024 * 1024)), "file"),
        ({**entry(PDF), "file": "no base64 at all!"}, "file"),
        ({**entry(PDF), "file": "Колдонмо"}, "file"),
        (entry(PDF, url="https://example.org/b"), "url"),
        (entry(url="javascript:alert(1)"), "url"),
        (entry(url="http://example.org"), "url"),
        (entry(url="https://user@example.org"), "url"),
        (entry(language="fr"), "language"),
        (entry(title=""), "title"),
    ],
)
async def test_what_cannot_stand_there_is_refused_by_its_field(
    api: Api, fields: dict[str, Any], field: str
) -> None:
    """Nothing of it is kept: what is a page, a picture or a program, too large, or no link."""
    answer = await api.call(ADMINISTRATOR, "PUT", f"/handbook/{uuid4()}", fields)
    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert await titles(api, ADMINISTRATOR) == []


async def test_nobody_else_keeps_or_reads_it(api: Api) -> None:
    """It is for committees; whoever coordinates them reads it too."""
    where = f"/handbook/{uuid4()}"
    await api.ask(ADMINISTRATOR, "PUT", where, entry(PDF))
    for caller in (SECRETARY, MEMBER, COORDINATOR, POLICE, AUDITOR):
        assert await api.status(caller, "PUT", where, entry()) == 403
        assert await api.status(caller, "DELETE", where) == 403
    for caller in (POLICE, AUDITOR):
        for path in ("/handbook", f"{where}/file"):
            assert await api.status(caller, "GET", path) == 403
