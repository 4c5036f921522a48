"""Lists leave as they are narrowed, as real tables with the contacts, to their own préfecture, and never a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from paqte.domain.conventions.avancement import AVANCEMENTS
from paqte.models import Action, Journal, Signataire, db
from paqte.reporting.dessin.listes import ListSheet, draw_list
from paqte.reporting.liste_csv import write_csv
from paqte.services.conventions.rencontres import RencontreTyped, record_meeting
from paqte.services.conventions.signataires import ContactTyped
from paqte.services.transaction import transaction
from paqte.web.referent.suivi.listes import distinct_titles
from tests.factories import CAMILLE as REFERENTE
from tests.factories import a_siret
from tests.fixtures_acteurs import BRUNO, ZOE, Personne
from tests.fixtures_libreoffice import Bureau
from tests.web.referent.pages import NOW

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
LISTS = ("signataires", "declarations", "actions", "appels", "rencontres")
FORMULA = "=cmd|' /C calc'!A0"


def taken(browser: FlaskClient, liste: str, format: str = "xlsx", **asked: str) -> Any:
    answer = browser.get(f"/referent/{liste}.{format}", query_string=asked)
    assert answer.status_code == 200, answer.status_code
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer


def rows_of(answer: Any) -> list[dict[str, Any]]:
    """The rows of the workbook's one table, by heading, read by another program than ours."""
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    (table,) = sheet.tables.values()
    titles, *lines = ([cell.value for cell in row] for row in sheet[table.ref])
    assert len(lines) >= sheet.max_row - 1 and len(titles) == sheet.max_column
    assert [column.name for column in table.tableColumns] == list(titles)
    return [dict(zip(titles, line, strict=True)) for line in lines]


def plain_rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def a_meeting(app: Flask, signataire: int, decisions: str) -> None:
    with app.app_context():
        typed = RencontreTyped(
            date=date(2026, 11, 2),
            genre="visite",
            signataires=(signataire,),
            objet="Point",
            decisions=decisions,
            prochaine_le=date(2027, 1, 5),
        )
        record_meeting(actor=REFERENTE, now=NOW, departement="41", rencontre=typed)


@pytest.mark.parametrize("liste", LISTS)
def test_each_list_says_the_same_in_both_files(
    app: Flask, camille: FlaskClient, make: Callable[..., int], signataire: int, liste: str
) -> None:
    make("S2", debut=date(2025, 1, 1))
    a_meeting(app, signataire, "Deux stages de plus")
    book, plain = rows_of(taken(camille, liste)), plain_rows_of(taken(camille, liste, "csv"))
    shown = [{title: _written(value) for title, value in row.items()} for row in book if any(row.values())]
    assert shown == [{title: text.removeprefix("'") for title, text in row.items()} for row in plain]
    assert len(shown) >= (liste != "actions")


def _written(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, datetime) else "" if value is None else str(value)


def test_signatories_come_with_their_contacts_and_their_dates_are_dates(
    camille: FlaskClient, add: Callable[..., int], make: Callable[..., int]
) -> None:
    make("S2", debut=date(2025, 1, 1), fin=date(2027, 12, 31))
    add(
        ContactTyped("Marie Petit", "Gérante", "marie@atelier.test", "02 54 11 22 33"),
        ContactTyped("Paul Roux", "", "paul@atelier.test", ""),
        nom="Zinc et Cie",
        identifiant=a_siret(7),
    )
    found = {row["Nom"]: row for row in rows_of(taken(camille, "signataires"))}
    assert found["Étoile du Nord"]["Début"].date() == date(2025, 1, 1)
    zinc = found["Zinc et Cie"]
    assert zinc["Contacts"] == "Marie Petit\nPaul Roux" and zinc["Téléphones"] == "02 54 11 22 33"
    assert zinc["Courriels"] == "marie@atelier.test\npaul@atelier.test"


def test_a_file_holds_what_the_page_was_narrowed_to_in_its_order(
    app: Flask, camille: FlaskClient, add: Callable[..., int], make: Callable[..., int], signataire: int
) -> None:
    make("S2")
    add(nom="Zinc et Cie", identifiant=a_siret(7))
    names = [row["Nom"] for row in rows_of(taken(camille, "signataires", tri="-nom"))]
    assert names == ["Zinc et Cie", "Étoile du Nord", "Atelier Lenoir (fictif)"]
    assert [row["Nom"] for row in rows_of(taken(camille, "signataires", q="ETOILE"))] == ["Étoile du Nord"]
    assert rows_of(taken(camille, "declarations", periode="2026-T3", q="zinc")) == [
        dict.fromkeys(rows_of(taken(camille, "declarations"))[0])
    ], "a table of nothing keeps a blank row"
    a_meeting(app, signataire, "Deux stages")
    assert [row["Décisions"] for row in rows_of(taken(camille, "rencontres", genre="visite"))] == ["Deux stages"]
    page = camille.get("/referent/signataires?q=etoile&tri=-fin").text
    assert "/referent/signataires.xlsx?q=etoile&amp;tri=-fin" in page


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_a_name_that_is_a_formula_stays_a_name(app: Flask, camille: FlaskClient, signataire: int, format: str) -> None:
    with app.app_context(), transaction(actor=REFERENTE, now=NOW) as session:
        session.get_one(Signataire, signataire).nom = FORMULA
    answer = taken(camille, "signataires", format, q="cmd")
    if format == "csv":
        assert plain_rows_of(answer)[0]["Nom"] == f"'{FORMULA}"
        return
    cell = load_workbook(io.BytesIO(answer.data)).worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == (FORMULA, "s")


