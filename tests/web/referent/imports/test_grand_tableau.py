"""A tracker as préfectures keep them, saved by LibreOffice, taken in by the pages: its totals come out in the bilan."""

from __future__ import annotations

import html
import io
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill
from sqlalchemy import func, select
from stdnum import luhn

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN, DOCUMENTS
from paqte.models import ContactSignataire, Convention, Declaration, Signataire, db
from paqte.services.editions.editions import produce_edition
from paqte.services.imports.importations import run_imports
from tests.factories import CAMILLE as HERSELF
from tests.fixtures_acteurs import post
from tests.web.referent.pages import NOW, fields_of

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.fixtures_libreoffice import Bureau

HEADINGS = ["N°", "Raison sociale", "N° SIRET", "Ville", "CP", None, "Contact", "Tél.", "Mél", "Date de signature",
            "Objectif stages 3e", "Stages de 3ème réalisés", "Recrutements QPV", "Montant achats QPV (€)",
            "Observations"]  # fmt: skip
NOTES = ("* Chiffres provisoires, à confirmer avec la DDETS.", "Source : déclarations reçues par courriel")
KINDS = ("Menuiserie", "Garage", "Boulangerie", "Élagage", "Imprimerie", "Scierie", "Cliniques", "Cœur de laine",
         "Hôtel", "Transports", "Maçonnerie", "Pépinières", "Fonderie", "Cuisines", "Briqueterie", "Ateliers",
         "Laiterie", "Plasturgie", "Câblerie", "Entrepôts")  # fmt: skip
PLACES = ("du Beuvron", "de la Cisse", "du Perche", "& fils Noël", "de Sologne", "des Trois Îles", "du Cosson",
          "de l’Hôtel-Dieu", "du Val d’Écoute", "de Chaillé", "du Gué", "d’Épiais", "de la Brenne", "du Loir",
          "de Françay")  # fmt: skip
COMMUNES = (("Blois", 41000), ("Vendôme", 41100), ("Saint-Aignan", 41110), ("Romorantin-Lanthenay", 41200))


class Written(NamedTuple):
    """What a cell of a figure is: as it is typed, and the number that whoever typed it meant; None where none is."""

    typed: Any
    meant: float | None


@dataclass
class Counted:
    """What the rows of a sheet say, added up as they are written, by whoever writes them."""

    totals: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)

    def add(self, code: str, meant: float | None) -> None:
        if meant is not None:
            self.totals[code] += meant
            self.answers[code] += 1


def named(rank: int) -> str:
    """Three hundred companies, no two of one name."""
    return f"{KINDS[rank % len(KINDS)]} {PLACES[rank // len(KINDS) % len(PLACES)]} (fictif)"


def a_siret_of(rank: int) -> str:
    """A well-formed SIRET; one in ten begins with a zero, as those of old companies do."""
    digits = f"{(5_000_000 if rank % 10 == 7 else 41_000_000) + rank:08}"
    digits = f"{digits}{luhn.calc_check_digit(digits)}{1:04}"
    return digits + luhn.calc_check_digit(digits)


def spelled(siret: str, rank: int) -> Any:
    """As agents type it: a text, groups, a number (its first zero is lost then), with dots, with a no-break space."""
    groups = (siret[:3], siret[3:6], siret[6:9], siret[9:])
    ways = (siret, " ".join(groups), int(siret), ".".join(groups), f"\u00a0{siret} ", "\u00a0".join(groups))
    return int(siret) if siret.startswith("0") and rank % 20 == 7 else ways[rank % len(ways)]


def signed(day: date, rank: int) -> Any:
    months = ("janvier", "février", "mars", "avril", "mai", "juin")
    return (
        day,
        f"{day:%d/%m/%Y}",
        f"{day.day} {months[day.month - 1]} {day.year}",
        f"{day:%d.%m.%Y}",
        f"{day:%Y-%m-%d}",
        f"{day:%d-%m-%Y}",
    )[rank % 6]


def a_count(number: int, rank: int) -> Written:
    """A count: a number, a text, a word for none, or nothing at all."""
    return (
        Written(number, number), Written(None, None), Written("Néant", 0), Written(f"{number} ", number),
        Written(number, number), Written(0, 0), Written(number, number), Written("néant", 0),
    )[rank % 8]  # fmt: skip


def an_amount(number: float, rank: int) -> Written:
    whole, cents = divmod(round(number * 100), 100)
    grouped = f"{whole:,}".replace(",", " ")
    typed = (number, f"{grouped},{cents:02}", f"{whole},{cents:02} €", None, f"{grouped},{cents:02} €")[rank % 5]
    return Written(typed, None if typed is None else whole + cents / 100)


