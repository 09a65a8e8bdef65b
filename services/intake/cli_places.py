"""``tirek place``: the code of a place by its name, as a report needs it."""

from typing import Annotated

import typer

from shared.cli import OUT, call, say


def place(
    name: Annotated[str, typer.Argument(help="As it is said, in any spelling and alphabet.")],
) -> None:
    """Show the codes of the places that a name may mean, each with what it lies in."""
    found = call("intake", "GET", "/territories", params={"q": name})["places"]
    if not found:
        OUT.print(say("no place here has a name like that"))
    for each in found:
        line = ", ".join([each["label"], *(above["label"] for above in reversed(each["path"]))])
        OUT.print(f"{each['code']}  {line}", markup=False)
