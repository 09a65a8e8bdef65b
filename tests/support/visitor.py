"""A visitor of the console without a script: follows links, fills in forms, and sends them as a
browser does. What is not on the page cannot be pressed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

STAY = "/stay"
"""Where forms of the frame go that are on every page; they are not listed."""
Fields = list[tuple[str, str | bytes]]
"""What a form sends; bytes are a file."""
NAMED = "Фамилия Имя.pdf"
"""What a visitor's file is called, which is not ours to know."""
VOID = {"input", "br", "meta", "link", "hr", "img"}


@dataclass(slots=True)
class FormOnPage:
    """A form: where it goes, what it holds already, and what its buttons say."""

    method: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    offered: dict[str, list[str]] = field(default_factory=dict)
    """Values that boxes, radios and selects offer, by name."""
    hidden: set[str] = field(default_factory=set)
    """Names of what nobody types."""
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """Words, name and value of each button."""

    @property
    def typed(self) -> list[str]:
        """Names of what somebody writes into it."""
        return [name for name, _ in self.fields if name not in self.hidden | self.offered.keys()]


class Page(HTMLParser):
    """One page as somebody without a script sees it."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.markup = markup
        self.forms: list[FormOnPage] = []
        self.links: list[tuple[str, str]] = []
        self.title = ""
        self.language = ""
        self._words: list[str] = []
        self._form: FormOnPage | None = None
        self._open: list[str] = []
        self._taking: tuple[str, dict[str, str], list[str]] | None = None
        self._select = ""
        self.feed(markup)

    @property
    def text(self) -> str:
        """All words, in their order."""
        return " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes forms, fields, buttons and links."""
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "form":
            self._form = FormOnPage(given.get("method", "get"), given.get("action", ""))
            if self._form.action != STAY:
                self.forms.append(self._form)
        elif tag in ("a", "button", "title", "textarea"):
            self._taking = tag, given, []
        elif tag == "input" and self._form is not None:
            self._input(self._form, given)
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._form is not None:
            values = self._form.offered.setdefault(self._select, [])
            if "selected" in given or not values:
                self._set(self._form, self._select, given.get("value", ""))
            values.append(given.get("value", ""))

    def _input(self, form: FormOnPage, given: dict[str, str]) -> None:
        name, value, kind = given.get("name", ""), given.get("value", ""), given.get("type", "text")
        if kind in ("checkbox", "radio"):
            form.offered.setdefault(name, []).append(value or "on")
            if "checked" in given:
                form.fields.append((name, value or "on"))
        elif kind != "submit" and name:
            form.fields.append((name, value))
            if kind == "hidden":
                form.hidden.add(name)

    @staticmethod
    def _set(form: FormOnPage, name: str, value: str) -> None:
        form.fields[:] = [each for each in form.fields if each[0] != name] + [(name, value)]

    def handle_data(self, data: str) -> None:
        """Words."""
        if self._open and self._open[-1] in ("style", "script"):
            return
        if self._taking is not None:
            self._taking[2].append(data)
        if not self._open or self._open[-1] != "title":
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Ends what had begun."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "form":
            self._form = None
        if self._taking is not None and self._taking[0] == tag:
            _, given, data = self._taking
            words = " ".join("".join(data).split())
            if tag == "a":
                self.links.append((words, given.get("href", "")))
            elif tag == "title":
                self.title = words
            elif tag == "textarea" and self._form is not None:
                self._form.fields.append((given.get("name", ""), "".join(data)))
            elif tag == "button" and self._form is not None:
                self._form.buttons.append((words, given.get("name", ""), given.get("value", "")))
            self._taking = None


