"""What tests of the workbook ask for: the template, and a bilan filled once for all that only read it."""

from __future__ import annotations

import pytest

from paqte.domain.documents.bilan import Bilan
from tests.reporting.mondes.bilans import fill, read_template
from tests.reporting.mondes.exemples import exemple


@pytest.fixture(scope="session")
def template() -> bytes:
    return read_template()


@pytest.fixture(scope="session")
def bilan() -> Bilan:
    """Loir-et-Cher, first semester of 2026, second edition."""
    return exemple(edition=2)


@pytest.fixture(scope="session")
def workbook(bilan: Bilan, template: bytes) -> bytes:
    return fill(bilan, template)
