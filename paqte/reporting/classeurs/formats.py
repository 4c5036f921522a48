"""The kinds of workbook there are, by the code of their templates."""

from __future__ import annotations

from collections.abc import Mapping

from paqte.reporting.classeurs.bilan import FORMAT_BILAN
from paqte.reporting.classeurs.compte_rendu import FORMAT_TRIMESTRE
from paqte.reporting.remplissage.format import Format

FORMATS: Mapping[str, Format] = {f.genre: f for f in (FORMAT_BILAN, FORMAT_TRIMESTRE)}