class Visitor:
    """Somebody before the console, with a browser's memory of cookies and of where they are."""

    def __init__(self, http: httpx.AsyncClient, language: str = "en") -> None:
        self._http = http
        self._language = language
        self.cookies: dict[str, str] = {}
        self.at = "/"
        self.answer: httpx.Response
        self.page: Page
        self.steps = 0
        self._taps = 0
        """Pages that were opened so far."""

    async def go(self, path: str) -> Page:
        """Opens an address, and follows where it leads."""
        return await self._send("GET", path)

    @property
    def token(self) -> str:
        """What proves a form of the page that they are on."""
        return next(
            value for form in self.page.forms for name, value in form.fields if name == "csrf"
        )

    @property
    def taps(self) -> int:
        """Taps so far: a link or a button each, and a choice or a field each."""
        return self._taps

    async def follow(self, words: str) -> Page:
        """Follows the first link whose words begin so."""
        where = next((href for said, href in self.page.links if said.startswith(words)), None)
        assert where is not None, f"no link {words!r} on {self.at}: {self.page.links}"
        self._taps += 1
        return await self.go(where)

    async def press(self, words: str, **typed: Any) -> Page:
        """Fills in and sends the first form with a button whose words begin so; a value that is a
        list ticks several boxes, one of bytes is a file. A field that the form does not have cannot
        be filled in."""
        form, button = self._form(words)
        self._taps += 1 + sum(len(each) if isinstance(each, list) else 1 for each in typed.values())
        fields: Fields = [each for each in form.fields if each[0] not in typed]
        known = {name for name, _ in form.fields} | form.offered.keys()
        for name, value in typed.items():
            assert name in known, f"no field {name} in the form of {words!r} on {self.at}: {known}"
            chosen = value if isinstance(value, list) else [value]
            for each in chosen:
                offered = form.offered.get(name)
                assert offered is None or each in offered, f"{name} offers {offered}, not {each}"
            fields += [(name, each if isinstance(each, bytes) else str(each)) for each in chosen]
        if button[1]:
            fields.append((button[1], button[2]))
        if form.method.lower() == "get":
            return await self.go(f"{form.action}?{urlencode(fields)}")
        return await self._send("POST", form.action or self.at, fields)

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator[AsyncIterator[str]]:
        """The lines of an answer that has no end."""
        kept = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        async with self._http.stream("GET", path, headers=kept, timeout=60) as answer:
            assert answer.status_code == 200
            yield answer.aiter_lines()

    async def post(self, path: str, fields: dict[str, str]) -> Page:
        """What no page offers: a request as an attacker makes it."""
        return await self._send("POST", path, [*fields.items()])

    def _form(self, words: str) -> tuple[FormOnPage, tuple[str, str, str]]:
        for form in self.page.forms:
            for button in form.buttons:
                if button[0].startswith(words):
                    return form, button
        offered = [button[0] for form in self.page.forms for button in form.buttons]
        raise AssertionError(
            f"no button {words!r} on {self.at}: {offered}; {self.page.text[:1500]}"
        )

    async def _send(self, method: str, path: str, fields: Fields | None = None) -> Page:
        for _ in range(8):
            target = urljoin(self.at, path)
            headers = {"Accept-Language": self._language, "Sec-Fetch-Site": "same-origin"}
            if self.cookies:
                headers["Cookie"] = "; ".join(
                    f"{name}={value}" for name, value in self.cookies.items()
                )
            self.answer = await self._http.request(
                method, target, headers=headers, **_written(fields, headers)
            )
            self._keep(self.answer)
            self.at = _path(target)
            self.steps += 1
            if self.answer.status_code not in (302, 303, 307):
                break
            method, path, fields = "GET", self.answer.headers["location"], None
        self.page = Page(self.answer.text)
        return self.page

    def _keep(self, answer: httpx.Response) -> None:
        for header in answer.headers.get_list("set-cookie"):
            pair, *flags = (part.strip() for part in header.split(";"))
            name, _, value = pair.partition("=")
            if "Max-Age=0" in flags or not value.strip('"'):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value


def _written(fields: Fields | None, headers: dict[str, str]) -> dict[str, Any]:
    """A form as browsers send it: in parts where it has a file, whose name is the visitor's own."""
    if fields is None:
        return {}
    if any(isinstance(value, bytes) for _, value in fields):
        return {
            "files": [
                (name, (NAMED if isinstance(value, bytes) else None, value))
                for name, value in fields
            ]
        }
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return {"content": urlencode(fields)}


def _path(target: str) -> str:
    parts = urlsplit(target)
    return parts.path + (f"?{parts.query}" if parts.query else "")
