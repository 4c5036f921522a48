"""Whether a declaration still allows an act, and what is answered when it no longer does (R18)."""

from __future__ import annotations

from datetime import datetime

from paqte.domain.calendrier.periodes import time_zone
from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.saisie.nombres import written
from paqte.domain.statuts.declarations import (
    MANQUANTE,
    NEANT,
    TRANSMISE,
    VALIDEE,
    ZERO_CONFIRME,
    TransitionRefused,
    next_state,
)
from paqte.queries.conventions.journaux.historique import last_author
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown, LigneDeclaration

NBSP = "\u00a0"


def require_state(page: DeclarationShown, version: int | None, act: str) -> None:
    """Conflict when somebody wrote since `version`, saying who and when; Refused when the table has no such act."""
    try:
        next_state(page.etat, act)
    except TransitionRefused as refusal:
        done = _done(page)
        if version != page.version:
            raise Conflict(done or str(refusal), _current(page)) from None
        raise Refused(done or str(refusal)) from None
    if version != page.version:
        raise Conflict(_changed(page), _current(page))


def _done(page: DeclarationShown) -> str:
    """Who already did it, when the state says so."""
    if page.etat == VALIDEE and page.validee_le:
        return f"Cette déclaration a déjà été validée par {page.validee_par} {_when(page.validee_le, page)}."
    if page.etat == TRANSMISE and page.transmise_le:
        return f"Cette déclaration a déjà été transmise par {page.transmise_par} {_when(page.transmise_le, page)}."
    return ""


def _changed(page: DeclarationShown) -> str:
    author = last_author("declaration", page.id)
    who = f"{author.qui} a enregistré cette déclaration {_when(author.quand, page)}" if author else "Elle a changé"
    return f"{who}, après que vous l’avez ouverte : comparez les deux versions, puis enregistrez de nouveau."


def _when(moment: datetime, page: DeclarationShown) -> str:
    local = moment.astimezone(time_zone(page.departement))
    return f"le {local:%d/%m/%Y} à {local:%H}{NBSP}h{NBSP}{local:%M}"


def _current(page: DeclarationShown) -> dict[str, str]:
    """What the base holds, by name of field, as texts."""
    current = {"version": str(page.version), "texte_libre": page.texte_libre}
    for ligne in page.lignes:
        current |= _as_typed(ligne)
    return current


def _as_typed(ligne: LigneDeclaration) -> dict[str, str]:
    key, given = ligne.engagement_id, ligne.actuelle
    names = (f"valeur_{key}", f"numerateur_{key}", f"denominateur_{key}", f"date_{key}", f"precision_{key}")
    if given is None or given.reponse == MANQUANTE:
        return dict.fromkeys(names, "") | {names[4]: given.commentaire if given else ""}
    figures = (given.valeur, given.numerateur, given.denominateur)
    texts = ["" if figure is None else written(figure) for figure in figures]
    if given.reponse == NEANT and not ligne.indicateur.traits.is_chosen:
        texts[0] = texts[1] = ZERO_CONFIRME
    day = "" if given.datee_du is None else f"{given.datee_du:%d/%m/%Y}"
    return dict(zip(names, (*texts, day, given.commentaire), strict=True))
