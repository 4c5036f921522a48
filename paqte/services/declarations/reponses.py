"""Answers on their way into a declaration: settled, controlled, written with where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from paqte.domain.declarations.champs import FREE_TEXT, PRECISION, SENTENCE
from paqte.domain.declarations.controles import Constat, Reponse, check, errors, warnings
from paqte.domain.declarations.reponses import (
    UNSTORABLE,
    AnswerTyped,
    Saisie,
    SaisieRefused,
    comment_field,
    field_of,
    typing_faults,
)
from paqte.domain.declarations.reprises import settle_all
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import ENTREPRISE, Acteur
from paqte.domain.statuts.declarations import MANQUANTE
from paqte.models import Avertissement, Declaration, Realisation
from paqte.models.base import exact
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown, LigneDeclaration, ReponseLue
from paqte.services.textes import fitted


class Provenance(NamedTuple):
    """Who typed an answer, when, and whether it was on a company's behalf."""

    par: str
    le: datetime
    is_on_behalf: bool

    @classmethod
    def of(cls, actor: Acteur, now: datetime) -> Provenance:
        return cls(actor.nom, now, actor.role != ENTREPRISE)


def write_answers(
    declaration: Declaration, page: DeclarationShown, saisie: Saisie, provenance: Provenance, *, is_final: bool
) -> None:
    """Put the answers typed into the declaration, in the caller's transaction.

    A draft is refused only for what could not be stored; `is_final` asks for no error, a sentence for each warning
    and at least one answer (R17). Whoever did not change an answer does not become its author.
    """
    given = _settled(page, saisie)
    findings = _findings(page, saisie, given)
    sentences = _sentences(page, saisie, warnings(findings))
    _require_sound(page, findings, sentences, is_final=is_final)
    if is_final and all(r.reponse == MANQUANTE for r in given.values()):
        raise SaisieRefused("Aucune réponse : répondez au moins à un engagement, par un nombre, même zéro.", findings)
    stored = {r.engagement_id: r for r in declaration.realisations}
    for ligne in page.lignes:
        key, typed = ligne.engagement_id, saisie.reponses.get(ligne.engagement_id)
        if typed is None and given[key] == ligne.reponse():
            continue
        values = _columns(given[key], typed, ligne)
        changed = _write(declaration, stored.get(key), given[key], values)
        if changed is not None:
            _sign(changed, provenance, saisie.origine_of(key))
    if saisie.texte_libre is not None:
        declaration.texte_libre = fitted(saisie.texte_libre, FREE_TEXT, "texte_libre")
    _write_warnings(declaration, warnings(findings), sentences)


def as_typed(page: DeclarationShown, declaration: Declaration) -> DeclarationShown:
    """The page with the answers and the text that the declaration holds now, written in the base or not yet."""
    rows = {row.engagement_id: _answer_kept(row) for row in declaration.realisations}
    lignes = tuple(replace(ligne, actuelle=rows.get(ligne.engagement_id)) for ligne in page.lignes)
    return replace(page, lignes=lignes, texte_libre=declaration.texte_libre)


def _answer_kept(row: Realisation) -> ReponseLue:
    return ReponseLue(
        reponse=row.reponse,
        valeur=None if row.valeur is None else exact(row.valeur),
        numerateur=None if row.numerateur is None else exact(row.numerateur),
        denominateur=None if row.denominateur is None else exact(row.denominateur),
        datee_du=row.datee_du,
        commentaire=row.commentaire,
        saisie_le=row.saisie_le,
        saisie_par=row.saisie_par,
        is_on_behalf=row.is_on_behalf,
        origine=row.origine,
    )


def _line_answered(page: DeclarationShown, engagement: int) -> LigneDeclaration:
    ligne = page.ligne(engagement)
    if ligne is None:
        raise Refused("Une réponse vise un engagement qui n’est pas de cette convention.")
    return ligne


