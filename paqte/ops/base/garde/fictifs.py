"""Production opens no account whose address exists nowhere: those of a demonstration, whose names everybody knows."""

from __future__ import annotations

from sqlalchemy import create_engine, select
from sqlalchemy.engine import Engine

from paqte.config import Settings
from paqte.domain.exposition import is_fictive
from paqte.domain.personnes.effacement import DOMAINE_EFFACE
from paqte.domain.saisie.adresses import is_shadow
from paqte.models import Utilisateur
from paqte.ops.base.damage import BaseRefused

SHOWN = 3


def refuse_fictive_accounts(settings: Settings) -> None:
    """BaseRefused, with the remedy, when a base in production holds open accounts of the domain « .invalid ».

    Those that stand for nobody (erased, invitations that could not be kept) sign nobody in, and stay.
    """
    if not settings.is_production:
        return
    engine = create_engine(settings.database_url)
    try:
        found = _open_addresses(engine)
    finally:
        engine.dispose()
    if found:
        listed = ", ".join(found[:SHOWN]) + (f" et {len(found) - SHOWN} de plus" if len(found) > SHOWN else "")
        raise BaseRefused(
            f"La base contient {len(found)} {'compte ouvert' if len(found) == 1 else 'comptes ouverts'} de "
            f"démonstration ({listed}) : en production, désactivez-les par « paqte utilisateur desactiver --courriel "
            "ADRESSE », ou repartez d’une base vide."
        )


def _open_addresses(engine: Engine) -> list[str]:
    query = select(Utilisateur.courriel).where(Utilisateur.is_active).order_by(Utilisateur.courriel)
    with engine.connect() as connection:
        addresses = connection.scalars(query).all()
    return [a for a in addresses if is_fictive(a) and not is_shadow(a) and not a.endswith(f"@{DOMAINE_EFFACE}")]
