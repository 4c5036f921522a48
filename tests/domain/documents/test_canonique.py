"""What an edition freezes, and how its rows may grow (R19)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import pytest

from paqte.domain.colonnes import TEXTE, Colonne
from paqte.domain.documents.commun.canonique import Frozen
from paqte.domain.documents.lignes.tables import Comparaison
from tests.domain.documents.tableaux_compares import BILAN, COMPTE_RENDU


@dataclass(frozen=True, slots=True)
class LigneAncienne:
    code: str
    valeur: Decimal | None


@dataclass(frozen=True, slots=True)
class DocumentAncien(Frozen):
    titre: str
    lignes: tuple[LigneAncienne, ...] = ()


@dataclass(frozen=True, slots=True)
class LigneGrandie:
    code: str
    valeur: Decimal | None
    nature: str = ""


@dataclass(frozen=True, slots=True)
class DocumentGrandi(Frozen):
    tables: ClassVar[tuple[Comparaison, ...]] = (
        Comparaison("lignes", "Lignes", (Colonne("code", "Code"), Colonne("nature", "Nature", TEXTE, "2026-11"))),
    )

    titre: str
    lignes: tuple[LigneGrandie, ...] = ()


ANCIEN = DocumentAncien("Bilan", (LigneAncienne("S2", Decimal("12.50")), LigneAncienne("S3", None)))


def test_the_text_of_an_edition_is_sorted_and_keeps_its_decimals_as_they_were():
    assert ANCIEN.as_json() == (
        '{"lignes":[{"code":"S2","valeur":"12.50"},{"code":"S3","valeur":null}],"titre":"Bilan"}'
    )


def test_R19_a_row_that_grew_a_field_keeps_the_hash_of_the_editions_of_before():
    read_again = DocumentGrandi.from_json(ANCIEN.as_json())
    assert read_again.lignes[0].nature == ""
    assert read_again.sha256 == ANCIEN.sha256


def test_R19_the_field_of_a_row_that_says_something_is_part_of_the_hash():
    grown = DocumentGrandi("Bilan", (LigneGrandie("S2", Decimal("12.50"), "entreprise"), LigneGrandie("S3", None)))
    assert grown.sha256 != ANCIEN.sha256
    assert DocumentGrandi.from_json(grown.as_json()) == grown


def test_a_value_that_no_edition_may_hold_is_refused():
    with pytest.raises(TypeError, match="float"):
        DocumentAncien("Bilan", (LigneAncienne("S2", 1.5),)).as_json()


CHIFFRES = ["cumul", "precedent", "taux", "un_an_avant"]


def keys(document: Frozen, table: str) -> list[str]:
    return sorted(json.loads(document.as_json())[table][0])


def test_R19_each_document_writes_the_keys_of_its_first_editions_and_no_column_of_the_other() -> None:
    told = [
        "axe",
        "cible",
        "code",
        "du",
        "est_dont",
        "genre",
        "libelle",
        "mention",
        "nature",
        "neants",
        "repondu",
        "unite",
    ]
    own = ["reference", "sans_cible", "semestre", "numerateur", "denominateur", "realise_vise", "vise", "poids_vise"]
    assert keys(BILAN, "indicateurs") == sorted([*told, *CHIFFRES, *own])
    assert keys(COMPTE_RENDU, "indicateurs") == sorted([*told, *CHIFFRES, "semestriels", "trimestre"])
    told = ["code", "cumul", "du", "entreprises", "libelle", "nature", "prevision", "repondu", "transversale", "unite"]
    assert keys(BILAN, "thematiques") == sorted([*told, "semestre", "valorise"])
    assert keys(COMPTE_RENDU, "thematiques") == sorted([*told, "mesure", "semestriels", "trimestre", "valorise"])


def test_R19_an_edition_read_again_is_the_same_document() -> None:
    for document in (BILAN, COMPTE_RENDU):
        assert type(document).from_json(document.as_json()) == document
