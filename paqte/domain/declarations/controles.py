"""Errors that block a declaration and warnings that ask for a sentence (R16, R17)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Number
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.indicateurs.genres import Donnees
from paqte.domain.saisie.nombres import written
from paqte.domain.statuts.declarations import MANQUANTE, NEANT

JUMP = 3
# The code of a figure that another period counts already.
DANS_ANNEE = "dans_annee"

ERREUR = "erreur"
AVERTISSEMENT = "avertissement"

# What the form asks for beside a fact; « expliquez » is for warnings, which a sentence passes (R17).
CORRECT_ONE = "Corrigez l’un des deux nombres."
CORRECT_OR_EXPLAIN = "Corrigez, ou expliquez ce nombre."
SAY_WHAT = "Corrigez, ou expliquez de quoi il s’agit."
# What facts bore behind them before the instruction was a field of its own.
_FORMER_INSTRUCTION = re.compile(r" : (?:corrigez, ou )?dites (?:pourquoi|de quoi il s’agit)\.$")


@dataclass(frozen=True, slots=True)
class Reponse:
    """One answer as typed and read; `engagement` says which field it came from."""

    engagement: int
    indicateur: str
    reponse: str
    valeur: Decimal | None = None
    numerateur: Decimal | None = None
    denominateur: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Contexte:
    """What the answers are held against; `annees` by engagement, the later period that bears its value of the year."""

    periode: Periode
    grid: Catalogue
    effectif: int | None = None
    precedentes: Mapping[int, Decimal] | None = None
    annees: Mapping[int, Periode] | None = None


@dataclass(frozen=True, slots=True)
class Constat:
    """One finding: its severity, its code, the engagement whose field it stands beside, the fact, what to do.

    `message` is the fact alone, fit for any document; `consigne` speaks to who types, and never leaves the form.
    `trouve` and `attendu` are the two numbers held against each other, where there are two; `is_most` says that the
    second is the most that is expected, not the very number.
    """

    gravite: str
    code: str
    engagement: int
    message: str
    consigne: str = ""
    trouve: Decimal | None = None
    attendu: Decimal | None = None
    is_most: bool = False

    @property
    def ecart(self) -> Decimal | None:
        """What was found less what was expected; None where no two numbers are held against each other."""
        return None if self.trouve is None or self.attendu is None else self.trouve - self.attendu

    @property
    def phrase(self) -> str:
        """The fact, then what to do: as the form says it."""
        return f"{self.message} {self.consigne}".rstrip()


def check(reponses: Iterable[Reponse], contexte: Contexte) -> tuple[Constat, ...]:
    """Every finding on a declaration, errors first (R17). Pure: same answers, same findings.

    `reponses` holds the missing answers too: a total is not held against parts that are still owed (R13). An
    indicator that the grid no longer knows is held against nothing.
    """
    given = tuple(reponses)
    by_code = {r.indicateur: r for r in given}
    findings: list[Constat] = []
    for reponse in given:
        indicateur = contexte.grid.indicateurs.get(reponse.indicateur)
        if indicateur is None or reponse.reponse == MANQUANTE:
            continue
        findings += _own_faults(reponse, indicateur)
        findings += _part_faults(reponse, indicateur, by_code, contexte.grid)
        findings += _total_faults(reponse, indicateur, by_code)
        findings += _time_faults(reponse, indicateur, contexte)
        findings += _year_faults(reponse, contexte)
        findings += _size_faults(reponse, indicateur, contexte)
        findings += _ratio_faults(reponse, indicateur, by_code, contexte.grid)
        findings += _repeat_faults(reponse, indicateur, by_code, contexte.grid)
    findings = _asked_once(findings, given, by_code, contexte.grid)
    return tuple(sorted(findings, key=lambda c: c.gravite != ERREUR))


def errors(findings: Iterable[Constat]) -> tuple[Constat, ...]:
    """Those that block."""
    return tuple(c for c in findings if c.gravite == ERREUR)


def warnings(findings: Iterable[Constat]) -> tuple[Constat, ...]:
    """Those that ask for a sentence."""
    return tuple(c for c in findings if c.gravite == AVERTISSEMENT)


def _own_faults(reponse: Reponse, indicateur: Indicateur) -> list[Constat]:
    """An answer that contradicts its own kind."""
    typed = reponse.valeur or reponse.numerateur
    if reponse.reponse == NEANT and typed:
        message = f"Le nombre {written(typed)} et « Aucun (0) » se contredisent."
        return [_error("neant_et_valeur", reponse, message, "Décochez « Aucun (0) », ou effacez le nombre.")]
    numbers = Donnees(reponse.reponse, reponse.valeur, reponse.numerateur, reponse.denominateur)
    found = indicateur.traits.fault_of(numbers)
    return [_error(found.code, reponse, found.message, found.consigne)] if found else []


def _part_faults(
    reponse: Reponse, indicateur: Indicateur, by_code: Mapping[str, Reponse], grid: Catalogue
) -> list[Constat]:
    """A "dont" is at most its total, which cannot be nil (R17). A total still missing says nothing (R13)."""
    part, whole = figure_of(reponse), figure_of(by_code.get(indicateur.dont))
    if not part or whole is None or part <= whole:
        return []
    label = f"« {grid.indicateurs[indicateur.dont].libelle} »"
    if whole == 0:
        message = f"Ce « dont » est positif alors que son total est nul. Total : {label}."
        return [_held(_error("dont_sans_total", reponse, message, CORRECT_ONE), part, whole, is_most=True)]
    message = f"Ce « dont » dépasse son total, {written(whole)}. Total : {label}."
    return [_held(_error("dont_superieur", reponse, message, CORRECT_ONE), part, whole, is_most=True)]


def fact_of(message: str) -> str:
    """The fact a kept warning tells, the same whether or not its instruction was kept along."""
    return _FORMER_INSTRUCTION.sub(".", message)


def difference(annonce: Number, parties: Iterable[Number]) -> Decimal:
    """A stated total less the sum of its parts; zero when it adds up (R17)."""
    return Decimal(annonce) - Decimal(sum(parties))


def _total_faults(reponse: Reponse, indicateur: Indicateur, by_code: Mapping[str, Reponse]) -> list[Constat]:
    """A stated total should equal the sum of its parts (R17); parts still missing may make up what lacks (R13)."""
    stated = figure_of(reponse)
    owed = [code for code in indicateur.total_de if code in by_code]
    parts = {code: figure for code in owed if (figure := figure_of(by_code[code])) is not None}
    if stated is None or not parts:
        return []
    gap = difference(stated, parts.values())
    if gap == 0 or (gap > 0 and len(parts) < len(owed)):
        return []
    listed = " + ".join(map(written, parts.values()))
    fault = f"Le total annoncé, {written(stated)}, n’est pas la somme de ses parties"
    message = f"{fault}, {listed} = {written(stated - gap)}."
    return [_held(_warning("total_faux", reponse, message, "Corrigez, ou expliquez l’écart."), stated, stated - gap)]


def _time_faults(reponse: Reponse, indicateur: Indicateur, contexte: Contexte) -> list[Constat]:
    """A measure not open in the period, and a jump of more than three times the former figure (R17)."""
    findings = []
    periode = contexte.periode
    if reponse.valeur and indicateur.au < periode.debut:
        message = f"Cette mesure est close depuis le {_day(indicateur.au)}."
        findings.append(_warning("mesure_close", reponse, message, SAY_WHAT))
    if reponse.valeur and indicateur.du >= periode.fin:
        message = f"Cette mesure ne se compte qu’à partir du {_day(indicateur.du)}."
        findings.append(_warning("mesure_future", reponse, message, SAY_WHAT))
    former = (contexte.precedentes or {}).get(reponse.engagement)
    if former and reponse.valeur and indicateur.traits.is_comparable and reponse.valeur > JUMP * former:
        message = f"C’est plus de {JUMP} fois la période précédente, {written(former)}."
        jump = _warning("saut", reponse, message, CORRECT_OR_EXPLAIN)
        findings.append(_held(jump, reponse.valeur, JUMP * former, is_most=True))
    return findings


def _year_faults(reponse: Reponse, contexte: Contexte) -> list[Constat]:
    """A figure that a later period counts already, in what it tells of the whole year (R11)."""
    bearer = (contexte.annees or {}).get(reponse.engagement)
    if bearer is None or not (reponse.valeur or reponse.numerateur or reponse.denominateur):
        return []
    message = (
        f"{bearer.le_libelle.capitalize()} porte déjà le total de l’année {bearer.annee} : ce nombre y serait compté "
        "une deuxième fois."
    )
    return [_warning(DANS_ANNEE, reponse, message, f"Faites corriger {bearer.le_libelle}, ou expliquez.")]


def _size_faults(reponse: Reponse, indicateur: Indicateur, contexte: Contexte) -> list[Constat]:
    """More employees concerned than employees (R17)."""
    if not indicateur.borne_effectif or contexte.effectif is None or (reponse.valeur or 0) <= contexte.effectif:
        return []
    message = f"C’est plus que l’effectif connu, {written(contexte.effectif)}."
    over = _warning("effectif_depasse", reponse, message, CORRECT_OR_EXPLAIN)
    return [_held(over, reponse.valeur or Decimal(0), Decimal(contexte.effectif), is_most=True)]


def _ratio_faults(
    reponse: Reponse, indicateur: Indicateur, by_code: Mapping[str, Reponse], grid: Catalogue
) -> list[Constat]:
    """The first of two numbers should be the figure declared beside it."""
    how, counted = indicateur.traits.quotient, figure_of(by_code.get(indicateur.numerateur))
    upper = Decimal(0) if reponse.reponse == NEANT else reponse.numerateur
    if how is None or counted is None or upper is None or counted == upper:
        return []
    stated = f"Le premier nombre de cette {how.part}, {written(upper)}"
    message = f"{stated}, diffère de {written(counted)} {_label_told(indicateur.numerateur, grid)}."
    differs = _warning("ratio_discordant", reponse, message, "Corrigez, ou expliquez la différence.")
    return [_held(differs, upper, counted)]


def _repeat_faults(
    reponse: Reponse, indicateur: Indicateur, by_code: Mapping[str, Reponse], grid: Catalogue
) -> list[Constat]:
    """A figure that repeats another of the same declaration is that figure, unless somebody says why."""
    known, mine = figure_of(by_code.get(indicateur.repete)), figure_of(reponse)
    if known is None or mine is None or known == mine:
        return []
    source = f"{written(known)} {_label_told(indicateur.repete, grid)}"
    message = f"Ce nombre, {written(mine)}, diffère de celui qu’il reprend, {source}."
    differs = _warning("reprise_differente", reponse, message, "Corrigez, ou expliquez la différence.")
    return [_held(differs, mine, known)]


def _asked_once(
    findings: Iterable[Constat], given: Iterable[Reponse], by_code: Mapping[str, Reponse], grid: Catalogue
) -> list[Constat]:
    """The findings, less the warnings that the figure repeated already bears: one quantity is explained once."""
    listed = list(findings)
    found = {(c.engagement, c.code) for c in listed}
    again = set()
    for reponse in given:
        indicateur = grid.indicateurs.get(reponse.indicateur)
        source = by_code.get(indicateur.repete) if indicateur else None
        if source is not None and figure_of(source) == figure_of(reponse):
            again |= {(reponse.engagement, code) for engagement, code in found if engagement == source.engagement}
    return [c for c in listed if c.gravite == ERREUR or (c.engagement, c.code) not in again]


def figure_of(reponse: Reponse | None) -> Decimal | None:
    """The figure answered: zero for « néant », None when nothing was (R13)."""
    if reponse is None or reponse.reponse == MANQUANTE:
        return None
    return Decimal(0) if reponse.reponse == NEANT else reponse.valeur


def _label_told(code: str, grid: Catalogue) -> str:
    """A measure as people read it."""
    return f"(« {grid.indicateurs[code].libelle} »)"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _error(code: str, reponse: Reponse, message: str, consigne: str) -> Constat:
    return Constat(ERREUR, code, reponse.engagement, message, consigne)


def _warning(code: str, reponse: Reponse, message: str, consigne: str) -> Constat:
    return Constat(AVERTISSEMENT, code, reponse.engagement, message, consigne)


def _held(constat: Constat, trouve: Decimal, attendu: Decimal, *, is_most: bool = False) -> Constat:
    """The finding with its two numbers, so that whoever reads it need not look for them in the sentence."""
    return replace(constat, trouve=trouve, attendu=attendu, is_most=is_most)
