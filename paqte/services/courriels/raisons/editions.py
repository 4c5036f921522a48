"""Mails of an edition: what they rest on."""

from __future__ import annotations

from sqlalchemy import select

from paqte.models import Edition, Utilisateur
from paqte.services.courriels.raisons.demandes import CLOSED, NEWER, CourrielReady, RaisonSaid, answers_for, is_referent

NOT_HERS = "La personne qui transmettait cette édition n’est plus référente de ce département."


def edition(asking: CourrielReady) -> RaisonSaid:
    """The référent still is, and the edition is the last of its period."""
    if asking.mail.utilisateur_id is None:
        return RaisonSaid()
    if not is_referent(asking):
        return RaisonSaid(CLOSED)
    return RaisonSaid(NEWER if _is_overtaken(asking) else "")


def transmitted(asking: CourrielReady) -> RaisonSaid:
    """Whoever transmits it still answers for the département, and no later edition says otherwise."""
    author = asking.session.get(Utilisateur, asking.appui.get("auteur", 0))
    if asking.appui.get("auteur") and not answers_for(asking, author):
        return RaisonSaid(NOT_HERS)
    return RaisonSaid(NEWER if _is_overtaken(asking) else "")


def _is_overtaken(asking: CourrielReady) -> bool:
    one = asking.session.get(Edition, asking.appui.get("edition", 0))
    if one is None:
        return False
    e = Edition
    newer = select(e.id).where(
        e.departement_code == one.departement_code,
        e.genre_document == one.genre_document,
        e.periode == one.periode,
        e.numero > one.numero,
    )
    return asking.session.scalar(newer.limit(1)) is not None