def a_sheet(sheet: Any, title: str, count: int, chance: random.Random) -> Counted:
    """Write a semester as an agent would; what it holds, counted here, row by row."""
    found = Counted()
    sheet["A1"] = f"PAQTE de Loir-et-Cher : {title}"
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.merge_cells("A1:O1")
    sheet["A2"] = "Tableau tenu à la main, ne pas diffuser"
    for column, heading in enumerate(HEADINGS, 1):
        cell = sheet.cell(4, column, heading)
        cell.fill = PatternFill("solid", fgColor="DDEBF7")
    for rank in range(count):
        row, siret = 5 + rank, a_siret_of(rank)
        (ville, cp) = COMMUNES[rank % len(COMMUNES)]
        stages, jobs = a_count(chance.randrange(1, 40), rank), a_count(chance.randrange(1, 9), rank + 3)
        amount = an_amount(chance.randrange(100, 9_000_000) / 100, rank)
        target = chance.randrange(10, 90) if rank % 3 else None
        day = date(2024 + rank % 2, 1 + rank % 6, 1 + rank % 28)
        told = [
            rank + 1, named(rank), spelled(siret, rank), ville, cp, None,
            f"Léa Noël-{rank}", (f"02 54 55 {rank // 100:02} {rank % 100:02}", 254_550_000 + rank)[rank % 2],
            f"lea.noel{rank}@exemple.fr", signed(day, rank), target, stages.typed, jobs.typed, amount.typed,
            "à revoir : l’interlocuteur a changé" if rank % 40 == 0 else None,
        ]  # fmt: skip
        for column, value in enumerate(told, 1):
            cell = sheet.cell(row, column, value)
            if isinstance(value, date):
                cell.number_format = "dd/mm/yyyy"
        if rank == 11:
            sheet.row_dimensions[row].hidden = True
        for code, meant in (("S2", stages.meant), ("R3", jobs.meant), ("A2", amount.meant), ("cible", target)):
            found.add(code, meant)
    last = 4 + count
    sheet.cell(last + 1, 2, "TOTAL GÉNÉRAL")
    for letter in "KLMN":
        sheet[f"{letter}{last + 1}"] = f"=SUM({letter}5:{letter}{last})"
    for rank, text in enumerate(NOTES):
        sheet.cell(last + 3 + rank, 2 - rank, text)
    return found


def a_tracker(rows: int, past: int) -> tuple[bytes, dict[str, Counted]]:
    book, chance = Workbook(), random.Random(41)
    found = {}
    for periode, title, count in (("2026-S1", "1er semestre 2026", rows), ("2025-S2", "2e semestre 2025", past)):
        sheet = book.active if periode == "2026-S1" else book.create_sheet()
        sheet.title = "Suivi" if periode == "2026-S1" else "Année dernière"
        found[periode] = a_sheet(sheet, title, count, chance)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue(), found


def work(app: Flask) -> int:
    """What the scheduler does."""
    with app.app_context():
        return run_imports(clock=lambda: NOW)


def counts() -> tuple[int, ...]:
    kept = (Signataire, ContactSignataire, Convention, Declaration)
    found = tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in kept)
    db.session.rollback()
    return found


@pytest.mark.lent
@pytest.mark.tableur
@pytest.mark.parametrize("rows", [24, pytest.param(300, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
def test_the_totals_of_a_tracker_saved_by_libreoffice_come_out_in_the_bilan(
    rows: int, app: Flask, camille: FlaskClient, bureau: Bureau, tmp_path: Path
) -> None:
    drawn, told = a_tracker(rows, rows // 4)
    saved = bureau.saved({"suivi": drawn})["suivi"]
    given = {"fichier": (io.BytesIO(saved), "Suivi PAQTE 41.xlsx")}
    page = str(post(camille, "/referent/imports", given).headers["Location"])
    with app.app_context():
        before = counts()
    post(camille, page, {**fields_of(camille.get(page).text), "acte": "essayer"})
    work(app)
    seen = html.unescape(camille.get(page).text)
    assert "Lignes refusées" not in seen, seen[seen.index("Lignes refusées") :][:3_000]
    post(camille, page, {"version": fields_of(seen)["version"], "acte": "appliquer"})
    work(app)
    assert "Ce qui est enregistré" in html.unescape(camille.get(page).text)
    with app.app_context():
        added = tuple(now - then for now, then in zip(counts(), before, strict=True))
        assert added[:3] == (rows, rows, rows)
    seen = html.unescape(camille.get(page).text)
    totals = re.findall(r"\((\w+)\)</td><td[^>]*>([^<]+)</td>", seen)
    assert {code for code, _ in totals} == {"S2", "R3", "A2"}
    post(camille, page, {"version": fields_of(seen)["version"], "acte": "valider"})
    work(app)
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Declaration.etat != "validee")) == 0
        db.session.rollback()
        assert_bilan_says(told, tmp_path)
    # Taken in again, it changes nothing.
    page = str(post(camille, "/referent/imports", {"fichier": (io.BytesIO(saved), "suivi.xlsx")}).headers["Location"])
    post(camille, page, {**fields_of(camille.get(page).text), "acte": "essayer"})
    work(app)
    seen = html.unescape(camille.get(page).text)
    assert re.findall(r'data-titre="(?:Créé|Modifié|Refusé)" class="nombre">(\d+)', seen) == ["0"] * 12


def assert_bilan_says(told: dict[str, Counted], folder: Path) -> None:
    """The bilan, read by another program, holds what was counted while the tracker was written."""
    _, path = produce_edition(
        DOCUMENTS[BILAN],
        actor=HERSELF,
        departement="41",
        periode=Periode.from_code("2026-S1"),
        reports=folder,
        now=NOW,
    )
    found = indicators(path)
    for code in ("S2", "R3", "A2"):
        assert found[code]["Réalisé au semestre"] == pytest.approx(told["2026-S1"].totals[code], abs=0.001), code
        assert found[code]["Semestre précédent"] == pytest.approx(told["2025-S2"].totals[code], abs=0.001), code
    assert found["S2"]["Objectif"] == told["2026-S1"].totals["cible"]


def indicators(path: Path) -> dict[str, dict[str, Any]]:
    """The sheet of indicators: code -> heading -> value."""
    sheet = load_workbook(path, data_only=True)["Indicateurs"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    start = next(rank for rank, row in enumerate(rows) if "Code" in row)
    told = [dict(zip(map(str, rows[start]), row, strict=True)) for row in rows[start + 1 :] if any(row)]
    return {row["Code"]: row for row in told}
