"""Every kind of workbook that leaves the product, made once: which document it says, and in which format."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.donnees import ActionLue
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.reporting.classeurs.compte_rendu import FORMAT as FORMAT_TRIMESTRE
from paqte.reporting.remplissage.plan.format import Format
from tests.domain.loir_et_cher import NOW as JUILLET
from tests.domain.loir_et_cher import donnees
from tests.reporting.mondes.bilans import fill, read_template
from tests.reporting.mondes.exemples import exemple, neant
from tests.reporting.mondes.exemples_trimestre import NOW, donnees_trimestre, exemple_trimestre

# Their names, which tests are told of before anything is made.
FILLED = (
    *("bilan", "bilan-edition-2", "bilan-publiable", "bilan-neant"),
    *("export", "export-edition-2", "export-publiable", "export-neant"),
)
MODELES = ("modele-bilan", "modele-export")


class Classeur(NamedTuple):
    """A workbook and what it is made from; a template says no document."""

    octets: bytes
    document: Any
    format: Format


@cache
def every_workbook() -> dict[str, Classeur]:
    """By name: bilan and export, internal and publishable, first and second editions, with nothing, and templates."""
    documents = {
        "bilan": (exemple(), FORMAT_BILAN),
        "bilan-edition-2": (exemple(edition=2), FORMAT_BILAN),
        "bilan-publiable": (_publishable_bilan(), FORMAT_BILAN),
        "bilan-neant": (neant(), FORMAT_BILAN),
        "export": (exemple_trimestre(), FORMAT_TRIMESTRE),
        "export-edition-2": (replace(exemple_trimestre(), edition=2), FORMAT_TRIMESTRE),
        "export-publiable": (_publishable_export(), FORMAT_TRIMESTRE),
        "export-neant": (
            quarter(replace(donnees_trimestre(), conventions=(), faits=(), declarations=())),
            FORMAT_TRIMESTRE,
        ),
    }
    made = {
        name: Classeur(fill(document, read_template(f.gabarit), f), document, f)
        for name, (document, f) in documents.items()
    }
    templates = {"modele-bilan": FORMAT_BILAN, "modele-export": FORMAT_TRIMESTRE}
    return made | {name: Classeur(read_template(f.gabarit), None, f) for name, f in templates.items()}


def quarter(given: Any) -> Any:
    """The compte rendu of the third quarter, from what the base would give."""
    given = replace(given, periode=Periode.from_code("2026-T3"))
    return assemble_trimestre(given, catalogue(), edition=1, now=NOW, gabarit="essai")


def _publishable_export() -> Any:
    return publishable(exemple_trimestre(), donnees_trimestre(), catalogue())


def _publishable_bilan() -> Any:
    quarter = donnees_trimestre()
    given = replace(
        donnees(quarter.conventions),
        actions=(
            ActionLue(date(2026, 3, 12), "Société 01 (fictif)", "SENSIBILISER", "Visite", "Deux classes.", "Blois", 45),
        ),
    )
    whole = assemble(given, catalogue(), edition=1, now=JUILLET, gabarit="essai")
    return publishable(whole, given, catalogue())
