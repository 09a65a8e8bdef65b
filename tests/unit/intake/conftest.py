"""The country's files, a morning, and identifiers that can be told apart."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count

import pytest

from deploy.local.stack import ROOT
from services.intake.deps import law_of
from services.intake.model.needs import Law
from shared.jurisdiction import Jurisdiction, load_jurisdiction
from tests.support.reports import NOW


@pytest.fixture(scope="session")
def kg() -> Jurisdiction:
    """The Kyrgyz Republic."""
    return load_jurisdiction(ROOT / "deploy/jurisdictions/kg")


@pytest.fixture(scope="session")
def law(kg: Jurisdiction) -> Law:
    """What its files add to a report."""
    return law_of(kg)


@pytest.fixture
def now() -> datetime:
    """A morning in November."""
    return NOW


@pytest.fixture
def new_id() -> Callable[[], str]:
    """Identifiers that can be told apart: id-1, id-2…"""
    numbers: Iterator[int] = count(1)
    return lambda: f"id-{next(numbers)}"
