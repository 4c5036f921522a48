"""A file handed in, from its columns to the day it is forgotten: what its row of the base says at each step."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR, Acteur
from paqte.models import Importation, Journal, MappingKept, Utilisateur, db
from paqte.services.imports import importations, mappings
from paqte.services.imports.importations import (
    annotated_file,
    ask_application,
    ask_rehearsal,
    ask_validation,
    cancel_import,
    deposit_file,
    mapping_kept,
    purge_imports,
    run_imports,
    unpacked,
)
from paqte.services.imports.mappings import keep_mapping, remove_mapping, rename_mapping, use_mapping
from paqte.services.imports.tracker import SheetMapping
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_departement, a_siret
from tests.importing.door.tableurs import Value, a_csv

ROWS: list[list[Value]] = [
    ["Suivi du PAQTE", "", "", ""],
    ["Raison sociale", "N° SIRET", "Stages de 3e réalisés S1 2025", "Couleur"],
    ["Élan (fictif)", a_siret(1), "12", "03/01/2025"],
    ["Œuvre (fictif)", a_siret(2), "7", "04/01/2025"],
    ["Rue (fictif)", a_siret(3), "7", "05/01/2025"],
    ["Lac (fictif)", a_siret(4), "9", "03/01/2025"],
    ["TOTAL", "", "35", ""],
]
SAID = SheetMapping("", 2, {0: "nom", 1: "identifiant", 2: "valeur:S2@2025-S1", 3: "signee_le"}, "")


@pytest.fixture
def camille(session: Any, now: datetime) -> Acteur:
    a_departement("41")
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        given = {"nom": "Camille", "courriel": "camille@val.test", "role": "referent", "departement_code": "41"}
        row = Utilisateur(**given, created_at=now)
        writing.add(row)
        writing.flush()
        return replace(CAMILLE, utilisateur_id=row.id)


def deposited(actor: Acteur, now: datetime, rows: list[list[Value]] | None = None) -> int:
    return deposit_file(actor=actor, departement="41", nom=" suivi.csv ", octets=a_csv(rows or ROWS), now=now)


def held(key: int, *fields: str) -> tuple[Any, ...]:
    row = db.session.get_one(Importation, key, populate_existing=True)
    values = tuple(getattr(row, field) for field in fields)
    db.session.rollback()
    return values


def version_of(key: int) -> int:
    return int(held(key, "version")[0])


def refusal(act: Callable[..., Any], **given: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(**given)
    return str(refused.value)


def test_a_file_is_kept_with_each_column_as_it_seems_three_of_its_values_and_what_is_left_aside(
    camille: Acteur, now: datetime
) -> None:
    key = deposited(camille, now)
    told, *others = held(key, "correspondance", "nom", "etat", "utilisateur_id", "created_at")
    assert others == ["suivi.csv", "depose", camille.utilisateur_id, now]
    columns = [
        ("Raison sociale", "nom", ["Élan (fictif)", "Œuvre (fictif)", "Rue (fictif)"]),
        ("N° SIRET", "identifiant", [a_siret(1), a_siret(2), a_siret(3)]),
        ("Stages de 3e réalisés S1 2025", "valeur:S2@2025-S1", ["12", "7", "9"]),
        ("Couleur", "", ["03/01/2025", "04/01/2025", "05/01/2025"]),
    ]
    assert json.loads(told) == [{
        "titre": "", "ligne": 2, "prise": True, "periode": "", "ecartees": [[7, "total", "TOTAL"]],
        "colonnes": [
            {"place": place, "titre": titre, "cible": cible, "exemples": exemples}
            for place, (titre, cible, exemples) in enumerate(columns)
        ],
    }]  # fmt: skip
    assert mapping_kept(told) == [SAID._replace(targets={**SAID.targets, 3: ""})]


def test_a_file_is_handed_in_for_a_departement_by_its_own_referents_alone(camille: Acteur, now: datetime) -> None:
    zoe = replace(camille, nom="Zoé", departement="972", departements=frozenset({"972"}))
    with pytest.raises(NotFound):
        deposited(zoe, now)
    assert db.session.scalars(select(Importation.id)).all() == []


def test_columns_are_asked_anew_while_none_is_taken_or_two_say_the_same_or_the_page_is_old(
    camille: Acteur, now: datetime
) -> None:
    key = deposited(camille, now)
    given: dict[str, Any] = {"actor": camille, "importation_id": key, "version": version_of(key), "now": now}
    assert [refusal(ask_rehearsal, **given, mapping=m) for m in ([], [SAID._replace(targets={0: ""})])] == [
        "Gardez au moins une feuille et une colonne."
    ] * 2
    two = SAID._replace(targets={0: "nom", 1: "nom", 2: "", 3: ""})
    assert refusal(ask_rehearsal, **given, mapping=[two]) == (
        "Deux colonnes de « ce fichier » disent la même chose : Nom."
    )
    in_sheet = refusal(ask_rehearsal, **given, mapping=[two._replace(sheet="2025")])
    assert in_sheet == "Deux colonnes de « 2025 » disent la même chose : Nom."
    assert refusal(ask_application, **given) == "Cet import est « colonnes à vérifier » : ce n’est plus possible."
    with pytest.raises(Conflict) as conflict:
        ask_rehearsal(**{**given, "version": given["version"] - 1}, mapping=[SAID])
    assert (str(conflict.value), conflict.value.current) == (importations.MEANWHILE, {"version": str(given["version"])})
    assert held(key, "etat") == ("depose",)


@pytest.mark.parametrize(
    ("titre", "target", "how"),
    [
        *(("Achats QPV (k€)", f"{measure}:A2", "en milliers ou en millions") for measure in ("cible", "reference")),
        *(("Achats QPV (k€)", code, "en milliers ou en millions") for code in ("valeur:A2@2025-S1", "valeur", "an2")),
        ("Achats QPV TTC", "valeur:A2@2025-S1", "en euros TTC"),
        ("Alternants (ETP)", "cible:F1", "en équivalents temps plein"),
        ("Réalisé en équivalent temps plein", "valeur", "en équivalents temps plein"),
    ],
)
def test_what_no_indicator_is_counted_in_is_taken_for_no_figure_even_by_hand(
    camille: Acteur, now: datetime, titre: str, target: str, how: str
) -> None:
    """12 of « Achats (k€) » would be kept as 12 €, 12 ETP as twelve persons; left aside, the file goes on."""
    key = deposited(camille, now, [["Raison sociale", "N° SIRET", titre], ["Élan (fictif)", a_siret(1), "12"]])
    given: dict[str, Any] = {"actor": camille, "importation_id": key, "version": version_of(key), "now": now}
    mapping = SheetMapping("", 1, {0: "nom", 1: "identifiant", 2: target}, "2025-S1")
    said = refusal(ask_rehearsal, **given, mapping=[mapping])
    assert said.startswith(f"La colonne « {titre} » est {how} : convertissez ses nombres")
    assert held(key, "etat") == ("depose",)
    ask_rehearsal(**given, mapping=[mapping._replace(targets={0: "nom", 1: "identifiant", 2: ""})])


def test_R18_a_file_goes_from_its_columns_to_its_validation_and_each_step_says_where_it_is(
    camille: Acteur, now: datetime
) -> None:
    key, later = deposited(camille, now), now + timedelta(hours=1)
    given: dict[str, Any] = {"actor": camille, "importation_id": key, "now": now}
    state = ("etat", "message", "prise_le", "finie_le")
    ask_rehearsal(**given, version=version_of(key), mapping=[SAID])
    assert held(key, *state, "faites", "lignes") == ("a_essayer", "", None, None, 0, None)
    assert run_imports(clock=lambda: later) == 1
    assert held(key, *state) == ("essaye", "", None, None)
    said = refusal(ask_validation, **given, version=version_of(key))
    assert said == "Cet import est « essayé » : ce n’est plus possible."
    ask_application(**given, version=version_of(key))
    assert held(key, *state, "faites", "etapes") == ("a_appliquer", "", None, None, 0, 0)
    assert run_imports(clock=lambda: later) == 1
    assert held(key, *state, "octets") == ("applique", "", later, later, None)
    assert [(line.sujet, line.resultat) for line in unpacked(held(key, "lignes")[0])] == [
        (sujet, "cree") for sujet in ("entreprise", "convention", "engagement", "realisation") for _ in range(4)
    ]
    ask_validation(**given, version=version_of(key))
    assert held(key, *state) == ("a_valider", "", None, later)
    assert run_imports(clock=lambda: later) == 1
    assert held(key, *state) == ("applique", "4 déclarations validées.", None, later)
    assert len(unpacked(held(key, "lignes")[0])) == 16
    said = refusal(ask_validation, **given, version=version_of(key))
    assert said == "Aucune déclaration de cet import n’attend sa validation."
    said = refusal(cancel_import, **given, version=version_of(key))
    assert said == "Cet import est « enregistré » : ce n’est plus possible."
    j = Journal
    lines = select(j.acte, j.objet_id, j.departement_code, j.apres).where(j.objet == "importation").order_by(j.id)
    found = [(acte, objet, code, json.loads(apres or "null")) for acte, objet, code, apres in db.session.execute(lines)]
    assert found == [
        ("deposer", str(key), "41", {"nom": "suivi.csv"}), ("appliquer", str(key), "41", {"nom": "suivi.csv"}),
        ("valider", str(key), "41", {"nom": "suivi.csv"}),
    ]  # fmt: skip


def test_R30_a_file_given_up_keeps_neither_its_bytes_nor_what_was_said_of_it(camille: Acteur, now: datetime) -> None:
    key = deposited(camille, now)
    given: dict[str, Any] = {"actor": camille, "importation_id": key, "now": now}
    ask_rehearsal(**given, version=version_of(key), mapping=[SAID])
    run_imports(clock=lambda: now)
    cancel_import(**given, version=version_of(key))
    assert held(key, "etat", "octets", "lignes", "finie_le") == ("annule", None, None, now)
    said = refusal(annotated_file, **given)
    assert said == "Ce fichier n’est plus conservé : déposez-le de nouveau."


def test_a_refusal_of_the_whole_file_stands_above_its_lines(camille: Acteur, now: datetime) -> None:
    key = deposited(camille, now)
    given: dict[str, Any] = {"actor": camille, "importation_id": key, "now": now}
    ask_rehearsal(**given, version=version_of(key), mapping=[SAID])
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.get_one(Utilisateur, camille.utilisateur_id).is_active = False
    assert run_imports(clock=lambda: now) == 1
    closed = "Le compte de la personne qui a demandé cet import est fermé."
    assert held(key, "etat", "message") == ("essaye", closed)
    assert unpacked(held(key, "lignes")[0]) == []
    said = refusal(ask_application, **given, version=version_of(key))
    assert said == "Des lignes sont refusées : corrigez-les dans votre fichier, puis déposez-le de nouveau."


def test_lines_stand_while_their_validation_is_refused_as_a_whole(camille: Acteur, now: datetime) -> None:
    key = deposited(camille, now)
    given: dict[str, Any] = {"actor": camille, "importation_id": key, "now": now}
    ask_rehearsal(**given, version=version_of(key), mapping=[SAID])
    run_imports(clock=lambda: now)
    ask_application(**given, version=version_of(key))
    run_imports(clock=lambda: now)
    ask_validation(**given, version=version_of(key))
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.get_one(Utilisateur, camille.utilisateur_id).is_active = False
    run_imports(clock=lambda: now)
    closed = "Le compte de la personne qui a demandé cet import est fermé."
    assert held(key, "etat", "message") == ("applique", closed)
    assert len(unpacked(held(key, "lignes")[0])) == 16


def test_the_copy_bears_a_remark_at_each_cell_that_was_refused_and_at_no_other(camille: Acteur, now: datetime) -> None:
    key = deposited(camille, now, [*ROWS[:3], ["Œuvre (fictif)", "123", "sept", "04/01/2025"]])
    given: dict[str, Any] = {"actor": camille, "importation_id": key, "now": now}
    ask_rehearsal(**given, version=version_of(key), mapping=[SAID])
    run_imports(clock=lambda: now)
    given_out = annotated_file(**given)
    assert given_out.nom == "suivi-annote.xlsx"
    book = load_workbook(io.BytesIO(given_out.octets))
    cells = [cell for row in book.active for cell in row if cell.comment]
    assert [(cell.coordinate, cell.comment.text) for cell in cells] == [
        ("B4", "Un SIRET a 14 chiffres : vous en avez écrit 3.")
    ]


@pytest.mark.parametrize(("days", "is_kept"), [(30, True), (30.01, False)])
def test_R30_a_file_is_forgotten_after_thirty_days(camille: Acteur, now: datetime, days: float, is_kept: bool) -> None:
    key = deposited(camille, now)
    assert purge_imports(now=now + timedelta(days=days)) == (0 if is_kept else 1)
    assert (held(key, "octets") != (None,)) is is_kept


@pytest.mark.parametrize(("minutes", "done"), [(14, 0), (16, 1)])
def test_whoever_took_a_file_and_fell_silent_for_a_quarter_of_an_hour_is_believed_dead(
    camille: Acteur, now: datetime, minutes: int, done: int
) -> None:
    key = deposited(camille, now)
    ask_rehearsal(actor=camille, importation_id=key, version=version_of(key), mapping=[SAID], now=now)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.get_one(Importation, key).prise_le = now
    assert run_imports(clock=lambda: now + timedelta(minutes=minutes)) == done


def test_of_two_schedulers_at_once_one_takes_the_file(app: Any, camille: Acteur, now: datetime) -> None:
    """Seen red without the mark of who took it: both took it."""
    key = deposited(camille, now)
    given: dict[str, Any] = {"actor": camille, "importation_id": key, "now": now}
    gate = Barrier(2)

    def act(_rank: int) -> int:
        with app.app_context():
            gate.wait(10)
            return run_imports(clock=lambda: now)

    for ask in (partial(ask_rehearsal, mapping=[SAID]), ask_application, ask_validation):
        ask(**given, version=version_of(key))
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(act, range(2))) == [0, 1]
    assert held(key, "etat", "message") == ("applique", "4 déclarations validées.")
    assert len(unpacked(held(key, "lignes")[0])) == 16


def test_progress_is_told_twice_a_second_at_most(
    camille: Acteur, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = deposited(camille, now)
    moments = iter([100.0, 100.0, 100.49, 100.5, 100.5])
    monkeypatch.setattr(importations, "monotonic", lambda: next(moments))
    tell, seen = importations._teller(key, lambda: now), []
    for done in (1, 2, 3):
        tell(done, 9)
        seen.append(held(key, "faites", "etapes", "prise_le"))
    assert seen == [(1, 9, now), (1, 9, now), (3, 9, now)]


def test_no_more_than_twenty_files_wait_in_one_departement(
    camille: Acteur, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert importations.MOST_OPEN == 20
    monkeypatch.setattr(importations, "MOST_OPEN", 2)
    first, _ = deposited(camille, now), deposited(camille, now)
    with pytest.raises(Refused) as refused:
        deposited(camille, now)
    expected = {"fichier": "2 imports attendent déjà : terminez-les ou annulez-les d’abord."}
    assert refused.value.errors == expected
    cancel_import(actor=camille, importation_id=first, version=version_of(first), now=now)
    assert deposited(camille, now) > first


def kept_mappings() -> list[tuple[Any, ...]]:
    m = MappingKept
    rows = [tuple(row) for row in db.session.execute(select(m.id, m.nom, m.contenu).order_by(m.id))]
    db.session.rollback()
    return rows


def test_columns_are_kept_without_their_period_and_the_same_name_takes_the_place_of_the_former(
    camille: Acteur, now: datetime
) -> None:
    key = deposited(camille, now)
    given: dict[str, Any] = {"actor": camille, "importation_id": key, "now": now}
    keep_mapping(**given, mapping=[SAID._replace(targets={0: "nom", 1: "identifiant"})], nom=" Suivi  du 41")
    keep_mapping(**given, mapping=[SAID], nom="suivi du 41")
    ((mapping_id, nom, contenu),) = kept_mappings()
    columns = {"raison sociale": "nom", "siret": "identifiant", "stages de 3e realises": "valeur:S2"}
    assert (nom, json.loads(contenu)) == (
        "Suivi du 41",
        [{"feuille": "", "colonnes": columns | {"couleur": "signee_le"}}],
    )
    for mapping, name, expected in (
        ([SAID], " ", "Donnez un nom à cette correspondance."),
        ([SAID], "x" * 81, "Ce texte compte 81 caractères : raccourcissez-le à 80 au plus."),
        ([], "Rien", "Gardez au moins une feuille et une colonne."),
    ):
        with pytest.raises(Refused) as refused:
            keep_mapping(**given, mapping=mapping, nom=name)
        assert refused.value.errors == {"nom_correspondance": expected}
    rename_mapping(actor=camille, mapping_id=mapping_id, nom="SUIVI du 41", now=now)
    assert kept_mappings()[0][1] == "SUIVI du 41"
    remove_mapping(actor=camille, mapping_id=mapping_id, now=now)
    assert kept_mappings() == []


def test_no_more_mappings_are_kept_than_a_page_shows(
    camille: Acteur, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (mappings.MOST, mappings.LONGEST) == (30, 80)
    monkeypatch.setattr(mappings, "MOST", 1)
    given: dict[str, Any] = {"actor": camille, "importation_id": deposited(camille, now), "now": now, "mapping": [SAID]}
    keep_mapping(**given, nom="Premier")
    with pytest.raises(Refused) as refused:
        keep_mapping(**given, nom="Second")
    assert refused.value.errors == {
        "nom_correspondance": "Votre département retient déjà 1 correspondances : supprimez-en une d’abord."
    }
    keep_mapping(**given, nom="premier")


def test_columns_of_another_file_are_taken_from_the_sheet_of_the_same_title_or_the_most_alike(
    camille: Acteur, now: datetime
) -> None:
    known = {"raison sociale": "nom", "siret": "identifiant"}
    lacking = {f"colonne {n}": "notes" for n in range(10)} | {"vide": ""}
    kept = [
        {"feuille": "Autre", "colonnes": known | {"couleur": "naf", "stages de 3e realises": "valeur:F1"}},
        {"feuille": "", "colonnes": known | {"couleur": "secteur"} | lacking},
    ]
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        row = MappingKept(departement_code="41", nom="Suivi", contenu=json.dumps(kept), created_at=now)
        writing.add(row)
        writing.flush()
        mapping_id = row.id
    key = deposited(camille, now)
    ask_rehearsal(actor=camille, importation_id=key, version=version_of(key), mapping=[SAID], now=now)
    run_imports(clock=lambda: now)
    said = use_mapping(actor=camille, importation_id=key, mapping_id=mapping_id, now=now)
    named = ", ".join(f"« colonne {n} »" for n in range(8))
    assert said == f"Colonnes absentes de ce fichier : {named} et 2 autres."
    told, etat, lignes = held(key, "correspondance", "etat", "lignes")
    assert [column["cible"] for column in json.loads(told)[0]["colonnes"]] == [
        "nom", "identifiant", "valeur:S2@2025-S1", "secteur",
    ]  # fmt: skip
    assert (etat, lignes) == ("depose", None)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        kept[1]["feuille"] = "Suivi"
        writing.get_one(MappingKept, mapping_id).contenu = json.dumps(kept)
    assert use_mapping(actor=camille, importation_id=key, mapping_id=mapping_id, now=now) == ""
    (told,) = held(key, "correspondance")
    assert [column["cible"] for column in json.loads(told)[0]["colonnes"]] == [
        "nom", "identifiant", "valeur:F1@2025-S1", "naf",
    ]  # fmt: skip
