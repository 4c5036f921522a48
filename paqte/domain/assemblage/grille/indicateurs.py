"""The lines of the grid: each indicator over the département (R13, R14, R20–R22)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, TypeVar

from paqte.domain.assemblage.donnees import ConventionLue, DonneesBilan
from paqte.domain.assemblage.grille import attentes, mentions
from paqte.domain.assemblage.grille.mentions import Couverture
from paqte.domain.attendus import owed_indicators
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import SANS_DENOMINATEUR, Chiffre, divided, figure_read, share
from paqte.domain.consolidation import Consolidation, Total, consolidate
from paqte.domain.conventions.objectifs import Taux, achievement, reference
from paqte.domain.documents.lignes.lignes import LigneIndicateur, PointAxe, is_of_entreprises
from paqte.domain.fusions import TotalMade, total_again
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.indicateurs.genres import genre_of
from paqte.domain.sommes import Answers, standing

T = TypeVar("T")
NON_ENGAGE = "aucun signataire ne s’y est engagé"
AUCUNE_ENTREPRISE = "aucune entreprise ne s’y est engagée"
RIEN_DU = "aucune réponse n’était due"
AVANT_CONVENTION = "la convention n’avait pas commencé"
SORTIS = "aucune convention en vigueur à la fin de la période"
DOUBLONS = "doublons possibles"


class LigneMade(NamedTuple):
    """A line of the grid, beside what it was made from: the parts of its windows, then all else that it tells."""

    parts: tuple[object, ...]
    told: tuple[object, ...]
    line: LigneIndicateur


@dataclass(frozen=True, slots=True)
class Fenetre:
    """The facts of one period, and how many signatories answer for its whole semester instead, by indicator (R11).

    `engages` are the indicators to which somebody committed, be it in another period; `engages_ailleurs` those to
    which signatories of another nature alone did (R38).
    """

    periode: Periode
    consolidation: Consolidation
    semestriels: Mapping[str, int]
    engages: frozenset[str]
    engages_ailleurs: frozenset[str]
    # What was added up the last time, by indicator: shared with the window that this one takes the place of.
    totals: dict[str, TotalMade] = field(default_factory=dict)

    def total(self, i: Indicateur) -> Total:
        """The figure of an indicator over the period, with who owed it: added up once, whatever reads it."""
        return _total(self.consolidation, i, self.totals)

    def chiffre(self, i: Indicateur) -> Chiffre:
        """The figure, or why there is none (R13)."""
        return chiffre(self.total(i), i, self._nothing_due(i))

    def _nothing_due(self, i: Indicateur) -> str:
        """Why nobody owes an answer in the period, when nobody does."""
        if count := self.semestriels.get(i.code, 0):
            return declarants(count)
        is_closed = i.code in self.engages and i.au < self.periode.debut
        return _closed(i) if is_closed else self.never_due(i)

    def never_due(self, i: Indicateur) -> str:
        """Why nobody owes an answer, whatever the period: nobody committed, or somebody did at another time."""
        if i.code in self.engages:
            return RIEN_DU
        return AUCUNE_ENTREPRISE if i.code in self.engages_ailleurs else NON_ENGAGE


@dataclass(frozen=True, slots=True)
class Fenetres:
    """The same facts over the four windows of a bilan or of a compte rendu."""

    periode: Fenetre
    precedent: Fenetre
    un_an_avant: Fenetre
    cumul: Consolidation
    couvertures: Mapping[str, Couverture]
    totals: dict[str, TotalMade] = field(default_factory=dict)
    # By indicator, and what else tells two lines of it apart.
    lines: dict[tuple[str, str, bool], LigneMade] = field(default_factory=dict)

    def parts_of(self, i: Indicateur) -> tuple[object, ...]:
        """What its figures are added up from, window by window: the very same as long as none of it moves."""
        sums = (self.periode.consolidation, self.precedent.consolidation, self.un_an_avant.consolidation, self.cumul)
        return tuple(one.parts.get(i.code) for one in sums)

    def told_of(self, i: Indicateur) -> tuple[object, ...]:
        """What else its line tells of: who answers for a semester, who committed, the references and targets known."""
        windows_of = (self.periode, self.precedent, self.un_an_avant)
        told = (
            (w.periode, w.semestriels.get(i.code), i.code in w.engages, i.code in w.engages_ailleurs)
            for w in windows_of
        )
        return i, self.coverage(i), *told

    def coverage(self, i: Indicateur) -> Couverture:
        """Over how many conventions its references and targets are known."""
        return self.couvertures.get(i.code, mentions.NOTHING)

    def since_start(self, i: Indicateur) -> Chiffre:
        """The figure from the first day to the end of the period, or why there is none (R13)."""
        since = _total(self.cumul, i, self.totals)
        if since.valeur is None and not since.contributeurs and since.signataires_dus:
            return Chiffre(None, "aucune réponse depuis le début")
        return chiffre(since, i, self.periode.never_due(i))


def _total(whole: Consolidation, i: Indicateur, totals: dict[str, TotalMade]) -> Total:
    made = totals[i.code] = total_again(whole.of(i.code), i.genre, totals.get(i.code))
    return made.total


def windows(donnees: DonneesBilan, grid: Catalogue, engages_ailleurs: frozenset[str] = frozenset()) -> Fenetres:
    """Each window consolidated once; the targets go with the figures since the start (R22).

    `engages_ailleurs` are what signatories left out of `donnees` alone committed to, when these are the enterprises.
    """
    p = donnees.periode
    return Fenetres(
        periode=_over(donnees, p, grid, engages_ailleurs),
        precedent=_over(donnees, p.precedente, grid, engages_ailleurs),
        un_an_avant=_over(donnees, p.un_an_avant, grid, engages_ailleurs),
        cumul=_since(donnees, grid),
        totals=_totals_of(donnees, None),
        lines=_lines_of(donnees),
        couvertures=_as_signed(
            donnees, "couvertures", lambda: mentions.coverages(donnees.in_force, p.dernier_jour, grid)
        ),
    )


def _since(donnees: DonneesBilan, grid: Catalogue) -> Consolidation:
    """Everything since the first day, and the targets of what is in force."""
    last_day = donnees.periode.dernier_jour

    answers, before = donnees.answers, donnees.answers.outside(donnees.periode)

    def aimed() -> Consolidation:
        return consolidate((), attentes.targets(donnees.in_force, last_day, grid.indicateurs))

    def since() -> Consolidation:
        # What came before is the same whatever is corrected in the period.
        former = before.keep("avant", None, lambda: before.over(None))
        given = answers.merged(("depuis", donnees.periode), (former, answers.over(donnees.periode)))
        whole = answers.merged(("vise", donnees.periode), (_as_signed(donnees, "objectifs", aimed), given))
        return standing(whole, attentes.gone_from(donnees.conventions, given, last_day, grid))

    return answers.keep(("cumul", donnees.periode), None, since)


def _totals_of(donnees: DonneesBilan, window: Periode | None) -> dict[str, TotalMade]:
    """What was added up of a window the last time, of the whole until the period without one."""

    def totals(former: dict[str, TotalMade] | None) -> dict[str, TotalMade]:
        return {} if former is None else former

    return donnees.answers.again(("totaux", window, donnees.periode if window is None else None), totals)


def _lines_of(donnees: DonneesBilan) -> dict[tuple[str, str, bool], LigneMade]:
    """The lines of the period as they were told the last time."""

    def lines(former: dict[tuple[str, str, bool], LigneMade] | None) -> dict[tuple[str, str, bool], LigneMade]:
        return {} if former is None else former

    return donnees.answers.again(("lignes", donnees.periode), lines)


def _as_signed(donnees: DonneesBilan, subject: Hashable, make: Callable[[], T]) -> T:
    """What depends on what was signed alone, whatever is answered."""
    return donnees.answers.outside(None).keep((subject, donnees.periode), None, make)


def committed(donnees: DonneesBilan) -> frozenset[str]:
    """What was ever promised, looked for once as long as nothing is signed or undone."""
    return _as_signed(donnees, "engages", lambda: donnees.committed)


def _over(donnees: DonneesBilan, window: Periode, grid: Catalogue, engages_ailleurs: frozenset[str]) -> Fenetre:
    def over() -> Fenetre:
        owed = owed_over(donnees.answers, donnees.conventions, window, grid)
        given = donnees.answers.over(window)
        semestriels = _semestriels(donnees, window, given, grid)
        gone = attentes.gone_from(donnees.conventions, given, window.dernier_jour, grid)
        whole = standing(donnees.answers.merged(("attendu", window), (owed, given)), gone)
        totals = _totals_of(donnees, window)
        return Fenetre(window, whole, semestriels, committed(donnees), engages_ailleurs, totals)

    return donnees.answers.keep("fenetre", window, over)


def owed_over(
    answers: Answers, conventions: Iterable[ConventionLue], window: Periode, grid: Catalogue
) -> Consolidation:
    """What conventions owe inside a window, whatever is answered."""

    def owed() -> Consolidation:
        return consolidate((), attentes.over(conventions, window, grid.indicateurs))

    return answers.outside(None).keep(("dues", window), None, owed)


def _semestriels(donnees: DonneesBilan, window: Periode, given: Consolidation, grid: Catalogue) -> dict[str, int]:
    """How many signatories engaged in each indicator answer for the semester; none when the window is one (R11)."""

    def by_semester() -> tuple[ConventionLue, ...]:
        return tuple(c for c in donnees.conventions if attentes.is_semestriel(c, window, grid.indicateurs))

    instead = _as_signed(donnees, ("semestriels", window), by_semester)
    answered = {cle.engagement for parts in given.parts.values() for cle in parts} if instead else set()
    found: defaultdict[str, set[int]] = defaultdict(set)
    for c in instead:
        for code in owed_indicators([e.indicateur for e in c.engagements if e.id not in answered], window, grid):
            found[code].add(c.signataire_id)
    return {code: len(signataires) for code, signataires in found.items()}


def line(
    i: Indicateur, fenetres: Fenetres, periode: Periode, nature: str, *, is_secret: bool = False
) -> LigneIndicateur:
    """One indicator over the signatories of one nature, or over all of them (R38); `is_secret` is of R23.

    The one told before, as long as nothing that it is made from moved.
    """
    key, parts, told = (i.code, nature, is_secret), fenetres.parts_of(i), (periode, *fenetres.told_of(i))
    made = fenetres.lines.get(key)
    if made is None or made.told != told or any(a is not b for a, b in zip(made.parts, parts, strict=True)):
        made = LigneMade(parts, told, _line(i, fenetres, periode, nature, is_secret=is_secret))
        fenetres.lines[key] = made
    return made.line


def _line(i: Indicateur, fenetres: Fenetres, periode: Periode, nature: str, *, is_secret: bool) -> LigneIndicateur:
    owed = fenetres.periode.total(i)
    rate = achievement(fenetres.cumul.of(i.code), i.genre)
    semestre, cumul = fenetres.periode.chiffre(i), fenetres.since_start(i)
    taux = share(rate.realise, rate.vise, "sans objectif" if rate.cible is None else "n.d.")
    return LigneIndicateur(
        axe=i.axe,
        code=i.code,
        libelle=i.libelle,
        unite=i.traits.unit_of_total(i.unite),
        genre=i.genre,
        est_dont=bool(i.dont),
        reference=unless_nobody(_reference(i, fenetres), cumul),
        cible=unless_nobody(aim(rate, i, "sans objectif"), cumul),
        realise=semestre,
        precedent=fenetres.precedent.chiffre(i),
        un_an_avant=fenetres.un_an_avant.chiffre(i),
        cumul=cumul,
        taux=unless_nobody(taux, cumul),
        sans_cible=share(rate.sans, rate.engages, fenetres.periode.never_due(i)),
        repondu=owed.signataires_repondants,
        du=owed.signataires_dus,
        neants=owed.signataires_neant,
        mention=" ; ".join(
            (*_mention(i, periode, semestre, owed), *told_beside(i, fenetres, rate, is_secret=is_secret))
        ),
        nature=nature,
        numerateur=owed.numerateur if i.traits.is_pair else None,
        denominateur=owed.denominateur if i.traits.is_pair else None,
        realise_vise=rate.realise,
        vise=rate.vise,
        poids_vise=rate.poids,
    )


def _reference(i: Indicateur, fenetres: Fenetres) -> Chiffre:
    added = reference(fenetres.cumul.of(i.code), i.genre)
    how = i.traits.quotient
    return figure_or(
        added, mentions.not_added(how) if how and fenetres.coverage(i).references > 1 else "sans référence"
    )


def told_beside(
    i: Indicateur,
    fenetres: Fenetres,
    rate: Taux,
    nom: str = mentions.OBJECTIF,
    *,
    is_secret: bool,
    has_rate: bool = True,
) -> list[str]:
    """What explains a line's target, reference and `rate`; `nom` is what its target is called."""
    held, parts = fenetres.coverage(i), fenetres.cumul.of(i.code)
    told = mentions.of_promises(held, nom)
    if has_rate:
        told.append(mentions.of_rate(parts, i.genre, rate, held, nom=nom, is_secret=is_secret))
    else:
        told.append(mentions.of_targets(held, nom))
    return [sentence for sentence in told if sentence]


