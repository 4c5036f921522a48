"""Every value of a bilan says where it comes from, and the shares add up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.assemblage.donnees import OrigineLue
from paqte.domain.assemblage.tableaux.provenance import parts
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import JUSTIFICATIF, Versions
from paqte.domain.statuts.declarations import ORIGINES, Origine

ROWS = (
    OrigineLue(False, "formulaire", False, 6),
    OrigineLue(False, "formulaire", True, 2),
    OrigineLue(True, "formulaire", False, 3),
    OrigineLue(True, "import", True, 1),
)
ANY = st.builds(OrigineLue, st.booleans(), st.sampled_from(sorted(ORIGINES)), st.booleans(), st.integers(1, 9999))


def test_each_value_is_counted_under_one_origin_and_evidence_beside() -> None:
    told = {p.code: (p.nombre, p.pourcent) for p in parts(ROWS)}
    assert told == {
        "entreprise": (8, Decimal("66.7")),
        "pour_compte": (3, Decimal("25.0")),
        "import": (1, Decimal("8.3")),
        "classeur": (0, Decimal("0.0")),
        "justificatif": (3, Decimal("25.0")),
    }


@given(st.lists(ANY, min_size=1))
def test_the_origins_add_up_to_all_the_values(rows: list[OrigineLue]) -> None:
    given = parts(rows)
    assert sum(p.nombre for p in given if p.code != JUSTIFICATIF) == given[0].total == sum(r.nombre for r in rows)


def test_an_edition_issued_before_keeps_its_hash_and_a_new_one_reads_back() -> None:
    old = Bilan("41", "Loir-et-Cher", "Préfecture", "2026-S1", "S1", 1, "2026-07-01", Versions("1", "g"))
    assert '"provenance"' not in old.as_json() and Bilan.from_json(old.as_json()) == old
    new = replace(old, provenance=parts(ROWS))
    assert Bilan.from_json(new.as_json()) == new and new.sha256 != old.sha256


def test_R18_values_of_a_door_of_their_own_are_no_companys_typing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ORIGINES, "json", Origine("Fichier JSON", "lues d’un fichier JSON"))
    rows = [
        OrigineLue(is_on_behalf=False, origine="json", has_evidence=False, nombre=3),
        OrigineLue(is_on_behalf=False, origine="formulaire", has_evidence=True, nombre=1),
    ]
    assert {p.libelle: p.nombre for p in parts(rows)} == {
        "saisies par l’entreprise": 1,
        "saisies pour le compte de l’entreprise": 0,
        "importées d’un fichier": 0,
        "reçues par formulaire Excel": 0,
        "lues d’un fichier JSON": 3,
        "accompagnées d’un justificatif": 1,
    }
