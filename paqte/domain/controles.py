"""Errors that block a declaration and warnings that ask for a sentence (R16, R17)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from paqte.domain.catalogue import OUI_NON, RATIO, Catalogue, Indicateur
from paqte.domain.consolidation import difference
from paqte.domain.declarations import MANQUANTE, NEANT, NOMBRE
from paqte.domain.nombres import written
from paqte.domain.periodes import Periode

JUMP = 3

ERREUR = "erreur"
AVERTISSEMENT = "avertissement"


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
    """What the answers are held against."""

    periode: Periode
    grid: Catalogue
    effectif: int | None = None
    precedentes: Mapping[int, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Constat:
    """One finding: its severity, its code, the engagement whose field it stands beside, the sentence."""

    gravite: str
    code: str
    engagement: int | None
    message: str


def check(reponses: Iterable[Reponse], contexte: Contexte) -> tuple[Constat, ...]:
    """Every finding on a declaration, errors first (R17). Pure: same answers, same findings."""
    given = tuple(r for r in reponses if r.reponse != MANQUANTE)
    by_code = {r.indicateur: r for r in given}
    findings: list[Constat] = []
    for reponse in given:
        indicateur = contexte.grid.indicateurs[reponse.indicateur]
        findings += _own_faults(reponse, indicateur)
        findings += _part_faults(reponse, indicateur, by_code, contexte.grid)
        findings += _total_faults(reponse, indicateur, by_code, contexte.grid)
        findings += _time_faults(reponse, indicateur, contexte)
        findings += _size_faults(reponse, indicateur, contexte)
        findings += _ratio_faults(reponse, indicateur, by_code)
    return tuple(sorted(findings, key=lambda c: c.gravite != ERREUR))


def errors(findings: Iterable[Constat]) -> tuple[Constat, ...]:
    """Those that block."""
    return tuple(c for c in findings if c.gravite == ERREUR)


def warnings(findings: Iterable[Constat]) -> tuple[Constat, ...]:
    """Those that ask for a sentence."""
    return tuple(c for c in findings if c.gravite == AVERTISSEMENT)


def _own_faults(reponse: Reponse, indicateur: Indicateur) -> list[Constat]:
    """An answer that contradicts its own kind."""
    if reponse.reponse == NEANT and (reponse.valeur or reponse.numerateur):
        return [_error("neant_et_valeur", reponse, "« Néant » et un nombre se contredisent : gardez l’un des deux.")]
    if reponse.reponse != NOMBRE or indicateur.genre != RATIO:
        return []
    if reponse.numerateur is None or reponse.denominateur is None:
        return [_error("ratio_incomplet", reponse, "Une part se donne en deux nombres : écrivez aussi l’autre.")]
    if reponse.numerateur > reponse.denominateur:
        return [_error("ratio_impossible", reponse, "La partie dépasse le total : vérifiez les deux nombres.")]
    return []


def _part_faults(
    reponse: Reponse, indicateur: Indicateur, by_code: Mapping[str, Reponse], grid: Catalogue
) -> list[Constat]:
    """A "dont" is at most its total, which cannot be nil (R17)."""
    whole = by_code.get(indicateur.dont)
    if not indicateur.dont or whole is None or not reponse.valeur:
        return []
    label = grid.indicateurs[indicateur.dont].libelle
    if not whole.valeur:
        return [_error("dont_sans_total", reponse, f"Ce « dont » est positif alors que son total est nul : « {label} ».")]
    if reponse.valeur > whole.valeur:
        return [_error("dont_superieur", reponse, f"Ce « dont » dépasse son total, {written(whole.valeur)} : « {label} ».")]
    return []


def _total_faults(
    reponse: Reponse, indicateur: Indicateur, by_code: Mapping[str, Reponse], grid: Catalogue
) -> list[Constat]:
    """A stated total should equal the sum of its parts (R17)."""
    parts = [by_code[code] for code in indicateur.total_de if code in by_code]
    if not parts or reponse.valeur is None:
        return []
    gap = difference(reponse.valeur, [p.valeur or 0 for p in parts])
    if gap == 0:
        return []
    listed = " + ".join(f"{written(p.valeur or 0)} ({p.indicateur})" for p in parts)
    found = reponse.valeur - gap
    message = f"Le total annoncé, {written(reponse.valeur)}, ne fait pas la somme de ses parties : {listed} = {written(found)}."
    return [_warning("total_faux", reponse, message)]


def _time_faults(reponse: Reponse, indicateur: Indicateur, contexte: Contexte) -> list[Constat]:
    """A measure closed before the period, and a jump of more than three times the former figure (R17)."""
    findings = []
    if reponse.valeur and not indicateur.is_valid_during(contexte.periode.debut, contexte.periode.fin):
        closed = indicateur.au.strftime("%d/%m/%Y")
        findings.append(_warning("mesure_close", reponse, f"Cette mesure est close depuis le {closed} : dites de quoi il s’agit."))
    former = (contexte.precedentes or {}).get(reponse.engagement)
    if former and reponse.valeur and indicateur.genre != OUI_NON and reponse.valeur > JUMP * former:
        findings.append(
            _warning("saut", reponse, f"C’est plus de {JUMP} fois la période précédente, {written(former)} : dites pourquoi.")
        )
    return findings


def _size_faults(reponse: Reponse, indicateur: Indicateur, contexte: Contexte) -> list[Constat]:
    """More employees concerned than employees (R17)."""
    if not indicateur.borne_effectif or contexte.effectif is None or not reponse.valeur or reponse.valeur <= contexte.effectif:
        return []
    return [
        _warning("effectif_depasse", reponse, f"C’est plus que l’effectif connu, {written(contexte.effectif)} : dites pourquoi.")
    ]


def _ratio_faults(reponse: Reponse, indicateur: Indicateur, by_code: Mapping[str, Reponse]) -> list[Constat]:
    """A share's numerator should be the figure declared beside it."""
    counted = by_code.get(indicateur.numerateur)
    if indicateur.genre != RATIO or counted is None or counted.valeur is None or reponse.numerateur is None:
        return []
    if counted.valeur == reponse.numerateur:
        return []
    message = f"Le premier nombre de cette part, {written(reponse.numerateur)}, diffère de {indicateur.numerateur}, {written(counted.valeur)}."
    return [_warning("ratio_discordant", reponse, message)]


def _error(code: str, reponse: Reponse, message: str) -> Constat:
    return Constat(ERREUR, code, reponse.engagement, message)


def _warning(code: str, reponse: Reponse, message: str) -> Constat:
    return Constat(AVERTISSEMENT, code, reponse.engagement, message)