def aim(rate: Taux, i: Indicateur, motif: str) -> Chiffre:
    """What was aimed at; `motif` says why nothing was. The mean of several quotients is one too (R33)."""
    how = i.traits.quotient
    return divided(*rate.aims, how) if how and rate.aims else figure_or(rate.cible, motif)


def points(given: tuple[LigneIndicateur, ...]) -> tuple[PointAxe, ...]:
    """What the chart of each axis shows: what the enterprises achieved in percent of their target (R38)."""
    shown = (line for line in given if not genre_of(line.genre).is_free and is_of_entreprises(line.nature))
    return tuple(PointAxe(line.axe, line.code, line.libelle, line.taux) for line in shown)


def chiffre(figure: Total, indicateur: Indicateur, nothing_due: str) -> Chiffre:
    """The figure, or why there is none (R13); `nothing_due` says why nobody owes an answer, when nobody does."""
    if figure.valeur is not None:
        return figure_read(figure, indicateur.genre)
    if figure.contributeurs and indicateur.traits.is_said_once:
        return Chiffre(None, SORTIS)
    if figure.contributeurs and indicateur.traits.is_pair:
        return Chiffre(None, SANS_DENOMINATEUR)
    if figure.contributeurs:
        return Chiffre(None, "n.d.")
    if figure.signataires_dus == 0:
        return Chiffre(None, nothing_due)
    return Chiffre(None, f"aucune réponse sur {figure.signataires_dus} attendue{_plural_s(figure.signataires_dus)}")


