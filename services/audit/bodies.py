"""Bodies that audit takes over HTTP: strict, snake case, with no unknown field."""

from typing import ClassVar

from pydantic import ConfigDict, Field

from shared.http.schemas import Strict

NOTE = (
    "kezek.example/ledger\n1\nSiRbCiWlM5NgkZFdDYQ6vQyuE4WpiLrm4tuFSFpUhr0=\n\n"
    "— kezek.example/ledger pnKzxJtpFXAdYOPn2xJnx8Drcg8kW4nc7ZYUKgHG/x0=\n"
)


class CosignedBody(Strict, json_schema_extra={"examples": [{"note": NOTE}]}):
    """A checkpoint with its signatures and cosignatures, as its file has it."""

    VERBATIM: ClassVar[frozenset[str]] = frozenset({"note"})
    model_config = ConfigDict(str_strip_whitespace=False)

    note: str = Field(max_length=65_536)
