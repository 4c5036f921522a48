"""The demonstration of Loir-et-Cher: invented from end to end, entered through the use cases people use."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import ADMIN, ENTREPRISE, NATIONAL, REFERENT, Acteur, operator
from paqte.jeux.demonstration.conventions import enter_signataire
from paqte.jeux.demonstration.declarations import enter_declaration, entries
from paqte.jeux.demonstration.donnees import DEPARTEMENT, Story, StoryDates, signataires
from paqte.jeux.demonstration.pilotage import enter_actions, enter_pilotage
from paqte.jeux.fictif import fictitious_siret
from paqte.models import Signataire, Utilisateur, db
from paqte.queries.comptes.comptes import actor_of
from paqte.queries.conventions.debut import read_start
from paqte.services.comptes.comptes import invite_user
from paqte.services.conventions.debut import change_start
from paqte.services.ensemble import all_or_nothing

OPERATOR = operator("Démonstration")


@dataclass(frozen=True, slots=True)
class UtilisateurTold:
    """An account of the demonstration; `rang` is that of a contact's signatory in the file."""

    courriel: str
    nom: str
    role: str
    departement: str | None
    qualite: str
    rang: int | None = None


COMPTES = (
    UtilisateurTold(
        "camille@demo.paqte.invalid", "Camille Besnard (fictif)", REFERENT, DEPARTEMENT, "Camille, référente 41"
    ),
    UtilisateurTold(
        "bruno@demo.paqte.invalid", "Bruno Texier (fictif)", ENTREPRISE, DEPARTEMENT, "Bruno, entreprise", 0
    ),
    UtilisateurTold("alix@demo.paqte.invalid", "Alix Morin (fictif)", ADMIN, None, "Alix, administratrice"),
    UtilisateurTold("nadia@demo.paqte.invalid", "Nadia Ferrand (fictif)", NATIONAL, None, "Nadia, équipe nationale"),
    UtilisateurTold("zoe@demo.paqte.invalid", "Zoé Marlin (fictif)", REFERENT, "972", "Zoé, référente 972"),
)


def is_base_empty() -> bool:
    """Whether nobody signed anything and nobody has an account."""
    found = db.session.scalar(select(Signataire.id).limit(1)) or db.session.scalar(select(Utilisateur.id).limit(1))
    db.session.rollback()
    return found is None


def load_demonstration(*, now: datetime) -> str:
    """Enter the whole demonstration, or nothing, and say what there is. Refused unless the base is empty."""
    if not is_base_empty():
        raise Refused("La base contient déjà des données : la démonstration ne se charge que dans une base vide.")
    today = local_date(now, DEPARTEMENT)
    calendrier = StoryDates(last_closed(today, "S"), today)
    with all_or_nothing():
        recit = Story(_open_accounts(now), calendrier, now)
        entered = []
        for rank, conte in enumerate(signataires()):
            keys = enter_signataire(recit, rank, conte)
            entered += [(conte.cle, contee, key) for contee, key in zip(conte.conventions, keys, strict=True)]
        _start_with(recit)
        contacts = _attach_contacts(now)
        told = list(entries(entered, calendrier))
        for entree in told:
            enter_declaration(recit, entree, contacts.get(entree.cle))
        enter_pilotage(recit)
        enter_actions(recit, _keys())
    return f"{len(signataires())} signataires, {len(entered)} conventions, {len(told)} déclarations"


def links(*, spaces: Container[str], base_url: str, now: datetime) -> list[tuple[str, str]]:
    """(who, sign-in link of one hour) for each account that is there and whose role has its pages."""
    known = set(db.session.scalars(select(Utilisateur.courriel).where(Utilisateur.is_active)))
    db.session.rollback()
    return [
        (compte.qualite, _invitation_link(compte, base_url, now))
        for compte in COMPTES
        if compte.courriel in known and compte.role in spaces
    ]


def _open_accounts(now: datetime) -> Acteur:
    """The accounts of préfectures and of the administrator; gives Camille as an actor."""
    for compte in COMPTES:
        if compte.rang is None:
            _invitation_link(compte, "", now)
    camille = db.session.scalars(select(Utilisateur).where(Utilisateur.courriel == COMPTES[0].courriel)).one()
    return actor_of(camille)


def _attach_contacts(now: datetime) -> dict[str, Acteur]:
    """The companies' accounts; gives who answers for each signatory that has one."""
    found = {}
    for compte in COMPTES:
        if compte.rang is not None:
            _invitation_link(compte, "", now)
            user = db.session.scalars(select(Utilisateur).where(Utilisateur.courriel == compte.courriel)).one()
            found[signataires()[compte.rang].cle] = actor_of(user)
    return found


def _invitation_link(compte: UtilisateurTold, base_url: str, now: datetime) -> str:
    return invite_user(
        actor=OPERATOR,
        role=compte.role,
        courriel=compte.courriel,
        nom=compte.nom,
        base_url=base_url,
        now=now,
        departement=compte.departement,
        siret=None if compte.rang is None else fictitious_siret(compte.rang),
        by_mail=False,
    )


def _start_with(recit: Story) -> None:
    """The préfecture uses PAQTE since the last closed semester: no older bilan is due."""
    started = read_start(actor=recit.actor, departement=DEPARTEMENT, now=recit.now)
    change_start(
        actor=recit.actor,
        departement=DEPARTEMENT,
        version=started.version,
        semestre=recit.calendrier.semestre,
        now=recit.now,
    )


def _keys() -> dict[str, int]:
    """Key in the base of each signatory of the file."""
    by_number = dict(db.session.execute(select(Signataire.identifiant, Signataire.id)).all())
    return {conte.cle: by_number[fictitious_siret(rank)] for rank, conte in enumerate(signataires())}
