"""The shipped jurisdiction, read once."""

from pathlib import Path

import pytest

from shared.jurisdiction import Jurisdiction, load_jurisdiction

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def kg_folder() -> Path:
    """Where the Kyrgyz Republic stands."""
    return ROOT / "deploy" / "jurisdictions" / "kg"


@pytest.fixture(scope="session")
def kg(kg_folder: Path) -> Jurisdiction:
    """The Kyrgyz Republic."""
    return load_jurisdiction(kg_folder)
