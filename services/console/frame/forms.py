"""Forms: what a browser posts, believed only from our own page.

Two proofs for each, also at sign-in: the browser's own word where it comes from (`Sec-Fetch-Site`,
`Origin`), and a hidden token that another site cannot know. Nothing that was typed is kept here: a
page that refuses a form shows it again in the answer to the same POST.
"""

from collections.abc import Mapping, Sequence
from hmac import compare_digest
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request

from services.console.frame.parts import parts
from services.console.frame.texts import later, say
from shared.errors import Invalid
from shared.http.limits import PARTS
from shared.pasted import as_seen

TOKEN = "csrf"  # noqa: S105 - the name of a field
MOST_FIELDS = 600
FORM = "application/x-www-form-urlencoded"
NOT_OURS = later("This form is not from here, or too old: open the page again")


class Form:
    """The fields of one POST: texts as people see them, without what nobody sees."""

    def __init__(
        self,
        fields: Sequence[tuple[str, str]] = (),
        files: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        self._files = files
        self._fields: dict[str, list[str]] = {}
        for name, value in fields:
            self._fields.setdefault(name, []).append(value)

    @classmethod
    async def of(cls, request: Request) -> "Form":
        """The form of a request; raises `Invalid` for what is none."""
        said = request.headers.get("content-type", "")
        kind, body = said.split(";")[0].strip().lower(), await request.body()
        if kind not in (FORM, PARTS):
            raise Invalid("form", later("This must be sent as a form"))
        try:
            if kind == PARTS:
                return cls(*parts(body, said, MOST_FIELDS))
            fields = parse_qsl(
                body.decode("ascii"),
                keep_blank_values=True,
                max_num_fields=MOST_FIELDS,
                errors="strict",
            )
        except ValueError:
            raise Invalid("form", later("This form cannot be read")) from None
        return cls(fields)

    def text(self, name: str, most: int = 300) -> str:
        """What was typed, trimmed; empty without. Raises `Invalid` where it is too long."""
        value = as_seen(self.raw(name)).strip()
        if len(value) > most:
            raise Invalid(
                name, say("Shorter, please: %(most)s characters at most") % {"most": most}
            )
        return value

    def raw(self, name: str) -> str:
        """As it was sent: for secrets and for a story in somebody's own words."""
        return self._fields.get(name, [""])[0].replace("\x00", "")

    def file(self, name: str) -> bytes:
        """What a file holds; nothing where none was chosen."""
        return self._files.get(name, b"")

    def all(self, name: str) -> list[str]:
        """Every value of a field that may be there more than once."""
        return [as_seen(value).strip() for value in self._fields.get(name, ())]

    def has(self, name: str) -> bool:
        """Whether a box is ticked, or a button was pressed."""
        return name in self._fields

    def names(self) -> Mapping[str, list[str]]:
        """Every field, for a draft."""
        return {name: values for name, values in self._fields.items() if name != TOKEN}


def outside_hours(form: Form) -> dict[str, str]:
    """Why a number is to be shown outside its safe hours, as intake takes it; nothing unless the
    person pressed that her life is in danger."""
    return {"outside_hours": "danger-to-life"} if form.text("danger") else {}


def proves(form: Form, token: str) -> bool:
    """Whether a form carries the token that its page was given."""
    return compare_digest(form.raw(TOKEN).encode(), token.encode())


def same_site(request: Request) -> bool:
    """Whether a browser would send this from our own page; what is no browser says neither.

    Where the browser says which site it was, that counts: under our policy of no referrer the
    `Origin` of a form is ``null``.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