def declarants(count: int) -> str:
    """ "1 déclarant semestriel"."""
    return f"{count} déclarant{_plural_s(count)} semestriel{_plural_s(count)}"


def _closed(i: Indicateur) -> str:
    return f"mesure close depuis le {i.au.strftime('%d/%m/%Y')}"


def unless_nobody(promised: Chiffre, since_start: Chiffre) -> Chiffre:
    """What is lacking for want of anybody engaged says so, rather than that there is no target."""
    return since_start if promised.is_missing and since_start.motif in (NON_ENGAGE, AUCUNE_ENTREPRISE) else promised


def _mention(i: Indicateur, periode: Periode, semestre: Chiffre, owed: Total) -> list[str]:
    """What a reader must know of the measure, unless the absence of its figure already says so."""
    marks = []
    if i.doublons:
        marks.append(DOUBLONS)
    if i.calendrier == "scolaire":
        marks.append("souvent compté par année scolaire")
    if i.au < periode.debut and semestre.motif != _closed(i):
        marks.append(_closed(i))
    if owed.doubles:
        marks.append(
            f"plusieurs conventions ont répondu pour {owed.doubles} signataire{_plural_s(owed.doubles)} : "
            "la plus grande valeur compte"
        )
    if (how := i.traits.quotient) and owed.signataires_dus:
        marks.append(mentions.of_answers(how))
    return marks


def figure_or(value: Decimal | None, motif: str) -> Chiffre:
    """The figure, or why there is none."""
    return Chiffre(value) if value is not None else Chiffre(None, motif)


def _plural_s(count: int) -> str:
    return "s" if count > 1 else ""
