"""One declaration as pages and use cases read it: what is asked, what was answered, before and now, by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre, divided
from paqte.domain.declarations.champs import FieldAsked, fields_of
from paqte.domain.declarations.controles import ERREUR, Constat, Contexte, Reponse, check
from paqte.domain.declarations.reprises import repeats
from paqte.domain.indicateurs.catalogue import Axe, Indicateur, catalogue
from paqte.domain.indicateurs.renvois import reopened
from paqte.domain.statuts.declarations import A_COMPLETER, MANQUANTE, NEANT, TOTAL_ANNUEL

# How many figures stand side by side in the thanks of a declaration.
MOST_FIGURES = 4


class ReponseLue(NamedTuple):
    """An answer as stored, with where it comes from."""

    reponse: str
    valeur: Decimal | None
    numerateur: Decimal | None
    denominateur: Decimal | None
    datee_du: date | None
    commentaire: str
    saisie_le: datetime
    saisie_par: str
    is_on_behalf: bool
    origine: str

    @property
    def is_annual(self) -> bool:
        """Whether it is the value of a whole year, which its period bears (R11)."""
        return self.origine == TOTAL_ANNUEL


def _figure_answered(lue: ReponseLue | None) -> Fraction | None:
    """The figure answered, a confirmed zero included; None when nothing was, or nothing divides the other (R13)."""
    if lue is None or lue.reponse == MANQUANTE:
        return None
    if lue.reponse == NEANT:
        return Fraction(0)
    if lue.denominateur is None:
        return None if lue.valeur is None else Fraction(lue.valeur)
    return Fraction(lue.numerateur or 0) / Fraction(lue.denominateur) if lue.denominateur else None


class RetourLu(NamedTuple):
    """A question sent back (R18); `engagement_id` None speaks of the whole."""

    engagement_id: int | None
    commentaire: str
    par: str
    created_at: datetime
    is_answered: bool


@dataclass(frozen=True, slots=True)
class LigneDeclaration:
    """One engagement of the declaration.

    `cible_annee` is the objective of the convention year in course, `cible_terme` that of the whole term; either may
    be None (R6). `precedente` is the answer to the same engagement one period before. `is_owed` is False for a
    measure closed before the period. `deja` is what was sent for the other periods that the objective covers, None when
    nothing was or where it is not asked for. `dans_annee` is the later period that bears the value of the whole year.
    """

    engagement_id: int
    indicateur: Indicateur
    libelle: str
    unite: str
    precision: str
    is_owed: bool
    reference: Decimal | None = None
    cible_annee: Decimal | None = None
    cible_terme: Decimal | None = None
    actuelle: ReponseLue | None = None
    precedente: ReponseLue | None = None
    deja: Decimal | None = None
    constats: tuple[Constat, ...] = ()
    explications: Mapping[str, str] = field(default_factory=dict)
    retours: tuple[RetourLu, ...] = ()
    dans_annee: Periode | None = None

    @property
    def is_missing(self) -> bool:
        """Owed and not answered (R13)."""
        return self.is_owed and (self.actuelle is None or self.actuelle.reponse == MANQUANTE)

    @property
    def evolution(self) -> Chiffre:
        """What moved since the period before; missing when either was not answered, or where words are chosen (R13).

        Nor is a period held against a whole year (R11).

        Of two shares or means, by their exact numbers, rounded once (R33).
        """
        present, former, traits = (
            _figure_answered(self.actuelle),
            _figure_answered(self.precedente),
            self.indicateur.traits,
        )
        is_of_a_year = any(lue is not None and lue.is_annual for lue in (self.actuelle, self.precedente))
        if present is None or former is None or traits.is_chosen or is_of_a_year:
            return Chiffre()
        moved = present - former
        exact = Decimal(moved.numerator), Decimal(moved.denominator)
        return divided(*exact, traits.quotient) if traits.quotient else Chiffre(exact[0] / exact[1])

    @property
    def vers_objectif(self) -> Decimal | None:
        """What was sent for all the periods that the objective covers, this one included; None where none adds up."""
        traits, given = self.indicateur.traits, _figure_answered(self.actuelle)
        if given is None or not (traits.is_summable and traits.adds_years):
            return None
        return (self.deja or Decimal(0)) + Decimal(given.numerator) / given.denominator

    @property
    def nombre_constats(self) -> int:
        return len(self.constats)

    @property
    def doutes(self) -> tuple[Constat, ...]:
        """What stops the sending: an error, or a warning without its sentence (R17)."""
        return tuple(c for c in self.constats if c.gravite == ERREUR or not self.explications.get(c.code))

    @property
    def questions(self) -> tuple[RetourLu, ...]:
        """What was sent back on it and still waits."""
        return tuple(r for r in self.retours if not r.is_answered)

    def reponse(self) -> Reponse:
        """The stored answer as the controls take it."""
        given, code = self.actuelle, self.indicateur.code
        if given is None:
            return Reponse(self.engagement_id, code, MANQUANTE)
        return Reponse(self.engagement_id, code, given.reponse, given.valeur, given.numerateur, given.denominateur)


@dataclass(frozen=True, slots=True)
class DeclarationShown:
    """A declaration with a line for each engagement, in the order of the grid.

    `annee` is the convention year in which the period ends, from 1. `is_first` says that the signatory had no
    convention yet in the period before, of which nothing can be missing (R13).
    """

    id: int
    version: int
    etat: str
    periode: Periode
    departement: str
    convention_id: int
    convention: str
    annee: int
    signataire_id: int
    signataire: str
    effectif: int | None
    transmise_le: datetime | None
    transmise_par: str
    is_on_behalf: bool
    validee_le: datetime | None
    validee_par: str
    texte_libre: str
    motif_reouverture: str
    lignes: tuple[LigneDeclaration, ...] = ()
    retours: tuple[RetourLu, ...] = ()
    is_first: bool = False

    def axes(self) -> list[tuple[Axe, list[LigneDeclaration]]]:
        """Lines grouped by axis, in the order of the grid."""
        grid = catalogue()
        grouped: dict[str, list[LigneDeclaration]] = {}
        for ligne in self.lignes:
            grouped.setdefault(ligne.indicateur.axe, []).append(ligne)
        return [(grid.axes[code], grouped[code]) for code in grid.axes if code in grouped]

    def ligne(self, engagement: int) -> LigneDeclaration | None:
        return next((ligne for ligne in self.lignes if ligne.engagement_id == engagement), None)

    def source_of(self, ligne: LigneDeclaration) -> LigneDeclaration | None:
        """The line of this declaration from which the answer of another is filled in, when there is one."""
        asked = ligne.indicateur.source if ligne.is_owed else ""
        return next((one for one in self.lignes if asked and one.indicateur.code == asked), None)

    def is_repeated(self, ligne: LigneDeclaration) -> bool:
        """Whether its answer is the one of the line that it repeats."""
        source = self.source_of(ligne)
        return source is not None and repeats(ligne.reponse(), source.reponse())

    def fields(self, ligne: LigneDeclaration) -> tuple[FieldAsked, ...]:
        """What is typed to answer one engagement: a text beside for a free one, or where a question or a text is."""
        told = ligne.actuelle is not None and bool(ligne.actuelle.commentaire)
        return fields_of(
            ligne.engagement_id,
            ligne.libelle,
            ligne.indicateur,
            catalogue(),
            asks_text=ligne.indicateur.traits.is_free or bool(ligne.questions) or told,
            is_repeat=self.source_of(ligne) is not None,
        )

    def all_fields(self) -> tuple[FieldAsked, ...]:
        """Those of every engagement, in the order of the page."""
        return tuple(asked for ligne in self.lignes for asked in self.fields(ligne))

    @property
    def principales(self) -> tuple[LigneDeclaration, ...]:
        """The first answers that are a number above zero, as many as a row of figures holds."""
        told = (one for one in self.lignes if not (one.indicateur.traits.is_pair or one.indicateur.traits.is_chosen))
        return tuple(islice((one for one in told if (_figure_answered(one.actuelle) or 0) > 0), MOST_FIGURES))

    @property
    def manquantes(self) -> tuple[LigneDeclaration, ...]:
        return tuple(ligne for ligne in self.lignes if ligne.is_missing)

    @property
    def dus(self) -> int:
        return sum(ligne.is_owed for ligne in self.lignes)

    @property
    def questions(self) -> tuple[RetourLu, ...]:
        """What was sent back on the whole and still waits."""
        return tuple(r for r in self.retours if not r.is_answered)

    @property
    def is_text_open(self) -> bool:
        """Whether a company may write its free text: always, but when only some answers were sent back."""
        asked = any(ligne.questions for ligne in self.lignes)
        return self.etat != A_COMPLETER or bool(self.questions) or not asked

    @property
    def rouvertes(self) -> frozenset[int]:
        """Engagements its company may answer: all, or those asked about and what is tied to them (R18)."""
        if self.is_text_open:
            return frozenset(ligne.engagement_id for ligne in self.lignes)
        asked = frozenset(ligne.engagement_id for ligne in self.lignes if ligne.questions)
        tied = reopened((ligne.indicateur.code for ligne in self.lignes if ligne.questions), catalogue())
        return asked | {
            e.engagement_id for e in self.lignes if not e.indicateur.traits.is_free and e.indicateur.code in tied
        }

    def contexte(self) -> Contexte:
        """What its answers are held against (R17)."""
        former = {
            ligne.engagement_id: ligne.precedente.valeur
            for ligne in self.lignes
            if ligne.precedente is not None and ligne.precedente.valeur is not None and not ligne.precedente.is_annual
        }
        years = {ligne.engagement_id: ligne.dans_annee for ligne in self.lignes if ligne.dans_annee is not None}
        return Contexte(self.periode, catalogue(), self.effectif, former, years)

    def with_findings(self) -> DeclarationShown:
        """The same, each line bearing the findings on its stored answer."""
        found = check((ligne.reponse() for ligne in self.lignes), self.contexte())
        return replace(self, lignes=tuple(replace(ligne, constats=_beside(found, ligne)) for ligne in self.lignes))


def _beside(findings: Iterable[Constat], ligne: LigneDeclaration) -> tuple[Constat, ...]:
    return tuple(c for c in findings if c.engagement == ligne.engagement_id)
