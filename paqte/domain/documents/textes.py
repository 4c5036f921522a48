"""The texts of a document: what a préfecture says in words (bilan_cget.md, 2, 4, 5; part B)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date as day
from typing import NamedTuple

from paqte.domain.documents.commun.document import Document
from paqte.domain.statuts.pilotage import ORGANISATION, TEXTES

ACTION = "action"
# What is written for others to learn from comes before how the work is organised.
SUJETS_DITS: Mapping[str, str] = {
    **{code: title for code, title in TEXTES.items() if code != ORGANISATION},
    ACTION: "Actions concrètes",
    ORGANISATION: TEXTES[ORGANISATION],
}


class TextIssued(NamedTuple):
    """A text as an edition prints it. `sujet` is a code of SUJETS_DITS; the rest is an action's alone."""

    sujet: str
    texte: str
    titre: str = ""
    signataire: str = ""
    axe: str = ""
    date: str = ""

    @property
    def jour(self) -> day | None:
        """The day of an action."""
        return day.fromisoformat(self.date) if self.date else None


def texts_of(document: Document) -> Iterator[TextIssued]:
    """The texts of a document that somebody wrote, in the order of SUJETS_DITS; none is made up for a blank."""
    for sujet in SUJETS_DITS:
        if sujet == ACTION:
            for a in getattr(document, "actions", ()):
                yield TextIssued(ACTION, a.texte, a.titre, a.signataire, a.axe, a.date)
        elif written := getattr(document, sujet, ""):
            yield TextIssued(sujet, written)
