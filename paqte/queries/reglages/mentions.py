"""Who answers for the application, and whom to ask: read by pages that anybody may open."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from paqte.domain.documents.lignes.lignes import Contact
from paqte.domain.personnes.acteurs import ADMIN, Acteur
from paqte.domain.personnes.prefectures import prefecture_of
from paqte.domain.statuts.pilotage import REGLAGES_MENTIONS
from paqte.models import Departement, Referent, Signataire, Utilisateur, db
from paqte.queries.perimetre import LIMITED, departements_of, readable
from paqte.queries.reglages.reglages import read_national, read_settings


@dataclass(frozen=True, slots=True)
class Mentions:
    """The legal notice: the préfecture of whoever is signed in, "" for nobody's; texts by setting, "" when unknown."""

    prefecture: str
    textes: dict[str, tuple[str, str]]


def read_mentions(actor: Acteur | None) -> Mentions:
    """What the settings of the actor's département say; the national ones for whoever has none."""
    places = _places(actor) if actor else []
    departement = places[0] if len(places) == 1 else None
    settings = read_settings(departement) if departement else read_national()
    name = db.session.scalar(select(Departement.nom).where(Departement.code == departement)) if departement else None
    return Mentions(
        prefecture_of(departement, name) if departement and name else "",
        {cle: (libelle.partition(" : ")[0], settings[cle].valeur) for cle, (_, libelle) in REGLAGES_MENTIONS.items()},
    )


def contacts_for(actor: Acteur | None) -> tuple[Contact, ...]:
    """Whom to ask: the référents of one's département for a company, the administrators for everybody else.

    Nobody for whoever is not signed in: addresses are given to people who have an account.
    """
    if actor is None:
        return ()
    if actor.role in LIMITED:
        r = Referent
        query = select(r.nom, r.fonction, r.courriel, r.telephone).where(r.departement_code.in_(_places(actor)))
        return tuple(Contact(*row) for row in db.session.execute(query.order_by(r.departement_code, r.rang, r.id)))
    u = Utilisateur
    rows = db.session.execute(select(u.nom, u.courriel).where(u.role == ADMIN, u.is_active).order_by(u.nom, u.id))
    return tuple(Contact(nom, "administration de l’application", courriel) for nom, courriel in rows)


def _places(actor: Acteur) -> list[str]:
    """The départements of an actor: her own, those of her signatories, none for the whole nation."""
    if actor.role not in LIMITED:
        return sorted(departements_of(actor))
    query = select(Signataire.departement_code).where(readable(Signataire, actor)).distinct()
    return list(db.session.scalars(query.order_by(Signataire.departement_code)))