@pytest.mark.parametrize("liste", LISTS)
def test_another_departement_takes_its_own_away_and_a_company_takes_none(
    app: Flask,
    camille: FlaskClient,
    sign_in: Callable[[Personne], FlaskClient],
    make: Callable[..., int],
    signataire: int,
    liste: str,
) -> None:
    make("S2")
    a_meeting(app, signataire, "Étoile du Nord : deux stages")
    if liste != "actions":
        assert "Étoile du Nord" in taken(camille, liste, "csv").data.decode()
    assert "Étoile" not in taken(sign_in(ZOE), liste, "csv").data.decode()
    assert sign_in(BRUNO).get(f"/referent/{liste}.xlsx").status_code == 403


@pytest.mark.parametrize("liste", LISTS)
def test_a_format_that_is_none_is_not_found(camille: FlaskClient, liste: str) -> None:
    assert camille.get(f"/referent/{liste}.pdf").status_code == 404


def test_R30_the_journal_says_which_list_left_and_never_what_was_typed_to_narrow_it(
    app: Flask, camille: FlaskClient
) -> None:
    taken(camille, "declarations", "xlsx", q="Marie Petit", etat="transmise")
    with app.app_context():
        line = db.session.scalars(select(Journal).where(Journal.acte == "exporter").order_by(Journal.id.desc())).first()
        assert line is not None and line.objet == "declaration" and line.departement_code == "41"
        told = json.loads(line.apres)
        db.session.rollback()
    assert told["filtres"] == ["etat", "q"] and told["format"] == "xlsx"
    assert "Marie" not in json.dumps(told)


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_a_list_narrowed_to_those_who_are_late_leaves_so(
    app: Flask, camille: FlaskClient, make: Callable[..., int], format: str
) -> None:
    make("S2")
    read = rows_of if format == "xlsx" else plain_rows_of
    for asked in ({"avancement": "silence"}, {"tri": "-avancement"}):
        found: list[dict[str, Any]] = read(taken(camille, "signataires", format, **asked))
        assert found[0]["Nom"] == "Étoile du Nord" and found[0]["Avancement"] == AVANCEMENTS["silence"]
        assert len(found) == (1 if "avancement" in asked else 2)
    with app.app_context():
        lines = [json.loads(one) for one in db.session.scalars(select(Journal.apres).where(Journal.acte == "exporter"))]
        db.session.rollback()
    assert sorted(lines, key=lambda one: one["lignes"]) == [
        {"lignes": 1, "tri": "nom"},
        {"lignes": 2, "tri": "-avancement"},
    ], "no keys of signatories"


def test_a_number_below_zero_is_a_number_in_both() -> None:
    listed = ListSheet("Essai", ("Nom", "Nombre"), [("-1", -1)])
    sheet = load_workbook(io.BytesIO(draw_list(listed, par="Camille", fait_le=NOW))).worksheets[0]
    assert (sheet["A2"].value, sheet["B2"].value) == ("-1", -1)
    assert write_csv(listed.titres, listed.lignes).decode("utf-8-sig").splitlines()[1] == "'-1;-1"


@pytest.mark.tableur
def test_a_spreadsheet_opens_it_computes_nothing_and_reads_dates_and_numbers(bureau: Bureau) -> None:
    rows = [(FORMULA, date(2026, 11, 2), 1250, "a\nb"), ("#N/A", None, 0, "")]
    listed = ListSheet("Essai", ("Nom", "Le", "Nombre", "Contacts"), rows)
    files = {"essai": draw_list(listed, par="Camille", fait_le=NOW)}
    (shown,) = bureau.shown(files)["essai"].values()
    assert [line[:3] for line in shown[1:]] == [[FORMULA, "02/11/2026", "1250"], ["#N/A", "", "0"]]
    sheet = load_workbook(io.BytesIO(bureau.saved(files)["essai"])).worksheets[0]
    assert sheet["B2"].value.date() == date(2026, 11, 2) and sheet["C2"].value == 1250
    assert [table.ref for table in sheet.tables.values()] == ["A1:D3"]


@pytest.mark.parametrize(
    ("liste", "asked"),
    [("signataires", {}), ("declarations", {"periode": "2026-T3"}), ("rencontres", {}), ("actions", {})],
)
def test_every_list_is_searched_alike_by_words_in_any_order_without_accents_or_case(
    app: Flask, camille: FlaskClient, make: Callable[..., int], signataire: int, liste: str, asked: dict[str, str]
) -> None:
    make("S2")
    a_meeting(app, signataire, "Deux stages")
    with app.app_context(), transaction(actor=REFERENTE, now=NOW) as session:
        told = {"date": date(2026, 3, 1), "axe": "RECRUTER", "titre": "Forum", "texte": "Récit", "created_at": NOW}
        session.add(Action(departement_code="41", signataire_id=signataire, **told))
    for q in ("nord etoile", "ÉTOILE  nord", "étoile du NORD", "nord, étoile"):
        assert len(plain_rows_of(taken(camille, liste, "csv", q=q, **asked))) == 1, q
    assert plain_rows_of(taken(camille, liste, "csv", q="nord ouest", **asked)) == []


def test_a_kept_column_never_gives_a_table_the_same_heading_twice_whatever_its_case() -> None:
    kept = ["commune", "Couleur", "Commune (gardée)"]
    assert distinct_titles(kept, ["Nom", "Commune"]) == [
        "commune (gardée)",
        "Couleur",
        "Commune (gardée) (gardée)",
    ]
