"""Who signed: counts, list, and how many over time (R2, R3, R7, R9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set

from paqte.domain.assemblage.donnees import ConventionLue, DonneesBilan
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.lignes.comptes import COMPTES_AUTRES
from paqte.domain.documents.lignes.lignes import ComptesSignataires, LigneSignataire, PointSignataires
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.saisie.textes import french_order
from paqte.domain.sommes import Answers
from paqte.domain.statuts.conventions import (
    A_RENOUVELER,
    ASSOCIATION,
    CATEGORIES,
    EMPLOYEUR_PUBLIC,
    ENTREPRISE,
    ETATS,
    NATURES,
    PAQTE,
    PROJET,
    RESEAU,
    SEMESTRE,
    TRIMESTRE,
    etat,
)

POINTS = 8
CHARTE_LUE = "Charte E&Q"


def counts(donnees: DonneesBilan) -> ComptesSignataires:
    """Signatories of conventions in force at least one day of the period; a SIREN counts once (R2, R3)."""
    in_force = donnees.in_force
    paqte = paqte_of(in_force)
    natures = by_nature(paqte)
    entreprises = {c.siren for c in paqte if c.is_entreprise}
    plan = {c.siren for c in in_force if c.is_plan and c.is_entreprise}
    before, actifs = known_before(donnees, paqte_of(donnees.conventions)), active(donnees)
    last_day = donnees.periode.dernier_jour
    return ComptesSignataires(
        entreprises=natures.get(ENTREPRISE, 0),
        reseaux=natures.get(RESEAU, 0),
        employeurs_publics=natures.get(EMPLOYEUR_PUBLIC, 0),
        associations=natures.get(ASSOCIATION, 0),
        nouvelles_entreprises=len(entreprises - before),
        chartes_a_transformer=len({c.siren for c in donnees.chartes_in_force}),
        a_renouveler=len({c.siren for c in paqte if etat(c.dates, last_day) == A_RENOUVELER}),
        plan_10000=len(plan),
        club=len(plan & entreprises),
        actives=len(entreprises & actifs),
        couvertes_au_national=len({c.siren for c in paqte if c.is_covered_nationally and c.is_entreprise}),
        **other_movements(paqte, before, actifs),
    )


def lines(donnees: DonneesBilan, grid: Catalogue) -> tuple[LigneSignataire, ...]:
    """One line a PAQTE convention or a charte still to transform, by kind then name."""
    listed = [*paqte_of(donnees.in_force), *donnees.chartes_in_force]
    order = {nature: rank for rank, nature in enumerate(NATURES)}
    listed.sort(key=lambda c: (order[c.nature], french_order(c.nom), c.dates.debut))
    return tuple(_signatory_line(c, donnees, grid) for c in listed)


def evolution(donnees: DonneesBilan) -> tuple[PointSignataires, ...]:
    """Signatories at each of the last semesters since the first convention counted there, by the same rule as the
    counts: neither a projet nor an adhesion to the plan begins the curve.
    """
    counted = [c for c in paqte_of(donnees.conventions) if c.dates.statut != PROJET]
    periodes = [donnees.periode]
    while len(periodes) < POINTS and any(c.dates.debut < periodes[0].debut for c in counted):
        periodes.insert(0, periodes[0].precedente)
    return tuple(_point(counted, p) for p in periodes)


def _point(conventions: Iterable[ConventionLue], periode: Periode) -> PointSignataires:
    natures = by_nature(c for c in conventions if c.binds_in(periode))
    entreprises = natures.pop(ENTREPRISE, 0)
    return PointSignataires(periode.code, entreprises, sum(natures.values()))


def paqte_of(conventions: Iterable[ConventionLue]) -> list[ConventionLue]:
    """Those of the PAQTE alone."""
    return [c for c in conventions if c.is_paqte]


def by_nature(conventions: Iterable[ConventionLue]) -> dict[str, int]:
    """How many signatories of each kind; a SIREN counts once (R2, R3).

    Were it told two natures, that of its last convention stands: the order of names decides nothing (R35).
    """
    return count_by_nature(_natures(conventions))


def other_movements(conventions: Iterable[ConventionLue], before: Set[str], actifs: Set[str]) -> dict[str, int]:
    """How many of each nature but enterprises are new and active, by field of the counts (R34).

    `before` are the SIREN already known, `actifs` those active.
    """
    natures = _natures(conventions)
    found: dict[str, int] = {}
    for nature, compte in COMPTES_AUTRES.items():
        mine = {siren for (_, siren), its in natures.items() if its == nature}
        found |= {compte.nouveaux: len(mine - before), compte.actifs: len(mine & actifs)}
    return found


def _natures(conventions: Iterable[ConventionLue]) -> dict[tuple[str, str], str]:
    by_date = sorted(conventions, key=lambda c: (c.dates.debut, c.id))
    return {(c.departement, c.siren): c.nature for c in by_date}


def count_by_nature(natures: Mapping[tuple[str, str], str]) -> dict[str, int]:
    """How many signatories of each kind; keys are (département, SIREN), so one counts once there (R2, R3)."""
    return dict(Counter(natures.values()))


def known_before(donnees: DonneesBilan, conventions: Iterable[ConventionLue]) -> set[str]:
    """SIREN already bound by one of these conventions before the period."""
    started = (c for c in conventions if c.dates.statut != PROJET)
    return {c.siren for c in started if c.dates.debut < donnees.periode.debut}


def active(donnees: DonneesBilan) -> set[str]:
    """SIREN with a validated non-zero value in the last four quarters, or two semesters, of the period (R9, R34)."""
    known = {c.signataire_id: c.siren for c in donnees.conventions}
    recent = {p.code for p in recent_periods(donnees.periode)}
    codes = [code for code in donnees.answers.codes if code in recent]
    return {known[key] for code in codes for key in _counting(donnees.answers, code) if key in known}


def _counting(answers: Answers, code: str) -> frozenset[int]:
    """Keys of the signatories that gave a value other than zero in one declared period, kept until it moves."""

    def counting() -> frozenset[int]:
        by_code = answers.one(code).parts.values()
        return frozenset(cle.signataire for parts in by_code for cle, p in parts.items() if p.somme or p.numerateur)

    return answers.keep(("actifs", code), Periode.from_code(code), counting)


def recent_periods(window: Periode) -> tuple[Periode, ...]:
    """The last four quarters and the last two semesters over at the end of a window: counted, never in days (R34)."""
    return tuple(p for genre, count in ((TRIMESTRE, 4), (SEMESTRE, 2)) for p in _last(window, genre, count))


def _last(window: Periode, genre: str, count: int) -> Iterator[Periode]:
    periode = Periode.containing(window.dernier_jour, genre)
    if periode.fin > window.fin:
        periode = periode.precedente
    for _ in range(count):
        yield periode
        periode = periode.precedente


def _signatory_line(c: ConventionLue, donnees: DonneesBilan, grid: Catalogue) -> LigneSignataire:
    axes = {grid.indicateurs[e.indicateur].axe for e in c.engagements if e.indicateur in grid.indicateurs}
    return LigneSignataire(
        signataire_id=c.signataire_id,
        convention=c.numero,
        nom=c.nom,
        identifiant=c.identifiant,
        nature=NATURES[c.nature],
        categorie=CATEGORIES[c.categorie] if c.categorie else "",
        commune=c.commune,
        axes=", ".join(a.libelle for a in grid.axes.values() if a.code in axes and a.dispositif == PAQTE),
        signee_le=c.signee_le.isoformat() if c.signee_le else "",
        debut=c.dates.debut.isoformat(),
        fin=c.dates.effective_end.isoformat(),
        etat=ETATS[etat(c.dates, donnees.periode.dernier_jour)],
        cosignataire=c.cosignataire,
        dispositifs=dispositifs(c),
        remarques=_remarks(c),
    )


def dispositifs(c: ConventionLue) -> str:
    """ "PAQTE + Plan 10 000": what a convention engages in (R7–R9)."""
    named = {CHARTE_LUE: c.is_charte, "PAQTE": c.is_paqte, "Plan 10 000": c.is_plan}
    return " + ".join(name for name, is_bound in named.items() if is_bound)


def _remarks(c: ConventionLue) -> str:
    notes = [c.remarques] if c.remarques else []
    if c.is_charte:
        notes.append("À transformer en convention PAQTE")
    if c.is_covered_nationally:
        notes.append("Couverte par une convention nationale")
    return " ; ".join(notes)
