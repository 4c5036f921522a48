"""Every compared cell of both documents, written by hand: its table, its row, its heading, and what moved it (R19).

Nothing here is read from the tables under test. Declarations are those of CORRECTIONS, by number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import Fait
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.commun.comparaison import Correction
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.lignes import lignes as b
from paqte.domain.documents.lignes import lignes_trimestre as c

# Said of both documents alike.
DEUX_COLONNES = "Réponses reçues : 1 ; Réponses attendues : 1"
AUTRES_NATURES = {
    "nouveaux_reseaux": "Réseaux, nouveaux",
    "actifs_reseaux": "Réseaux, actifs",
    "nouveaux_employeurs_publics": "Employeurs publics, nouveaux",
    "actifs_employeurs_publics": "Employeurs publics, actifs",
    "nouvelles_associations": "Associations, nouvelles",
    "actives_associations": "Associations, actives",
}
UN, ABSENT = Chiffre(Decimal(1)), Chiffre(None, "n.d.")
NUMEROS = {1: "41-001", 2: "41-002"}


def _moved(declaration: int, convention: int, indicateur: str, periode: str) -> Correction:
    fait = Fait(
        "41", convention, convention, declaration, indicateur, declaration, periode, "nombre", Decimal(3), None, None
    )
    return Correction(None, fait)


# One answer moved in each: 1 of the first signatory in the first quarter, 2 in the second; 3 to 7 of the other.
CORRECTIONS = (
    _moved(1, 1, "S2", "2026-T1"),
    _moved(2, 1, "P12", "2026-T2"),
    _moved(3, 2, "F4", "2026-T1"),
    _moved(4, 2, "P12h", "2026-T1"),
    _moved(5, 2, "A4", "2026-T2"),
    _moved(6, 2, "X1", "2026-T2"),
    _moved(7, 2, "INCONNU", "2026-T2"),
)
# Counts of the other natures, of an edition that tells them (R34).
AUTRES = {
    "nouveaux_reseaux": 0,
    "actifs_reseaux": 0,
    "nouveaux_employeurs_publics": 0,
    "actifs_employeurs_publics": 0,
    "nouvelles_associations": 0,
    "actives_associations": 0,
}
EVERY = "1 2 3 4 5 6 7"


class Attendu(NamedTuple):
    """One row as it is to be compared: its table and name, the heading of each cell, and the declarations behind.

    `sans` are cells that none of these declarations moved, `autres` those that others did. `cle` are the fields that
    make it another row, `tus` those that make no difference, `nomme` the one its name shows; `entiere` tells it whole.
    """

    table: str
    rang: int
    tableau: str
    ligne: str
    cellules: Mapping[str, str]
    derriere: str = ""
    sans: str = ""
    autres: Mapping[str, str] = MappingProxyType({})
    cle: str = ""
    tus: str = ""
    nomme: str = ""
    entiere: str = ""

    def behind(self, champ: str) -> str:
        """Numbers of the declarations that moved a cell."""
        return "" if champ in self.sans.split() else self.autres.get(champ, self.derriere)


BILAN = Bilan(
    departement="41",
    departement_nom="Loir-et-Cher",
    prefecture="Blois",
    periode="2026-S1",
    periode_libelle="1er semestre 2026",
    edition=1,
    genere_le="2026-07-31T11:00:00+02:00",
    versions=b.Versions("2019.1", "essai", colonnes=Bilan.version()),
    comptes=b.ComptesSignataires(**AUTRES),
    referents=(b.Contact("Camille", "référente", "c@41.test", "02"),),
    signataires=(
        b.LigneSignataire(
            1,
            "41-001",
            "Lenoir",
            "111",
            "Entreprise",
            "PME",
            "Blois",
            "Former",
            "2025-01-01",
            "2025-01-02",
            "2027-12-31",
            "Signée",
        ),
    ),
    partenaires=(b.LignePartenaire("FACE", "Association", "anime"),),
    indicateurs=tuple(
        b.LigneIndicateur(
            axe,
            code,
            libelle,
            "u",
            genre,
            False,
            UN,
            UN,
            UN,
            UN,
            UN,
            UN,
            1,
            1,
            1,
            reference=UN,
            sans_cible=UN,
            nature=nature,
            numerateur=Decimal(3),
            denominateur=Decimal(4),
            realise_vise=Decimal(5),
            vise=Decimal(6),
            poids_vise=Decimal(7),
        )
        for axe, code, libelle, genre, nature in (
            ("SENSIBILISER", "S2", "Stagiaires", "flux", "entreprise"),
            ("AUTRE", "X1", "Repas", "libre", "reseau"),
        )
    ),
    thematiques=(b.LigneThematique("T12", "Achats", False, "€ HT", 1, UN, UN, UN, 1, 1, nature="entreprise"),),
    actions=(b.LigneAction("2026-03-05", "Lenoir", "Former", "Visite", "Texte"),),
    contexte=(b.LigneContexte("qpv", "Nombre de QPV", UN, "quartiers", "2026-01-01"),),
    evolution=(b.PointSignataires("2026-S1", 1, 1),),
    avertissements=(b.LigneAvertissement("Lenoir", "1er trimestre 2026", "S2", "Trop", "Oui"),),
    provenance=(b.PartProvenance("import", "importées", 1, 2, Decimal(50)),),
    completude=tuple(
        b.LigneCompletude(genre, code, libelle, 2, 1, 1, UN, UN)
        for genre, code, libelle in (
            ("ensemble", "", "Toutes les réponses"),
            ("axe", "FORMER", "Former"),
            ("indicateur", "S2", "Stagiaires"),
            ("signataire", "2", "Autre"),
        )
    ),
    reponses=(b.LigneReponse("Autre", "41-002", "1er trimestre 2026", "Validée", "2026-04-01", "2026-04-02", 2, 1, 0),),
)

COMPTE_RENDU = CompteRendu(
    departement="41",
    departement_nom="Loir-et-Cher",
    prefecture="Blois",
    periode="2026-T1",
    periode_libelle="1er trimestre 2026",
    edition=1,
    genere_le="2026-04-30T11:00:00+02:00",
    versions=b.Versions("2019.1", "essai", colonnes=CompteRendu.version()),
    comptes=c.ComptesTrimestre(**AUTRES),
    entreprises=(
        c.EntrepriseTrimestre(
            "41-001", "Lenoir", "111", "Entreprise", "PME", "Blois", "PAQTE", "Former", "T01",
            "2025-01-01", "2027-12-31", "Signée", "Trimestre", False, False, False, "Validée", 1, 1, 0,
        ),
    ),
    indicateurs=tuple(
        b.LigneIndicateur(
            axe, code, libelle, "u", genre, False, UN, UN, UN, UN, UN, UN, 1, 1, 1, nature=nature
        )
        for axe, code, libelle, genre, nature in (
            ("SENSIBILISER", "S2", "Stagiaires", "flux", "entreprise"),
            ("AUTRE", "X1", "Repas", "libre", "reseau"),
        )
    ),
    thematiques=(
        b.LigneThematique(
            "T12", "Achats", False, "heures", 1, UN, UN, UN, 1, 1, mesure="P12h", nature="entreprise"
        ),
    ),
    progres=(c.PointThematique("P12", UN, "reseau"),),
    donnees=(
        c.DonneeTrimestre(
            "222", "Autre", "41-002", "paqte", "FORMER", "", "F4", "Alternants", "personnes", "2026-T1", "nombre",
            Decimal(3), nature="entreprise",
        ),
    ),
)  # fmt: skip


ANOTHER = {"2026-T1": "2026-T2", "ensemble": "axe", "axe": "indicateur", "indicateur": "axe", "signataire": "axe"}


def other(value: Any) -> Any:
    """A value that is not this one, of the same kind."""
    if isinstance(value, Chiffre):
        return ABSENT if value == UN else UN
    if isinstance(value, bool):
        return not value
    if value is None:
        return Decimal(7)
    return ANOTHER.get(value, f"{value}!") if isinstance(value, str) else value + 1


def changed(document: Any, table: str, rang: int, champ: str) -> Any:
    """The document with one cell changed, and nothing else; the state of a row of data is read from its code."""
    if not table:
        return replace(document, **{champ: other(getattr(document, champ))})
    held = getattr(document, table)
    rows = list(held) if isinstance(held, tuple) else [held]
    given = {"etat": "neant"} if champ == "etat_lu" else {champ: other(getattr(rows[rang], champ))}
    rows[rang] = replace(rows[rang], **given)
    return replace(document, **{table: tuple(rows) if isinstance(held, tuple) else rows[0]})


def without(document: Any, table: str, rang: int) -> Any:
    """The document less one row."""
    rows = getattr(document, table)
    return replace(document, **{table: rows[:rang] + rows[rang + 1 :]})
