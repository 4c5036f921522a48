"""Run in a copy of the product that has the two invented documents: each goes the whole way (R12, R19, R23, R46)."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import time_machine
from sqlalchemy import select

from paqte.cli.commandes import paqte as command
from paqte.cli.socle.sortie import run
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Courriel, Departement, Edition, NumeroEdition, Tache, db
from paqte.ops.base.backup import save_base
from paqte.services.editions.comparaisons import compare_editions
from paqte.services.planificateur.due import produce_due
from paqte.services.planificateur.restauration import restore
from paqte.services.planificateur.taches import Workshop
from paqte.services.reglages.planification import plan_all
from paqte.services.transaction import transaction
from tests import factories
from tests.fixtures_acteurs import CAMILLE
from tests.services.editions.test_bilans import _company
from tests.web.referent.pages import NOW, act, send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True


def words(html: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(text.split())


def figures(octets: bytes, thematique: str) -> list[Any]:
    """What the sheet of the thématiques says of one: its cells from « Réalisé » to « Depuis le début »."""
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(octets))["Thématiques"].iter_rows()]
    titles = next(row for row in rows if "Code" in row)
    line = next(row for row in rows if row[0] == thematique)
    return line[titles.index("Réalisé au semestre") : titles.index("Depuis le début") + 1]


@pytest.fixture
def paqte(app_settings: dict[str, object], monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Any:
    for name in ("PAQTE_DATABASE_URL", "PAQTE_INSTANCE", "PAQTE_REPORTS"):
        monkeypatch.setenv(name, str(app_settings[name]))

    def call(*arguments: str) -> tuple[int, list[str]]:
        capsys.readouterr()
        code = run(command, arguments)
        told = capsys.readouterr()
        return code, [*told.out.splitlines(), *told.err.splitlines()]

    return call


@pytest.fixture
def camille(sign_in: Callable[..., FlaskClient]) -> Iterator[FlaskClient]:
    with time_machine.travel(NOW, tick=False):
        yield sign_in(CAMILLE)


@pytest.fixture
def companies(camille: FlaskClient, app: Flask) -> None:
    """Three companies of the 41, which welcomed 6, 7 and 8 refugees in a quarter of each year."""
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as session:
        session.get_one(Departement, "41").premier_semestre = "2025-S1"
        for rank in (3, 4, 5):
            _company(session, rank, {"2025-T2": rank + 3, "2026-T2": rank + 3}, code="P09")


def late_company(app: Flask) -> None:
    with app.app_context(), transaction(actor=factories.CAMILLE, now=NOW) as session:
        _company(session, 6, {"2025-T2": 2, "2026-T2": 2}, code="P09")


def test_a_yearly_document_is_produced_published_compared_verified_and_read(
    companies: None,
    app: Flask,
    camille: FlaskClient,
    paqte: Any,
    app_settings: dict[str, object],
    tmp_path: Path,
) -> None:
    reports = Path(str(app_settings["PAQTE_REPORTS"]))
    folder = reports / "41" / "2025"

    # Produced by the command line, refused for what is not its rhythm or not over.
    assert paqte("document", "produire", "--genre", "rapport", "--departement", "41", "--periode", "2026-S1") == (
        1,
        ["Le rapport annuel porte sur une année : choisissez par exemple 2026."],
    )
    early = paqte("document", "produire", "--genre", "rapport", "--departement", "41", "--periode", "2026")
    assert early == (1, ["L’année 2026 n’est pas terminée : son rapport pourra être produit à partir du 01/01/2027."])
    code, told = paqte("document", "produire", "--genre", "rapport", "--departement", "41", "--periode", "2025")
    assert (code, told[:2]) == (0, [str(folder / "rapport-annuel_41_2025_edition-1.xlsx"), "édition 1"])
    code, listed = paqte("document", "lister", "--genre", "rapport")
    assert code == 0 and [line.split("\t")[1:4] for line in listed] == [["41", "2025", "édition 1"]]
    assert figures((folder / "rapport-annuel_41_2025_edition-1.xlsx").read_bytes(), "T09") == [21, 21]

    # A company answers late: the next edition says it inside, and hides in what leaves what it would give away.
    late_company(app)
    read_and_produced_again(camille)
    keys = compared(app)
    assert "Réalisé au semestre" in words(camille.get("/referent/bilans/comparer?avant={}&apres={}".format(*keys)).text)
    shown = folder / "rapport-annuel_41_2025_edition-2_publiable.xlsx"
    assert figures((folder / "rapport-annuel_41_2025_edition-2.xlsx").read_bytes(), "T09") == [23, 23]
    assert figures(shown.read_bytes(), "T09") == ["masqué"] * 2, "23 − 21 gives 2 (R23)"
    assert figures((folder / "rapport-annuel_41_2025_edition-1_publiable.xlsx").read_bytes(), "T09") == [21, 21]

    # Verified with the file and nothing else, in a process of its own.
    code, said = paqte("bilan", "verifier", str(shown))
    assert code == 0
    assert said[0].startswith("Ce fichier (classeur, version publiable) est l’édition n° 2 du rapport de l’année 2025")
    book = openpyxl.load_workbook(folder / "rapport-annuel_41_2025_edition-2.xlsx")
    next(c for row in book["Thématiques"].iter_rows() for c in row if c.value == 23).value = 24
    book.save(tmp_path / "changé.xlsx")
    code, said = paqte("bilan", "verifier", str(tmp_path / "changé.xlsx"))
    assert code == 1 and "il se dit l’édition n° 2 du rapport de l’année 2025" in said[0]


def read_and_produced_again(camille: FlaskClient) -> None:
    """What its pages say before its second edition is made from them."""
    page = words(camille.get("/referent/documents/rapport").text)
    assert "Année 2025 À produire de nouveau" in page and "Année 2026 En cours" in page
    home = words(camille.get("/referent/").text)
    assert "Le rapport de l’année 2025 a changé depuis l’édition n° 1" in home
    read = camille.get("/referent/documents/rapport/2025")
    assert read.status_code == 200 and "Ce qui change depuis l’édition n° 1" in words(read.text)
    assert "Réfugiés" in words(read.text) or "réfugiés" in words(read.text)
    assert act(camille, "/referent/documents/rapport/2025", "/referent/documents/rapport/2025/produire").location


def compared(app: Flask) -> tuple[int, int]:
    """The keys of its two editions, once compared."""
    with app.app_context():
        editions = db.session.scalars(select(Edition).where(Edition.genre_document == "rapport").order_by(Edition.id))
        first, second = editions.all()
        assert (second.numero, second.sha256) == (2, DOCUMENTS["rapport"].document.from_json(second.contenu).sha256)
        found = compare_editions(actor=factories.CAMILLE, avant=first.id, apres=second.id)
        moved = {(e.ligne[:3], e.colonne): (e.avant, e.apres) for e in found.ecarts}
        assert moved["T09", "Réalisé au semestre"] == ("21", "23")
        return first.id, second.id


def test_two_documents_of_one_semester_come_by_themselves_with_numbers_days_and_mails_of_their_own(
    companies: None,
    app: Flask,
    camille: FlaskClient,
    app_settings: dict[str, object],
    tmp_path: Path,
) -> None:
    place = Workshop("essai", Path(str(app_settings["PAQTE_REPORTS"])), "http://localhost")
    settings = {"bilan_note_delai_jours": "60", "destinataires_rapport": "prefet@exemple.fr"}
    assert send(camille, "/referent/pilotage/reglages", **settings).status_code == 302
    assert "60" in words(camille.get("/referent/pilotage").text)
    with app.app_context():
        saved = save_base(str(app_settings["PAQTE_DATABASE_URL"]), tmp_path / "copies", NOW)
        done = produce_due(place=place, clock=lambda: NOW)
        made = {(prise.travail, prise.periode.code) for prise, _ in done}
        assert {("rapport", "2025"), ("bilan_note", "2026-S1"), ("bilan", "2026-S1"), ("export", "2026-T3")} <= made
        assert {p for t, p in made if t == "bilan_note"} == {"2026-S1"}, "owed since then alone"
        assert {p for t, p in made if t == "bilan"} == {"2025-S1", "2025-S2", "2026-S1"}
        due = (
            select(Tache.travail, Tache.due_le).where(Tache.periode.in_(("2026-S1", "2026-S2"))).order_by(Tache.due_le)
        )
        days = [(travail, f"{moment:%Y-%m-%d}") for travail, moment in db.session.execute(due) if "bilan" in travail]
        assert days == [
            *(("bilan", "2026-07-29"), ("bilan_note", "2026-07-29")),
            *(("bilan", "2027-01-29"), ("bilan_note", "2027-02-28")),
        ], "what is over keeps its day (R37)"
        coming = select(Tache.due_le).where(Tache.travail == "rapport", Tache.periode == "2026")
        assert f"{db.session.scalar(coming):%Y-%m-%d}" == "2027-01-29", "30 January in Paris"
        mail = db.session.scalars(select(Courriel).where(Courriel.motif == "rapport")).one()
        assert mail.destinataire == "camille@prefecture41.test", "nobody outside by itself (R40)"
        assert mail.texte.startswith("Relisez le rapport annuel de l’année 2025 avant de le transmettre")
        numbers = db.session.execute(
            select(Edition.genre_document, Edition.numero).where(Edition.periode == "2026-S1").order_by(Edition.id)
        ).all()
        assert sorted(map(tuple, numbers)) == [("bilan", 1), ("note", 1)]
    read_and_restored(camille, app, place.reports, saved)


def read_and_restored(camille: FlaskClient, app: Flask, reports: Path, saved: Path) -> None:
    """What the folder and the calendar say; then a second edition of the note alone, and a base of before it all."""
    names = sorted(path.name for path in (reports / "41" / "2026-S1").iterdir())
    assert [n for n in names if "publiable" not in n] == [
        "bilan-paqte-note_41_2026-S1_edition-1.xlsx",
        "bilan-paqte_41_2026-S1_edition-1.xlsx",
    ]
    calendar = words(camille.get("/referent/calendrier").text)
    assert "Note des thématiques" in calendar and "Aucune déclaration n’est demandée pour l’année" in calendar

    # A late answer: the note has a second edition, the bilan does not; then the base goes back to before all this.
    late_company(app)
    assert act(camille, "/referent/documents/note/2026-S1", "/referent/documents/note/2026-S1/produire").location
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        found = restore(settings=app.extensions["paqte"], source=saved, now=NOW).constat
        assert "Note, 41 2026-S1 édition 2" in found.numeros and "Bilan, 41 2026-S1 édition 2" not in found.numeros
        assert "41 2025 édition 1" in found.numeros
        lost = db.session.execute(
            select(NumeroEdition.genre_document, NumeroEdition.numero).where(NumeroEdition.periode == "2026-S1")
        )
        assert sorted(map(tuple, lost)) == [("bilan", 1), ("note", 1), ("note", 2)]


def test_its_pages_and_settings_are_read_by_everybody_who_may(
    companies: None, camille: FlaskClient, app: Flask
) -> None:
    others = words(camille.get("/referent/bilans").text)
    assert "Rapport annuel" in others and "Note des thématiques" in others
    assert camille.get("/referent/documents/inconnu").status_code == 404
    assert camille.get("/referent/documents/rapport/2026-S1").status_code == 404
    with app.app_context():
        assert plan_all(now=NOW) == 1 and plan_all(now=NOW) == 0, "planned once"
