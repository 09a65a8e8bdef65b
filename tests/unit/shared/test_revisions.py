"""What is read of the migrations' files is what Alembic reads of them."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from deploy.backup.heads import MIGRATIONS
from deploy.local.stack import ROOT
from shared.runtime import revisions


@pytest.mark.parametrize("schema", MIGRATIONS)
def test_the_files_say_what_alembic_says(schema: str) -> None:
    """Every revision, the one before it, and the newest."""
    folder = MIGRATIONS[schema]
    alembic = ScriptDirectory(
        str(ROOT / "shared" / "runtime" / "alembic"), version_locations=[str(folder / "versions")]
    )
    theirs = {each.revision: each.down_revision for each in alembic.walk_revisions()}
    assert revisions.known(folder) == theirs
    assert revisions.head(folder) == alembic.get_current_head()


@pytest.mark.parametrize("befores", [(), (None, "1", "1")])
def test_without_one_newest_nothing_is_guessed(
    befores: tuple[str | None, ...], tmp_path: Path
) -> None:
    """No migrations at all, or two lines of them."""
    (tmp_path / "versions").mkdir()
    for number, before in enumerate(befores, start=1):
        file = tmp_path / "versions" / f"{number}.py"
        file.write_text(f"revision = {str(number)!r}\ndown_revision = {before!r}\n")
    with pytest.raises(LookupError):
        revisions.head(tmp_path)
