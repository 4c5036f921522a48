"""What a kind of document says of itself: how it is named, when it is made, from what it is put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from paqte.domain.documents.commun.document import Document
from paqte.domain.statuts.conventions import ANNEE, SEMESTRE, TRIMESTRE


@dataclass(frozen=True, slots=True)
class GenreDocument:
    """A kind of document. Each is a département's: whose a document is would be told here, beside its `rythme`.

    `rythme` is the genre of its periods, `travail` the task that produces it, which its settings and mails are named
    after, `gabarit` the code of its templates. `fichier` begins the names of its files and `marque` is what its
    workbooks bear: no two kinds share one, nor the class `document`. `titre` and `court` head it, the others say it in
    sentences: "le bilan", "du bilan", "un bilan semestriel"; `entier` says it among the other papers of a préfecture.
    `depuis` is the first period for which one is owed, "" for those that PAQTE always made.
    """

    code: str
    rythme: str
    travail: str
    gabarit: str
    fichier: str
    marque: str
    titre: str
    court: str
    nom: str
    le: str
    du: str
    un: str
    document: type[Document]
    assemble: Callable[..., Any]
    entier: str = ""
    depuis: str = ""

    @property
    def le_titre(self) -> str:
        """ "le bilan semestriel"."""
        return f"{self.le.removesuffix(self.nom)}{self.titre[0].lower()}{self.titre[1:]}"

    @property
    def e(self) -> str:
        """What a participle takes when it speaks of it."""
        return "e" if self.un.startswith("une ") else ""

    @property
    def son(self) -> str:
        """The possessive that goes with it."""
        return "sa" if self.e and self.nom[0] not in "aeiouyéèêh" else "son"

    @property
    def refus(self) -> str:
        """What is said to whoever asks it for a period of another genre."""
        periode, who = PERIODES[self.rythme], self.entier or self.le_titre
        return f"{who[0].upper()}{who[1:]} porte sur {periode.un} : choisissez par exemple {periode.exemple}."


class GenrePeriode(NamedTuple):
    """A genre of periods in sentences, with the code of one for instance."""

    nom: str
    un: str
    du: str
    exemple: str


PERIODES: Mapping[str, GenrePeriode] = {
    TRIMESTRE: GenrePeriode("Trimestre", "un trimestre", "du trimestre", "2026-T3"),
    SEMESTRE: GenrePeriode("Semestre", "un semestre", "du semestre", "2026-S1"),
    ANNEE: GenrePeriode("Année", "une année", "de l’année", "2026"),
}
