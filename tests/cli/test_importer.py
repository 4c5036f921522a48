"""`paqte importer` says what it would do, then does it whole or not at all."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.ops import clock
from tests.factories import a_siret
from tests.importing.door.tableurs import a_csv, an_xlsx, sheet_data, xlsx_parts, zipped

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = [["Raison sociale", "SIRET", "Commune"], ["Élan (fictif)", a_siret(701), "Blois"]]


def names(base: Path) -> list[str]:
    with closing(sqlite3.connect(base)) as connection:
        query = "SELECT nom FROM signataire WHERE identifiant = ?"
        return [nom for (nom,) in connection.execute(query, (a_siret(701),))]


def test_companies_are_seen_then_taken_and_a_refused_row_leaves_the_base_as_it_was(
    demonstration: Path, paqte: Callable[..., Any]
) -> None:
    base, file = demonstration / "instance" / "paqte.sqlite3", demonstration / "liste.xlsx"
    file.write_bytes(an_xlsx(ROWS))
    command = ("importer", "entreprises", str(file), "--departement", "41")
    seen = paqte(*command)
    assert (seen.code, names(base)) == (0, [])
    assert "Créé : 1" in seen.sortie
    assert "Rien n’est modifié" in seen.sortie
    wrong = demonstration / "fausse.csv"
    wrong.write_bytes(a_csv([*ROWS, ["Bois", "123", "Blois"]]))
    refused = paqte("importer", "entreprises", str(wrong), "--departement", "41", "--appliquer")
    assert (refused.code, names(base)) == (1, [])
    assert "ligne 3, colonne B (« 123 ») : Un SIRET a 14 chiffres" in refused.sortie
    done = paqte(*command, "--appliquer")
    assert (done.code, names(base)) == (0, ["Élan (fictif)"])
    assert "Inchangé : 1" in paqte(*command, "--appliquer").sortie


def test_R16_a_refusal_quotes_what_stands_in_the_cell_once_and_nothing_where_nothing_stands(
    demonstration: Path, paqte: Callable[..., Any]
) -> None:
    texts = zip("ABC", ("Raison sociale", "SIRET", "Commune"), strict=True)
    heads = "".join(f'<c r="{at}1" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in texts)
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>Un</t></is></c><c r="B{n}" t="inlineStr"><is>'
        f"<t>{a_siret(701 + n)}</t></is></c>{cell}</row>"
        for n, cell in ((2, '<c r="C2"><f>1+1</f><v></v></c>'), (3, '<c r="C3"><v>1e400</v></c>'))
    )
    file = demonstration / "formules.xlsx"
    file.write_bytes(zipped(xlsx_parts(sheet_data(f'<row r="1">{heads}</row>{rows}'))))
    refused = paqte("importer", "entreprises", str(file), "--departement", "41").sortie
    assert "ligne 2, colonne C : La formule de cette cellule n’est pas calculée" in refused
    assert "ligne 3, colonne C (« 1e400 ») : Cette cellule contient un nombre illisible : corrigez-la" in refused


def test_columns_are_those_of_a_mapping_kept_under_a_name(demonstration: Path, paqte: Callable[..., Any]) -> None:
    """A heading that nobody would guess is read as the page was told; another name says which there are."""
    base, file = demonstration / "instance" / "paqte.sqlite3", demonstration / "liste.xlsx"
    file.write_bytes(an_xlsx([["Raison sociale", "SIRET", "Bled"], ["Élan (fictif)", a_siret(701), "Blois"]]))
    columns = {"raison sociale": "nom", "siret": "identifiant", "bled": "commune", "code postal": "code_postal"}
    kept = json.dumps([{"feuille": "", "colonnes": columns}])
    with closing(sqlite3.connect(base)) as connection, connection:
        columns_of_it = "departement_code, nom, contenu, created_at"
        connection.execute(
            f"INSERT INTO correspondance ({columns_of_it}) VALUES ('41', 'Suivi Blois', ?, '2026-11-01')", (kept,)
        )
    command = ("importer", "entreprises", str(file), "--departement", "41", "--correspondance")
    unknown = paqte(*command, "Autre")
    assert unknown.code == 1
    assert "Aucune correspondance ne s’appelle « Autre ». Ce département retient « Suivi Blois »." in unknown.erreur
    done = paqte(*command, "suivi blois", "--appliquer")
    assert (done.code, names(base)) == (0, ["Élan (fictif)"])
    assert "Colonnes absentes de ce fichier : « code postal » de « Suivi »." in done.sortie
    with closing(sqlite3.connect(base)) as connection:
        found = connection.execute("SELECT commune FROM signataire WHERE identifiant = ?", (a_siret(701),))
        assert found.fetchall() == [("Blois",)]


def test_what_the_product_exports_comes_back_without_changing_anything(
    demonstration: Path, paqte: Callable[..., Any]
) -> None:
    book = demonstration / "compte-rendu.xlsx"
    # The demonstration ends in the last closed quarter, which is not validated yet: the one before is whole.
    quarter = last_closed(local_date(clock.now(), "41"), "T").precedente.code
    export = ("export", "trimestriel", "--departement", "41", "--periode", quarter)
    assert paqte(*export, "--sortie", str(book)).code == 0
    again = paqte("importer", "realisations", str(book), "--departement", "41")
    assert again.code == 0, again.sortie
    assert "Créé : 0\nModifié : 0\n" in again.sortie
    assert "Inchangé : 0" not in again.sortie


def test_each_row_is_told_by_its_number_with_what_becomes_of_it_and_why(
    demonstration: Path, paqte: Callable[..., Any]
) -> None:
    file = demonstration / "liste.csv"
    rows = [*ROWS, [a_siret(702)], ["Total", "2"]]
    file.write_bytes(a_csv([[*row, "", ""][:3] for row in rows]))
    told = paqte("importer", "entreprises", str(file), "--departement", "41").sortie.splitlines()
    assert told[:2] == [
        "ligne 4 : laissée de côté, total (« Total »)",
        f"ligne 3, colonne A (« {a_siret(702)} ») : Indiquez le SIRET ou le SIREN de ce signataire.",
    ]
    assert "ligne 2 : Créé, Élan (fictif)" in told
    only = demonstration / "valeurs.csv"
    only.write_bytes(a_csv([["SIRET", "Indicateur", "Période", "Réalisé"], [a_siret(701), "", "", ""]]))
    said = paqte("importer", "realisations", str(only), "--departement", "41")
    assert (said.code, said.sortie.splitlines()[0]) == (
        0,
        f"ligne 2 : Inchangé, {a_siret(701)} : rien à importer sous les autres titres",
    )
