"""An identity that the sign-on knows is detached by its person alone; one refused leaves why, and not from where."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT, Acteur
from paqte.models import Journal, JournalPersonne, ProviderIdentity, Utilisateur
from paqte.services.comptes.connexion import RequestSource
from paqte.services.comptes.entree.fournisseur import record_provided_refusal, untie_provider
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


def test_R30_a_refusal_tells_why_and_whether_it_is_the_same_origin_once_a_minute_and_no_address(
    session: Any, now: datetime
) -> None:
    camille = tied("Camille", "41", now)
    here, there = RequestSource("192.0.2.9", "Firefox"), RequestSource("198.51.100.7")
    for motif, depuis, seconds in (
        ("inconnue", here, 0), ("inconnue", here, 59), ("inconnue", here, 61), ("fermée", here, 62),
        ("inconnue", there, 63),
    ):  # fmt: skip
        record_provided_refusal(motif=motif, now=now + timedelta(seconds=seconds), depuis=depuis)
    record_provided_refusal(motif="fermée", now=now, depuis=there, utilisateur_id=camille.utilisateur_id)
    j, p = Journal, JournalPersonne
    query = select(j.objet, j.objet_id, j.apres, p.valeur).join(p, p.journal_id == j.id).order_by(j.id)
    lines = session.execute(query.where(j.acte == "connexion_refusee", p.champ == "apres.adresse")).all()
    assert [json.loads(line.apres)["motif"] for line in lines] == [
        "inconnue",
        "inconnue",
        "fermée",
        "inconnue",
        "fermée",
    ]
    origins = [line.valeur for line in lines]
    assert origins[:3] == [origins[0]] * 3 and origins[3:] == [origins[3]] * 2 and origins[0] != origins[3]
    assert "192.0.2" not in f"{lines}" and "198.51" not in f"{lines}"
    by_account = ("utilisateur", str(camille.utilisateur_id))
    assert [tuple(line[:2]) for line in lines] == [("connexion", "")] * 4 + [by_account]
