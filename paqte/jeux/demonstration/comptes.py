"""The accounts of the demonstration, invited as people are, and the link that opens each."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from paqte.domain.personnes.acteurs import ADMIN, ANIMATEUR, ENTREPRISE, NATIONAL, REFERENT, REGION, Acteur, operator
from paqte.jeux.demonstration.donnees import DEPARTEMENT
from paqte.models import Utilisateur, db
from paqte.queries.comptes.comptes import actor_of
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.utilisateurs import hand_link

OPERATOR = operator("Démonstration")
# Whose pages a role opens, where they are another's.
PAGES = {ANIMATEUR: ENTREPRISE}


@dataclass(frozen=True, slots=True)
class UtilisateurTold:
    """An account of the demonstration; `signataires` are those of the file that it answers for."""

    courriel: str
    nom: str
    role: str
    departement: str | None
    qualite: str
    signataires: tuple[str, ...] = ()
    region: str | None = None


CAMILLE = UtilisateurTold(
    "camille@demo.paqte.invalid", "Camille Besnard (fictif)", REFERENT, DEPARTEMENT, "Camille, référente 41"
)
BRUNO = UtilisateurTold(
    "bruno@demo.paqte.invalid",
    "Bruno Texier (fictif)",
    ENTREPRISE,
    DEPARTEMENT,
    "Bruno, entreprise",
    ("chocolaterie",),
)
INES = UtilisateurTold(
    "ines@demo.paqte.invalid",
    "Inès Delorme (fictif)",
    ANIMATEUR,
    DEPARTEMENT,
    "Inès, animatrice",
    ("boulangerie", "maconnerie", "ferme"),
)
ALIX = UtilisateurTold("alix@demo.paqte.invalid", "Alix Morin (fictif)", ADMIN, None, "Alix, administratrice")
NADIA = UtilisateurTold("nadia@demo.paqte.invalid", "Nadia Ferrand (fictif)", NATIONAL, None, "Nadia, équipe nationale")
ZOE = UtilisateurTold("zoe@demo.paqte.invalid", "Zoé Marlin (fictif)", REFERENT, "972", "Zoé, référente 972")
# Centre-Val de Loire, where the 41 is.
ROSE = UtilisateurTold(
    "rose@demo.paqte.invalid", "Rose Lambert (fictif)", REGION, None, "Rose, préfecture de région", region="24"
)
COMPTES = (CAMILLE, BRUNO, INES, ALIX, NADIA, ROSE, ZOE)


def links(*, spaces: Container[str], base_url: str, now: datetime) -> list[tuple[str, str]]:
    """(who, sign-in link of one hour) for each account that is there and whose role has its pages."""
    known = set(db.session.scalars(select(Utilisateur.courriel).where(Utilisateur.is_active)))
    db.session.rollback()
    return [
        (compte.qualite, hand_link(actor=OPERATOR, courriel=compte.courriel, base_url=base_url, now=now))
        for compte in COMPTES
        if compte.courriel in known and PAGES.get(compte.role, compte.role) in spaces
    ]


def open_accounts(now: datetime) -> Acteur:
    """The accounts of préfectures, of a région, of the nation and of the administrator; gives Camille as an actor."""
    for compte in COMPTES:
        if not compte.signataires:
            invite(OPERATOR, compte, now)
    return acting(CAMILLE)


def attach(camille: Acteur, compte: UtilisateurTold, keys: dict[str, int], now: datetime) -> dict[str, Acteur]:
    """Camille invites whoever answers for these signatories; gives the actor by signatory of the file."""
    invite(camille, compte, now, [keys[cle] for cle in compte.signataires])
    actor = acting(compte)
    return dict.fromkeys(compte.signataires, actor)


def acting(compte: UtilisateurTold) -> Acteur:
    """Who acts by this account."""
    return actor_of(db.session.scalars(select(Utilisateur).where(Utilisateur.courriel == compte.courriel)).one())


def invite(actor: Acteur, compte: UtilisateurTold, now: datetime, signataires: list[int] | None = None) -> None:
    """Open an account as this actor invites people."""
    invite_user(
        actor=actor,
        role=compte.role,
        courriel=compte.courriel,
        nom=compte.nom,
        base_url="",
        now=now,
        departement=compte.departement,
        region=compte.region,
        signataires=signataires or (),
        by_mail=False,
    )
