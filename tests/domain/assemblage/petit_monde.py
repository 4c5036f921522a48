"""Four signatories of the Loir-et-Cher, small enough to count on one's fingers, and how a row reads as one line."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait

S2, P01 = engagement(11, "S2", cible=60), engagement(12, "P01", cible=20)
# Bruno's, in both dispositifs; one of the plan since April; a network since May; one that answers by semester.
BRUNO = convention(1, S2, P01, is_in_plan_10000=True, categorie="TPE")
PLAN = convention(2, engagement(21, "P01"), dispositif="plan_10000", debut=date(2026, 4, 1), fin=date(2029, 3, 31))
RESEAU = convention(
    3,
    engagement(31, "S2"),
    engagement(32, "P01", cible=5),
    engagement(33, "F4"),
    nature="reseau",
    is_in_plan_10000=True,
    debut=date(2026, 5, 1),
    fin=date(2029, 4, 30),
)
SEMESTRIEL = convention(4, engagement(41, "S2"), rythme="S", cosignataire="Agglopolys")
FAITS = (
    fait(BRUNO, S2, "2026-T1", 3),
    fait(BRUNO, P01, "2026-T1", 5),
    fait(BRUNO, S2, "2026-T2", 4),
    fait(BRUNO, P01, "2026-T2", reponse="neant"),
    fait(RESEAU, RESEAU.engagements[0], "2026-T2", 9),
    fait(RESEAU, RESEAU.engagements[1], "2026-T2", 6),
)


def monde() -> DonneesBilan:
    """Bruno's first quarter was sent on 20 April, the last day; the rest on 31 July."""
    rows = donnees([BRUNO, PLAN, RESEAU, SEMESTRIEL], FAITS)
    first, *others = rows.declarations
    in_time = datetime(2026, 4, 20, 21, 59, tzinfo=UTC)
    return replace(rows, declarations=(replace(first, premier_envoi_le=in_time, transmise_le=in_time), *others))


def bilan(rows: DonneesBilan) -> Bilan:
    return assemble(rows, catalogue(), edition=1, now=NOW, gabarit="essai")


def export(rows: DonneesBilan, quarter: str = "2026-T2") -> CompteRendu:
    given = replace(rows, periode=Periode.from_code(quarter))
    return assemble_trimestre(given, catalogue(), edition=1, now=NOW, gabarit="essai")


# The exact columns, of a share or a mean and of what has a target: test_territoire.py and test_arrondis.py count them.
NOMBRES_EXACTS = ("numerateur", "denominateur", "realise_vise", "vise", "poids_vise")


def told(row: Any, *sans: str) -> str:
    """Every cell of a row, in order, but those named: « 5 », « (why it is absent) », « — » for nothing."""
    return " | ".join(_cell(getattr(row, f.name)) for f in fields(row) if f.name not in sans)


def _cell(value: Any) -> str:
    if isinstance(value, Chiffre):
        return f"({value.motif})" if value.valeur is None else f"{value.valeur:f}"
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "—" if value is None or value == "" else str(value)
