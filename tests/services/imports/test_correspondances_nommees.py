"""A mapping kept under a name: taken for another file, renamed, removed, by its own département alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.importing.door import read_spreadsheet
from paqte.models import MappingKept, db
from paqte.services.imports.mappings import remove_mapping, rename_mapping
from paqte.services.imports.named import named_mapping
from paqte.services.imports.tracker import SheetMapping
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_departement
from tests.importing.door.tableurs import a_csv
from tests.services.imports.test_depots import ROWS, SAID

# What is said and read, whatever base keeps it: on SQLite alone.
ABOUT_PAGES = True


@pytest.fixture
def keep(session: Any, now: datetime) -> Callable[..., int]:
    a_departement("41")
    a_departement("972")

    def kept(nom: str, departement: str = "41", **columns: str) -> int:
        contenu = json.dumps([{"feuille": "", "colonnes": columns}])
        with transaction(actor=CAMILLE, now=now) as writing:
            row = MappingKept(departement_code=departement, nom=nom, contenu=contenu, created_at=now)
            writing.add(row)
            writing.flush()
            return row.id

    return kept


def test_a_mapping_is_taken_by_its_name_for_a_file_that_no_page_holds(keep: Any, now: datetime) -> None:
    book = read_spreadsheet(a_csv(ROWS), "suivi.csv")

    def asked(nom: str, actor: Acteur = CAMILLE) -> tuple[list[SheetMapping], str]:
        db.session.rollback()
        return named_mapping(actor=actor, departement="41", nom=nom, workbook=book)

    def refused(nom: str) -> str:
        with pytest.raises(Refused) as found:
            asked(nom)
        return str(found.value)

    keep("De Zoé", "972", siret="identifiant")
    assert refused("Suivi") == ("Aucune correspondance ne s’appelle « Suivi ». Ce département n’en retient aucune.")
    keep("Suivi 41", **{"siret": "identifiant", "couleur": "secteur", "absente": "naf", "vide": ""})
    keep("Autre", inconnue="nom")
    known = "Aucune correspondance ne s’appelle « De Zoé ». Ce département retient « Suivi 41 », « Autre »."
    assert refused("De Zoé") == known
    assert refused("autre") == "« Autre » ne convient pas à ce fichier : aucune de ses colonnes n’y figure."
    targets = {0: "nom", 1: "identifiant", 2: "valeur:S2@2025-S1", 3: "secteur"}
    assert asked("SUIVI  41") == ([SAID._replace(targets=targets)], "Colonnes absentes de ce fichier : « absente ».")
    with pytest.raises(NotFound):
        asked("Suivi 41", ZOE)


def test_a_mapping_is_renamed_to_a_name_that_no_other_bears(keep: Any, now: datetime) -> None:
    first, second = keep("Suivi", siret="identifiant"), keep("Autre", siret="identifiant")
    keep("Troisième", "972", siret="identifiant")
    given: dict[str, Any] = {"actor": CAMILLE, "now": now}
    with pytest.raises(Refused) as refused:
        rename_mapping(**given, mapping_id=second, nom=" SUIVI")
    assert str(refused.value) == "Une correspondance s’appelle déjà « Suivi » : choisissez un autre nom."
    with pytest.raises(Refused) as refused:
        rename_mapping(**given, mapping_id=second, nom=" ")
    assert refused.value.errors == {"nom_correspondance": "Donnez un nom à cette correspondance."}
    rename_mapping(**given, mapping_id=second, nom="n" * 80)
    rename_mapping(**given, mapping_id=first, nom="Troisième")
    for act in (rename_mapping, remove_mapping):
        more = {"nom": "X"} if act is rename_mapping else {}
        with pytest.raises(NotFound, match="Cette correspondance n’existe pas"):
            act(actor=ZOE, now=now, mapping_id=first, **more)
    db.session.rollback()
    assert db.session.scalars(select(MappingKept.nom).order_by(MappingKept.id)).all() == [
        "Troisième", "n" * 80, "Troisième",
    ]  # fmt: skip
