"""The workbook of each document, by the code of its templates: the file of this room that bears the document's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from paqte.domain.documents.registre import DOCUMENTS
from paqte.reporting.remplissage.plan.format import Format


class Workbooks(Mapping[str, Format]):
    """`FORMAT` of `classeurs/<code of the document>.py`, for each line of the registry."""

    def __getitem__(self, gabarit: str) -> Format:
        for genre in DOCUMENTS.values():
            if genre.gabarit == gabarit:
                found: Format = import_module(f"paqte.reporting.classeurs.{genre.code}").FORMAT
                return found
        raise KeyError(gabarit)

    def __iter__(self) -> Iterator[str]:
        return (genre.gabarit for genre in DOCUMENTS.values())

    def __len__(self) -> int:
        return len(DOCUMENTS)


FORMATS: Mapping[str, Format] = Workbooks()
