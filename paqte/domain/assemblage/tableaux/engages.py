"""Who is engaged in a quarter, in the PAQTE, in the plan « 10 000 entreprises » or in both (R2, R3, R8, R9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from paqte.domain.assemblage.donnees import ConventionLue, DonneesBilan
from paqte.domain.assemblage.grille.attentes import is_semestriel
from paqte.domain.assemblage.tableaux import reponses
from paqte.domain.assemblage.tableaux.signataires import (
    active,
    by_nature,
    dispositifs,
    known_before,
    other_movements,
    paqte_of,
)
from paqte.domain.documents.lignes.lignes import LigneReponse
from paqte.domain.documents.lignes.lignes_trimestre import (
    ETATS_DONNEE,
    SEMESTRIEL,
    ComptesTrimestre,
    EntrepriseTrimestre,
)
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.saisie.textes import french_order
from paqte.domain.statuts.conventions import (
    ASSOCIATION,
    CATEGORIES,
    EMPLOYEUR_PUBLIC,
    ETATS,
    NATURES,
    PAQTE,
    RESEAU,
    RYTHMES,
    etat,
)
from paqte.domain.statuts.declarations import VALIDEE

RIEN_DE_DU = "Rien de dû"


def counts(donnees: DonneesBilan, grid: Catalogue) -> ComptesTrimestre:
    """Enterprises engaged, new, active, of the club; the other signatories apart; declarations of the quarter."""
    who = _Engaged.of(donnees)
    natures = by_nature(who.conventions)
    owed = {(c.id, p.code) for c in who.conventions for p in c.suivi.owed(donnees.periode, grid)}
    semestriels = {c.signataire_id for c in who.conventions if is_semestriel(c, donnees.periode, grid.indicateurs)}
    validated = {(d.convention_id, d.periode) for d in donnees.declarations if d.etat == VALIDEE}
    return ComptesTrimestre(
        engagees=len(who.entreprises),
        nouvelles=len(who.entreprises & who.nouveaux),
        actives=len(who.entreprises & who.actifs),
        club=len(who.club),
        paqte=len(who.paqte),
        plan_10000=len(who.plan),
        reseaux=natures.get(RESEAU, 0),
        employeurs_publics=natures.get(EMPLOYEUR_PUBLIC, 0),
        associations=natures.get(ASSOCIATION, 0),
        chartes_a_transformer=len({c.siren for c in donnees.chartes_in_force}),
        attendues=len(owed),
        validees=len(owed & validated),
        semestriels=len(semestriels),
        **other_movements(who.conventions, {c.siren for c in who.conventions} - who.nouveaux, who.actifs),
    )


def lines(donnees: DonneesBilan, grid: Catalogue) -> tuple[EntrepriseTrimestre, ...]:
    """One line a convention in force in the quarter, enterprises first, by kind then name."""
    who = _Engaged.of(donnees)
    order = {nature: rank for rank, nature in enumerate(NATURES)}
    answers = {c.id: line for c, line in reponses.answers(donnees, grid)}
    listed = sorted(who.conventions, key=lambda c: (order[c.nature], french_order(c.nom), c.dates.debut, c.id))
    return tuple(_engages_line(c, answers.get(c.id), who, donnees, grid) for c in listed)


@dataclass(frozen=True, slots=True)
class _Engaged:
    """Conventions of both dispositifs in force in the quarter, and the SIREN of their enterprises (R3).

    `nouveaux` and `actifs` are of every kind (R34).
    """

    conventions: list[ConventionLue]
    entreprises: set[str]
    paqte: set[str]
    plan: set[str]
    nouveaux: set[str]
    actifs: set[str]

    @classmethod
    def of(cls, donnees: DonneesBilan) -> _Engaged:
        engaged = list(donnees.in_force)
        entreprises = _sirens(engaged)
        return cls(
            conventions=engaged,
            entreprises=entreprises,
            paqte=_sirens(paqte_of(engaged)),
            plan=_sirens(c for c in engaged if c.is_plan),
            nouveaux={c.siren for c in engaged} - known_before(donnees, donnees.conventions),
            actifs={c.siren for c in engaged} & active(donnees),
        )

    @property
    def club(self) -> set[str]:
        """Enterprises in both dispositifs (R9)."""
        return self.paqte & self.plan


def _sirens(conventions: Iterable[ConventionLue]) -> set[str]:
    return {c.siren for c in conventions if c.is_entreprise}


def _engages_line(
    c: ConventionLue, answer: LigneReponse | None, who: _Engaged, donnees: DonneesBilan, grid: Catalogue
) -> EntrepriseTrimestre:
    owed = [grid.indicateurs[e.indicateur] for e in c.engagements if e.indicateur in grid.indicateurs]
    axes, themes = {i.axe for i in owed}, {i.thematique for i in owed}
    return EntrepriseTrimestre(
        convention=c.numero,
        nom=c.nom,
        identifiant=c.identifiant,
        nature=NATURES[c.nature],
        categorie=CATEGORIES[c.categorie] if c.categorie else "",
        commune=c.commune,
        dispositifs=dispositifs(c),
        axes=", ".join(a.libelle for a in grid.axes.values() if a.code in axes and a.dispositif == PAQTE),
        thematiques=", ".join(code for code in grid.thematiques if code in themes),
        debut=c.dates.debut.isoformat(),
        fin=c.dates.effective_end.isoformat(),
        etat=ETATS[etat(c.dates, donnees.periode.dernier_jour)],
        rythme=RYTHMES[c.rythme],
        is_nouvelle=c.siren in who.nouveaux,
        is_active=c.siren in who.actifs,
        is_club=c.siren in who.club,
        declaration=_declaration(c, answer, donnees, grid),
        dus=answer.dus if answer else None,
        repondus=answer.repondus if answer else None,
        neants=answer.neants if answer else None,
        manquants=answer.manquants if answer else "",
    )


def _declaration(c: ConventionLue, answer: LigneReponse | None, donnees: DonneesBilan, grid: Catalogue) -> str:
    """The state of its declaration of the quarter, or why there is none (R11)."""
    if answer is not None:
        return answer.etat
    return ETATS_DONNEE[SEMESTRIEL] if is_semestriel(c, donnees.periode, grid.indicateurs) else RIEN_DE_DU
