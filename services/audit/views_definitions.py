"""View of the definitions: what the figures of response mean."""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel

from services.audit.figures.clocks import Clock, Response
from services.audit.figures.definitions import CLOCKS, COLUMNS, RESPONSES
from services.audit.words_figures import Said


class DefinitionsView(BaseModel):
    """What each clock, class and number means, in the reader's language."""

    clocks: Mapping[Clock, str]
    responses: Mapping[Response, str]
    columns: Mapping[str, str]

    @classmethod
    def of(cls, said: Said) -> Self:
        """All of them."""
        return cls(
            clocks={each: said.say(text) for each, text in CLOCKS.items()},
            responses={each: said.say(text) for each, text in RESPONSES.items()},
            columns={each: said.say(text) for each, text in COLUMNS.items()},
        )