def _settled(page: DeclarationShown, saisie: Saisie) -> dict[int, Reponse]:
    """Every answer of the declaration once this typing is in: those typed, what repeats them, the others as they were.

    Refused when an answer is for an engagement of another convention.
    """
    for key in saisie.reponses:
        _line_answered(page, key)
    stored = {ligne.engagement_id: ligne.reponse() for ligne in page.lignes}
    owed = {ligne.engagement_id for ligne in page.lignes if ligne.is_owed}
    return settle_all(saisie.reponses, stored, owed, catalogue())


def _findings(page: DeclarationShown, saisie: Saisie, given: Mapping[int, Reponse]) -> tuple[Constat, ...]:
    faults = [
        fault
        for key, answer in saisie.reponses.items()
        for fault in typing_faults(given[key], answer, _line_answered(page, key).indicateur, page.periode)
    ]
    return (*faults, *check(given.values(), page.contexte()))


def _sentences(page: DeclarationShown, saisie: Saisie, found: Iterable[Constat]) -> dict[tuple[int, str], str]:
    """The sentence of each warning: as typed now, else as already stored."""
    sentences = {}
    for constat in found:
        key = (constat.engagement, constat.code)
        known = _line_answered(page, key[0]).explications.get(constat.code, "")
        sentences[key] = fitted(saisie.explications.get(key, known), SENTENCE, comment_field(*key))
    return sentences


def _require_sound(
    page: DeclarationShown, findings: tuple[Constat, ...], sentences: Mapping[tuple[int, str], str], *, is_final: bool
) -> None:
    faults: dict[str, str] = {}
    for constat in errors(findings):
        if is_final or constat.code in UNSTORABLE:
            name = field_of(constat, _line_answered(page, constat.engagement).indicateur)
            faults[name] = f"{faults[name]} {constat.phrase}" if name in faults else constat.phrase
    if is_final:
        silent = [key for key, sentence in sentences.items() if not sentence]
        faults |= {comment_field(*key): "Expliquez ce nombre en une phrase, ou corrigez-le." for key in silent}
    if faults:
        raise SaisieRefused(faults, findings)


def _columns(reponse: Reponse, typed: AnswerTyped | None, ligne: LigneDeclaration) -> dict[str, object]:
    """What a row holds; of an answer filled in that nobody typed, the text beside stays."""
    if typed is None:
        typed = AnswerTyped(commentaire=ligne.actuelle.commentaire if ligne.actuelle else "")
    return {
        "reponse": reponse.reponse,
        "valeur": reponse.valeur,
        "numerateur": reponse.numerateur,
        "denominateur": reponse.denominateur,
        "datee_du": typed.datee_du if ligne.indicateur.traits.is_dated else None,
        "commentaire": fitted(typed.commentaire, PRECISION, f"precision_{ligne.engagement_id}"),
    }


def _write(
    declaration: Declaration, stored: Realisation | None, reponse: Reponse, values: Mapping[str, object]
) -> Realisation | None:
    """The row that changed, None when nothing did."""
    if stored is None:
        if reponse.reponse == MANQUANTE and not values["commentaire"]:
            return None
        stored = Realisation(engagement_id=reponse.engagement, indicateur=reponse.indicateur)
        declaration.realisations.append(stored)
    elif all(getattr(stored, name) == value for name, value in values.items()):
        return None
    for name, value in values.items():
        setattr(stored, name, value)
    return stored


def _sign(row: Realisation, provenance: Provenance, origine: str) -> None:
    row.saisie_le = provenance.le
    row.saisie_par = provenance.par
    row.is_on_behalf = provenance.is_on_behalf
    row.origine = origine


def _write_warnings(
    declaration: Declaration, found: Iterable[Constat], sentences: Mapping[tuple[int, str], str]
) -> None:
    """Keep a row for each warning that has its sentence; a warning that went away takes its row along."""
    kept = {(w.engagement_id, w.code): w for w in declaration.avertissements}
    current = {(c.engagement, c.code): c.message for c in found if sentences[(c.engagement, c.code)]}
    for key in kept.keys() - current.keys():
        declaration.avertissements.remove(kept[key])
    for key, message in current.items():
        row = kept.get(key)
        if row is None:
            row = Avertissement(engagement_id=key[0], code=key[1])
            declaration.avertissements.append(row)
        row.message = message
        row.commentaire = sentences[key]
