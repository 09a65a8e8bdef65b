"""SMPP 3.4 command_status values (section 5.1.3) and what each means for a message."""

from smpplib import consts

OK = 0x00
INVALID_COMMAND = 0x03
TEMPORARY_APPLICATION_ERROR = 0x64
"""ESME_RX_T_APPN: we could not keep it now, give it again."""
PERMANENT_APPLICATION_ERROR = 0x65
"""ESME_RX_P_APPN: we can never read it, do not give it again."""

THROTTLED = frozenset({0x14, 0x58})
"""ESME_RMSGQFUL and ESME_RTHROTTLED: fine, but slower."""
TEMPORARY = frozenset({0x04, 0x08, 0x64})
"""Not bound for this, system error, temporary application error: not taken, may be later."""

_NAMES: dict[int, str] = {
    value: name.removeprefix("SMPP_")
    for name, value in vars(consts).items()
    if name.startswith("SMPP_ESME_")
} | {OK: "no reason given"}


def failure(status: int) -> str:
    """What the specification calls ``status``, of something that failed; or a vendor's own.

    A peer that refuses and says ESME_ROK has given no reason.
    """
    return _NAMES.get(status, "vendor-specific")
