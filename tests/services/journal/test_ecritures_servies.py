"""Companies that keep drafts at once in a real server: each is answered, and what is acknowledged is kept (R18)."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.bench.ecrivains import company_at, environment_of, furnish, lost, served, together

pytestmark = [pytest.mark.lent, pytest.mark.timeout(120)]


@pytest.fixture
def given_settings() -> dict[str, object]:
    return {"PAQTE_SECRET_KEY": "celle-que-le-serveur-et-l-essai-partagent-ici"}


def test_eight_companies_at_once_are_all_answered_and_nothing_acknowledged_is_lost(app: Flask, tmp_path: Path) -> None:
    writers = [company_at(app, key) for key in furnish(app, 16, given_back=8)]
    with served(environment_of(app, tmp_path / "serveur")) as port:
        together(port, writers, 3)
    assert [code for one in writers for code in one.failures] == []
    assert all(one.acknowledged for one in writers)
    assert lost(app, writers) == []
    # The same count sees what is missing.
    writers[0].acknowledged.append("annoncé, jamais conservé")
    assert len(lost(app, writers)) == 3
