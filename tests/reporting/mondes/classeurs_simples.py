"""The workbooks drawn from nothing: the offline form, the annotated copy of a table, a consolidation, a list."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from paqte.domain.assemblage.nation import LigneNation, Nation
from paqte.domain.assemblage.territoires.somme import TerritoireNamed, assemble_somme
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.formulaires import NEANT, FormIdentity, FormRow, FormShown
from paqte.domain.documents.somme import SommeSemestre
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.reporting.dessin.annotee import RemarkToWrite, SheetToAnnotate, annotated_copy
from paqte.reporting.dessin.formulaires import draw_form
from paqte.reporting.dessin.listes import ListSheet, draw_list
from paqte.reporting.dessin.sommes import draw_somme

NAMES = ("formulaire", "copie-annotee", "consolidation", "liste")
# What people type, and what programs mistake for something else.
ODD = (
    *("=1+1", "+33 1 02", "#N/A", "00123", "1E5", "3/4", "TRUE", "  bordé  ", "deux\nlignes", "<&>\"'"),
    *("Łódź, Ağrı, Ελλάδα", "5\u202f120", "n°\u00a07", "é" * 3_000, "'quoted", "-", "@somme"),
)
# What Excel would decode. « _x005F_ » is not among them: openpyxl leaves it out of every text it reads.
NUMBERED = ("_x0041_", "a_x000D_b", "_x00E9_x0041_")


@cache
def drawn_workbooks() -> dict[str, bytes]:
    return {"formulaire": _form(), "copie-annotee": _copy(), "consolidation": _consolidation(), "liste": _list()}


def _form() -> bytes:
    entete = FormIdentity(
        "41", 7, "41-2025-001", "21990000800018", "Œuvres du Cher (fictif)", Periode.from_code("2026-T3"), 3
    )
    numbers = [FormRow(f"valeur_{n}", "Former", text, valeur="12", takes_nil=True) for n, text in enumerate(ODD)]
    rows = (
        *numbers,
        FormRow("valeur_90", "Former", "Zéro coché", valeur=NEANT, takes_nil=True),
        FormRow("valeur_91", "Recruter", "Diagnostic", valeur="Oui", choix=("Oui", "Non")),
        FormRow("texte_libre", "", "Ce qu’il faut savoir", valeur="\n".join(ODD), is_text=True),
    )
    when = datetime(2026, 10, 2, 9, tzinfo=UTC)
    return draw_form(FormShown(entete, "préfecture", date(2026, 10, 20), when, ("Camille",), rows, ("Former",)))


def _copy() -> bytes:
    rows = [(n + 2, {0: text, 3: text[::-1], 30: str(n)}) for n, text in enumerate(ODD)]
    remarks = [RemarkToWrite("Suivi 2026", 2, "D", "Valeur lue : 1.234"), RemarkToWrite("Suivi 2026", 5, "", "Ligne")]
    sheets = [SheetToAnnotate("Suivi 2026", rows), SheetToAnnotate("Élus/2025", [(1, {0: "Nom", 1: "SIRET"})])]
    return annotated_copy(sheets, remarks)


def _consolidation() -> bytes:
    lines = tuple(
        LigneNation(
            "FORMER", f"F{n}", text, "personnes", "flux", Decimal(f"1234567.{n}5"), 3, 4, 1, (("41", None),), "toutes"
        )
        for n, text in enumerate(ODD)
    )
    named, periode = TerritoireNamed(""), Periode.from_code("2026-S1")
    nation = Nation(lines, ())
    return draw_somme(assemble_somme(SommeSemestre, nation, (), territoire=named, periode=periode, grid=catalogue()))


def _list() -> bytes:
    titles = ("Nom", "Le", "Combien", "Code")
    rows = [(text, date(2026, 1, n % 27 + 1), n, text) for n, text in enumerate(ODD)]
    return draw_list(
        ListSheet("Signataires", titles, rows), par="Camille", fait_le=datetime(2026, 11, 2, 9, tzinfo=UTC)
    )
