"""A quarter of a small Loir-et-Cher, as tests of the export fill it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.loir_et_cher import convention, donnees, engagement, fait

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def exemple_trimestre(*names: str) -> CompteRendu:
    """Three enterprises, one of them a semester declarant, and one that has joined the plan alone."""
    return assemble_trimestre(donnees_trimestre(*names), catalogue(), edition=1, now=NOW, gabarit="essai")


def donnees_trimestre(*names: str) -> DonneesBilan:
    """What it is assembled from."""
    firms = [
        convention(1, engagement(11, "S2", cible=60), engagement(12, "F1p"), engagement(13, "P12", cible=5)),
        convention(2, engagement(21, "S2"), engagement(22, "A1"), is_in_plan_10000=True),
        convention(3, engagement(31, "S2"), rythme="S"),
        convention(4, engagement(41, "P01", cible=8), dispositif="plan_10000", debut=date(2026, 8, 1)),
        convention(5, nature="reseau", nom="Club du Blaisois (fictif)"),
    ]
    firms = [replace(c, nom=name) for c, name in zip(firms, names, strict=False)] + firms[len(names) :]
    one, two = firms[:2]
    facts = [
        fait(one, one.engagements[0], "2026-T3", 12),
        fait(one, one.engagements[1], "2026-T3", ratio=(7, 9)),
        fait(one, one.engagements[2], "2026-T3", Decimal("1234.50")),  # type: ignore[arg-type]
        fait(two, two.engagements[0], "2026-T3", reponse="neant"),
    ]
    return replace(donnees(firms, facts), periode=Periode.from_code("2026-T3"), rubriques={"efficacite": "Bien."})
