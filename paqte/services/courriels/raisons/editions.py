"""Mails of an edition: what they rest on."""

from __future__ import annotations

from sqlalchemy import select

from paqte.models import Edition, Utilisateur
from paqte.services.courriels.raisons.demandes import CLOSED, NEWER, CourrielReady, RaisonSaid, answers_for, is_referent
from paqte.services.courriels.sommes import somme_now

OVERTAKEN = "Une édition plus récente a été produite, ou cette personne n’est plus prévenue de cette somme."
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


def somme(asking: CourrielReady) -> RaisonSaid:
    """The account still reads the territory, the settings still have it told, no later edition; who is awaited now is
    what the mail says."""
    told = somme_now(
        asking.appui["somme"], asking.mail.utilisateur_id or 0, now=asking.now, base_url=asking.appui["base_url"]
    )
    return RaisonSaid(message=told) if told else RaisonSaid(OVERTAKEN)


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
