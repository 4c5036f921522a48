"""The workbook machine over the bilan, which most tests of it are about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.reporting.relecture import relecture
from paqte.reporting.remplissage import classeur
from paqte.reporting.remplissage.gabarits import gabarit
from paqte.reporting.remplissage.plan.format import Format
from paqte.reporting.remplissage.plan.modele import GabaritReady


def fill(document: Any, template: bytes, format: Format = FORMAT_BILAN) -> bytes:
    return classeur.fill(document, template, format)


def read_template(path: Path = FORMAT_BILAN.gabarit) -> bytes:
    return gabarit.read_template(path)


def check_template(content: bytes, format: Format = FORMAT_BILAN) -> GabaritReady:
    return gabarit.check_template(content, format)


def read_back(content: bytes, format: Format = FORMAT_BILAN) -> relecture.WorkbookReread:
    return relecture.read_back(content, format)
