"""Where a rule on accounts stops: the very moment, the one of two, what is another's and stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR
from paqte.domain.personnes.effacement import NOM_EFFACE
from paqte.domain.personnes.sessions import SKEW
from paqte.models import (
    Declaration,
    Fichier,
    JetonConnexion,
    Justificatif,
    Retour,
    SessionOuverte,
    TentativeConnexion,
    Utilisateur,
)
from paqte.services.comptes.acces import give_access
from paqte.services.comptes.comptes import invite_user, purge_expired
from paqte.services.comptes.effacement import _unsign
from paqte.services.courriels.liens import forget_links
from paqte.services.declarations.declarations import open_declaration
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_convention, a_departement, a_signataire, engagement_of
from tests.services.refus import refusals

SITE = "https://paqte.exemple.fr"
SECOND = timedelta(seconds=1)


@pytest.fixture
def anne(session: Any) -> int:
    a_departement("41")
    with transaction(actor=PLANIFICATEUR, now=datetime(2026, 1, 1, tzinfo=UTC)) as writing:
        rows = [
            Utilisateur(
                courriel=f"{n}@val.test", nom="Anne", role=ENTREPRISE, created_at=datetime(2026, 1, 1, tzinfo=UTC)
            )
            for n in range(2)
        ]
        writing.add_all(rows)
        writing.flush()
        return rows[0].id


def test_links_not_used_yet_alone_are_forgotten_and_of_that_account_alone(
    session: Any, now: datetime, anne: int
) -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        for rank, (key, used) in enumerate(((anne, None), (anne, now), (anne + 1, None))):
            given = {"cree_le": now, "expire_le": now, "utilise_le": used}
            writing.add(JetonConnexion(empreinte=str(rank) * 64, utilisateur_id=key, **given))
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        forget_links(writing, anne)
    assert sorted(session.scalars(select(JetonConnexion.empreinte))) == ["1" * 64, "2" * 64]


def test_what_no_longer_serves_goes_at_its_very_limit(session: Any, now: datetime, anne: int) -> None:
    quarter, longest, skew = timedelta(minutes=15), timedelta(hours=12), SKEW
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        for rank, moment in enumerate((now - quarter - SECOND, now - quarter, now)):
            writing.add(JetonConnexion(empreinte=f"{rank}" * 64, utilisateur_id=anne, cree_le=now, expire_le=moment))
            writing.add(TentativeConnexion(cle=f"{rank}" * 64, quand=moment))
        opened = (now - longest - SECOND, now - longest, now + skew, now + skew + SECOND)
        for rank, moment in enumerate(opened):
            given = {"utilisateur_id": anne, "ouverte_le": moment, "vue_le": moment}
            writing.add(SessionOuverte(empreinte=f"{rank}" * 64, **given))
    assert purge_expired(actor=PLANIFICATEUR, now=now) == 4
    session.rollback()
    kept = [
        sorted(mark[0] for mark in session.scalars(select(column)))
        for column in (JetonConnexion.empreinte, TentativeConnexion.cle, SessionOuverte.empreinte)
    ]
    assert kept == [["1", "2"], ["1", "2"], ["1", "2"]]


def test_what_an_account_is_given_has_its_sentence_when_it_cannot_be(session: Any, now: datetime) -> None:
    signataire = a_signataire()
    convention = a_convention(signataire)
    a_departement("41")

    def invite(role: str, **more: Any) -> dict[str, str]:
        given = {"courriel": "x@val.test", "nom": "X", "base_url": SITE, "now": now, **more}
        return refusals(lambda: invite_user(actor=PLANIFICATEUR, role=role, **given))

    one_by_one = {"conventions": "Seul un animateur reçoit des conventions une par une."}
    roles = invite("chef")["role"]
    assert roles.startswith("Ce rôle n’existe pas : choisissez parmi ") and "referent, " in roles
    assert invite("referent") == {"departement": "Donnez le code du département de ce référent, par exemple 41."}
    unknown = {"departement": "Le département « 99 » n’existe pas."}
    assert invite("referent", departement="99") == unknown
    assert invite("entreprise") == {"siret": "Donnez le SIRET du signataire de ce contact."}
    assert invite("animateur") == {"conventions": "Cochez au moins une convention à lui confier."}
    assert invite("entreprise", signataires=[signataire], conventions=[convention]) == one_by_one
    nobody = {"siret": "Aucun signataire ne porte ce numéro : entrez d’abord sa convention."}
    assert invite("entreprise", siret="732829320") == nobody
    assert invite("entreprise", signataires=[signataire], nom=" ") == {"nom": "Écrivez le nom de la personne."}
    given = {"courriel": "b@val.test", "nom": "B", "base_url": SITE, "now": now}
    invite_user(actor=CAMILLE, role="entreprise", signataires=[signataire], **given)
    key = session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == "b@val.test")).one()

    def give(signataires: list[int], conventions: list[int]) -> dict[str, str]:
        return refusals(
            lambda: give_access(
                actor=CAMILLE, now=now, utilisateur_id=key, signataires=signataires, conventions=conventions
            )
        )

    assert give([signataire], [convention]) == one_by_one
    nothing = "Gardez au moins un signataire ou une convention, ou désactivez le compte."
    assert give([], []) == {"signataires": nothing}
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.execute(update(Utilisateur).where(Utilisateur.id == key).values(role="animateur"))
    assert give([], []) == {"conventions": nothing}
    assert give([99], []) == {"": "Ce signataire n’existe pas ou ne vous est pas ouvert."}


def test_R30_each_name_that_an_erased_person_signed_is_taken_off_and_a_namesake_s_stays(
    session: Any, now: datetime, anne: int
) -> None:
    convention = a_convention(a_signataire(), "S2")
    engagement = engagement_of(convention, "S2")
    her, namesake = (replace(CAMILLE, utilisateur_id=key, nom="Anne") for key in (anne, anne + 1))
    for actor, code in ((her, "2026-T3"), (namesake, "2026-T2")):
        key = open_declaration(actor=actor, now=now, convention_id=convention, periode=Periode.from_code(code))
        with transaction(actor=actor, now=now) as writing:
            row = writing.get_one(Declaration, key)
            row.transmise_par = row.validee_par = "Anne"
            asked = {"engagement_id": engagement, "commentaire": "?", "par": "Anne", "created_at": now}
            writing.add(Retour(declaration_id=key, **asked))
            piece = Fichier(departement_code="41", nom="a.pdf", media_type="application/pdf", taille=1,
                            sha256="0" * 64, octets=b"x", created_at=now)  # fmt: skip
            writing.add(piece)
            writing.flush()
            held = {"engagement_id": engagement, "fichier_id": piece.id, "par": "Anne", "created_at": now}
            writing.add(Justificatif(declaration_id=key, **held))
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        _unsign(writing, anne, "Anne")
    d = Declaration
    signed = [
        session.scalars(select(column).order_by(d.periode.desc()).join(d, d.id == whose)).all()
        for column, whose in ((Retour.par, Retour.declaration_id), (Justificatif.par, Justificatif.declaration_id))
    ]
    for column in (d.transmise_par, d.validee_par):
        signed.append(session.scalars(select(column).order_by(d.periode.desc())).all())
    assert signed == [[NOM_EFFACE, "Anne"]] * 4
