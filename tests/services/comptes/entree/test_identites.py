"""An identity that the sign-on knows is detached by the person it opens for, and by nobody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT, Acteur
from paqte.models import ProviderIdentity, Utilisateur
from paqte.services.comptes.entree.fournisseur import untie_provider
from paqte.services.transaction import transaction
from tests.factories import a_departement

ISSUER, OTHER = "https://entrer.exemple.fr", "https://autre.exemple.fr"


def tied(nom: str, place: str, now: datetime, *issuers: str) -> Acteur:
    """A référente whom these providers know."""
    a_departement(place)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        given = {"nom": nom, "courriel": f"{nom.lower()}@paqte.test", "departement_code": place, "created_at": now}
        user = Utilisateur(role=REFERENT, **given)
        writing.add(user)
        writing.flush()
        for issuer in issuers:
            writing.add(ProviderIdentity(utilisateur_id=user.id, emetteur=issuer, sub=f"sub-{nom}", connue_le=now))
        return Acteur(user.id, nom, REFERENT, place)


def known(session: Any) -> set[tuple[str, str]]:
    rows = session.execute(select(ProviderIdentity.sub, ProviderIdentity.emetteur)).all()
    session.rollback()
    return {(sub, emetteur) for sub, emetteur in rows}


def test_whoever_has_no_identity_takes_away_nobody_else_s(session: Any, now: datetime) -> None:
    camille = tied("Camille", "41", now)
    tied("Zoé", "972", now, ISSUER)
    with pytest.raises(NotFound):
        untie_provider(actor=camille, emetteur=ISSUER, now=now)
    assert known(session) == {("sub-Zoé", ISSUER)}


def test_hers_alone_goes_and_of_that_provider_alone(session: Any, now: datetime) -> None:
    camille = tied("Camille", "41", now, ISSUER, OTHER)
    tied("Zoé", "972", now, ISSUER)
    untie_provider(actor=camille, emetteur=ISSUER, now=now)
    assert known(session) == {("sub-Zoé", ISSUER), ("sub-Camille", OTHER)}
