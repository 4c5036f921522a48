"""What the fields of a declaration hold when one opens it, whatever the door: the answers stored, by name of field."""

from __future__ import annotations

from typing import Any

from paqte.domain.declarations.controles import figure_of
from paqte.domain.declarations.reponses import comment_field
from paqte.domain.statuts.declarations import MANQUANTE, NEANT
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown, LigneDeclaration


def values_kept(page: DeclarationShown) -> dict[str, Any]:
    """The value of each field of a declaration, by name: what is stored, else what saving would fill in."""
    data: dict[str, Any] = {"texte_libre": page.texte_libre}
    for ligne in page.lignes:
        data |= _stored_line(ligne) or _filled_line(page, ligne)
        data |= {comment_field(ligne.engagement_id, code): text for code, text in ligne.explications.items()}
    return data


def _filled_line(page: DeclarationShown, ligne: LigneDeclaration) -> dict[str, Any]:
    """What saving would fill in where nothing was answered yet."""
    source, key = page.source_of(ligne), ligne.engagement_id
    counted = figure_of(source.reponse()) if source else None
    if source is None or counted is None:
        return {}
    if ligne.indicateur.traits.is_pair:
        return {f"numerateur_{key}": counted}
    return {f"valeur_{key}": counted, f"neant_{key}": source.reponse().reponse == NEANT}


def _stored_line(ligne: LigneDeclaration) -> dict[str, Any]:
    key, given = ligne.engagement_id, ligne.actuelle
    is_chosen = ligne.indicateur.traits.is_chosen
    if given is None or (given.reponse == MANQUANTE and not given.commentaire and not is_chosen):
        return {f"valeur_{key}": ""} if is_chosen else {}
    if is_chosen:
        return {
            f"valeur_{key}": "" if given.valeur is None else str(int(given.valeur)),
            f"date_{key}": given.datee_du,
            f"precision_{key}": given.commentaire,
        }
    return {
        f"valeur_{key}": given.valeur,
        f"numerateur_{key}": given.numerateur,
        f"denominateur_{key}": given.denominateur,
        f"neant_{key}": given.reponse == NEANT,
        f"precision_{key}": given.commentaire,
    }
