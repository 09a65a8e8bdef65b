"""Model of a member as a form: somebody of the register, or somebody who is entered there first."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from services.console.frame.forms import Form
from shared.events.words import Role

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a secretary enters. ``staff_id`` is empty for somebody new, who has a ``name``, and gets
    ``new_id``: sent twice, they are one."""

    new_id: str = ""
    staff_id: str = ""
    name: str = ""
    phone: str = ""
    sector: str = ""
    body: str = ""
    order_no: str = ""
    order_on: str = ""
    member_from: str = ""
    deputy_of: str = ""

    @classmethod
    def typed(cls, form: Form) -> Self:
        """As it was typed."""
        return cls(**{each.name: form.text(each.name, 200) for each in fields(cls)})

    def person(self, organisation: str, language: str) -> Json:
        """As notify takes somebody new, who needs neither an account nor a number."""
        return {
            "name": self.name,
            "organisation": organisation,
            "roles": [Role.MEMBER],
            "languages": [language],
            "phone": self.phone or None,
            "territories": [],
            "active": True,
        }

    def member(self) -> Json:
        """As the committee service takes a member."""
        return {
            "staff_id": self.staff_id or self.new_id,
            "sector": self.sector,
            "body": self.body,
            "order_no": self.order_no,
            "order_on": self.order_on,
            "member_from": self.member_from,
            "deputy_of": self.deputy_of or None,
        }
