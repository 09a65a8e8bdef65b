"""The migrations that the code knows, read from their files: whoever serves loads no Alembic."""

import ast
from pathlib import Path


def known(migrations: Path) -> dict[str, str | None]:
    """Every revision in the folder's ``versions``, with the one before it."""
    found: dict[str, str | None] = {}
    for file in (migrations / "versions").glob("*.py"):
        said = {
            target.id: ast.literal_eval(line.value)
            for line in ast.parse(file.read_text(encoding="utf-8")).body
            if isinstance(line, ast.Assign)
            for target in line.targets
            if isinstance(target, ast.Name) and target.id in ("revision", "down_revision")
        }
        found[said["revision"]] = said["down_revision"]
    return found


def head(migrations: Path) -> str:
    """The newest revision; raises `LookupError` unless there is one line of them with one end."""
    revisions = known(migrations)
    ends = revisions.keys() - set(revisions.values())
    if len(ends) != 1:
        raise LookupError(f"{migrations} has {len(ends)} newest revisions, and must have one")
    return ends.pop()
