"""All that PAQTE knows of a person, to be handed to her: as texts and dates, with headings she can read (R30)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from paqte.domain.documents.reglages import motifs
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.courriels import ETATS, WITH_LINK
from paqte.domain.statuts.rencontres import GENRES
from paqte.models import (
    Action,
    ColonnePropre,
    ContactSignataire,
    Convention,
    Courriel,
    Declaration,
    FeedKept,
    JetonConnexion,
    Journal,
    Justificatif,
    ListKept,
    NamedView,
    PasskeyKept,
    Presence,
    ProviderIdentity,
    Rattachement,
    Realisation,
    Relance,
    Rencontre,
    Retour,
    SecondFactor,
    SessionOuverte,
    Signataire,
    Utilisateur,
    ValeurPropre,
)
from paqte.queries.cles import bears, bears_text
from paqte.queries.comptes.comptes import held_by
from paqte.queries.comptes.personnes import PersonneKnown, role_of
from paqte.queries.journal import lines_where
from paqte.queries.perimetre import standing, told_of_people
from paqte.queries.reponses import count_signed

Donnees = dict[str, Any]
# A link that still works would let whoever reads the file sign in.
NOT_TOLD = "Lien personnel : non reproduit."
SIGN_INS = (
    *("connexion", "connexion_refusee", "deconnexion", "demander_lien", "prolonger_session"),
    *("rattacher_identite", "detacher_identite", "activer_facteur", "facteur_prouve", "facteur_refuse"),
    *("renouveler_codes", "retirer_facteur", "fermer_sessions", "ajouter_cle", "retirer_cle"),
)
SIGNED = ((Declaration, "transmise_par"), (Declaration, "validee_par"), (Retour, "par"), (Justificatif, "par"))


def everything_about(session: Session, actor: Acteur, connue: PersonneKnown) -> Donnees:
    """What is kept of her and why; a référent is told what her own département holds, and the account itself."""
    return {
        "personne": {"nom": connue.nom, "courriel": connue.courriel, "role": role_of(connue)},
        "finalite": "Suivi des conventions du Pacte avec les quartiers pour toutes les entreprises (PAQTE).",
        "compte": _account(session, connue),
        "acces": _access(session, actor, connue),
        "contacts": _cards(session, connue),
        "connexions": _sign_ins(session, actor, connue),
        "sessions_et_liens": _open_things(session, connue),
        "listes": _lists(session, connue),
        "courriels": _mails(session, actor, connue),
        "rencontres": _meetings_attended(session, connue),
        "colonnes_de_la_prefecture": _own_columns_naming(session, actor, connue),
        "relances": _reminders(session, actor, connue),
        "signatures": _signatures(session, actor, connue),
        "journal": _journal_lines(session, actor, connue),
    }


def _account(session: Session, connue: PersonneKnown) -> Donnees | None:
    user = session.get(Utilisateur, connue.utilisateur_id) if connue.utilisateur_id else None
    if user is None:
        return None
    opened = connue.depuis or user.created_at
    given = {"departement": user.departement_code, "actif": connue.is_active, "ouvert_le": opened}
    others = held_by(session, user.id) - {user.departement_code}
    territory = {"region": user.region_code} if user.region_code else {}
    more = {"autres_departements": sorted(others)} if others else {}
    return {"nom": connue.nom, "courriel": connue.courriel, "role": role_of(connue), **given, **territory, **more}


def _since(moment: Any, connue: PersonneKnown) -> Any:
    """Of her account a référent is told what followed the day when she gave her part of it."""
    return true() if connue.depuis is None else moment >= connue.depuis


def _access(session: Session, actor: Acteur, connue: PersonneKnown) -> list[Donnees]:
    r, s, c = Rattachement, Signataire, Convention
    query = (
        select(s.nom.label("signataire"), s.departement_code.label("departement"), c.numero.label("convention"))
        .join(r, r.signataire_id == s.id)
        .outerjoin(c, c.id == r.convention_id)
        .where(bears(r.utilisateur_id, connue.utilisateur_id), told_of_people(s, actor, connue.utilisateur_id))
    )
    return _mappings(session, query.order_by(s.recherche, c.numero, r.id))


def _cards(session: Session, connue: PersonneKnown) -> list[Donnees]:
    c, s = ContactSignataire, Signataire
    columns = (c.nom, c.fonction, c.courriel, c.telephone, c.created_at.label("enregistre_le"))
    query = select(s.nom.label("signataire"), s.departement_code.label("departement"), *columns)
    return _mappings(session, query.join(s, s.id == c.signataire_id).where(c.id.in_(connue.contacts)).order_by(c.id))


def _sign_ins(session: Session, actor: Acteur, connue: PersonneKnown) -> list[Donnees]:
    j = Journal
    mine = and_(j.objet == "utilisateur", bears_text(j.objet_id, connue.utilisateur_id))
    mine &= j.acte.in_((*SIGN_INS, "inviter")) & _since(j.quand, connue)
    mine &= told_of_people(j, actor, connue.utilisateur_id)
    return _mappings(session, select(j.quand, j.acte).where(mine).order_by(j.id))


def _open_things(session: Session, connue: PersonneKnown) -> Donnees:
    """Sessions and links as dates: what opens them is never told."""
    o, t = SessionOuverte, JetonConnexion
    opened = select(o.ouverte_le, o.vue_le).where(
        bears(o.utilisateur_id, connue.utilisateur_id), _since(o.ouverte_le, connue)
    )
    links = select(t.cree_le, t.expire_le, t.utilise_le).where(
        bears(t.utilisateur_id, connue.utilisateur_id), _since(t.cree_le, connue)
    )
    f = FeedKept
    agendas = select(f.departement_code.label("departement"), f.cree_le, f.lu_le).where(
        bears(f.utilisateur_id, connue.utilisateur_id), _since(f.cree_le, connue)
    )
    i = ProviderIdentity
    identities = select(i.emetteur.label("fournisseur"), i.sub.label("numero"), i.connue_le).where(
        bears(i.utilisateur_id, connue.utilisateur_id), _since(i.connue_le, connue)
    )
    s = SecondFactor
    factors = select(s.cree_le, s.actif_le).where(
        bears(s.utilisateur_id, connue.utilisateur_id), _since(s.cree_le, connue)
    )
    p = PasskeyKept
    keys = select(p.nom, p.cree_le, p.employee_le).where(
        bears(p.utilisateur_id, connue.utilisateur_id), _since(p.cree_le, connue)
    )
    return {
        "cles_acces": _mappings(session, keys.order_by(p.cree_le, p.id)),
        "seconds_facteurs": _mappings(session, factors.order_by(s.cree_le, s.id)),
        "identites": _mappings(session, identities.order_by(i.connue_le, i.id)),
        "agendas": _mappings(session, agendas.order_by(f.cree_le, f.id)),
        "sessions": _mappings(session, opened.order_by(o.ouverte_le, o.id)),
        "liens": _mappings(session, links.order_by(t.cree_le, t.id)),
    }


def _lists(session: Session, connue: PersonneKnown) -> list[Donnees]:
    """How she left the lists of the application."""
    h = ListKept
    hers = bears(h.utilisateur_id, connue.utilisateur_id) & _since(h.gardee_le, connue)
    left = _mappings(session, select(h.liste, h.filtres, h.gardee_le).where(hers).order_by(h.liste, h.id))
    v = NamedView
    hers = bears(v.utilisateur_id, connue.utilisateur_id) & _since(v.gardee_le, connue)
    named = select(v.nom, v.departement_code, v.liste, v.filtres, v.gardee_le).where(hers).order_by(v.liste, v.id)
    return left + _mappings(session, named)


def _mails(session: Session, actor: Acteur, connue: PersonneKnown) -> list[Donnees]:
    c = Courriel
    hers = func.lower(c.destinataire).in_(connue.personne.adresses)
    query = select(c.cree_le, c.envoye_le, c.etat, c.motif, c.destinataire, c.sujet, c.texte)
    rows = session.execute(query.where(hers, mails_told(actor, connue)).order_by(c.id)).all()
    return [
        {
            **row._mapping,
            "etat": ETATS[row.etat],
            "motif": motifs().get(row.motif, row.motif),
            "texte": NOT_TOLD if row.motif in WITH_LINK else row.texte,
        }
        for row in rows
    ]


def mails_told(actor: Acteur, connue: PersonneKnown) -> Any:
    """Condition that keeps the mails to her that the actor may be told of.

    One of no département is told when it bears her account and followed what the actor gave her of it: another's
    account may have her address.
    """
    c = Courriel
    of_account = bears(c.utilisateur_id, connue.utilisateur_id) & _since(c.cree_le, connue)
    return told_of_people(c, actor, connue.utilisateur_id) & (c.departement_code.is_not(None) | of_account)


def _reminders(session: Session, actor: Acteur, connue: PersonneKnown) -> list[Donnees]:
    r = Relance
    hers = select(r.jour, r.etape, r.departement_code.label("departement")).where(
        bears(r.utilisateur_id, connue.utilisateur_id), told_of_people(r, actor, connue.utilisateur_id)
    )
    return _mappings(session, hers.order_by(r.id))


def _meetings_attended(session: Session, connue: PersonneKnown) -> list[Donnees]:
    """Where her cards say that she was, and for whom: what was said there is the préfecture's."""
    p, r, c, s = Presence, Rencontre, ContactSignataire, Signataire
    columns = (r.date, r.genre, s.nom.label("signataire"), r.departement_code.label("departement"), p.nom)
    query = select(*columns).join(p, p.rencontre_id == r.id).join(c, c.id == p.contact_id)
    query = query.join(s, s.id == c.signataire_id)
    rows = _mappings(session, query.where(p.contact_id.in_(connue.contacts)).order_by(r.date, r.id))
    return [{**row, "genre": GENRES[row["genre"]]} for row in rows]


def _own_columns_naming(session: Session, actor: Acteur, connue: PersonneKnown) -> list[Donnees]:
    """What names her in the columns that a préfecture keeps of its own tracker, for her signatories: told by whoever
    answers for that préfecture, as the words are its own."""
    c, v, s = ColonnePropre, ValeurPropre, Signataire
    named = or_(false(), *(v.valeur.icontains(mark, autoescape=True) for mark in connue.personne.marks))
    columns = (s.nom.label("signataire"), s.departement_code.label("departement"), c.titre.label("colonne"), v.valeur)
    query = select(*columns).join(c, c.id == v.colonne_id).join(s, s.id == v.signataire_id)
    return _mappings(
        session, query.where(named, s.id.in_(connue.signataires), told_of_people(s, actor, None)).order_by(v.id)
    )


def _signatures(session: Session, actor: Acteur, connue: PersonneKnown) -> Mapping[str, int]:
    """How many things bear the name of her account, in the département of a référent who asks."""
    user = session.get(Utilisateur, connue.utilisateur_id) if connue.utilisateur_id else None
    if user is None:
        return {}
    told = {m: true() if connue.depuis is None else _of_place(m, standing(actor)) for m, _ in SIGNED}
    counted = {
        f"{m.__tablename__}.{name}": select(func.count()).where(getattr(m, name) == user.nom, told[m])
        for m, name in SIGNED
    }
    found = {name: session.scalar(query) or 0 for name, query in counted.items()}
    answers = count_signed(session, user.nom, told[Declaration])
    return found | {f"{Realisation.__tablename__}.saisie_par": answers}


def _of_place(model: Any, departement: str | None) -> Any:
    """Condition that keeps the rows of `model` whose declaration, or whose action, is of this département."""
    if model is Declaration:
        return bears(Declaration.departement_code, departement)
    declarations = select(Declaration.id).where(bears(Declaration.departement_code, departement))
    told = model.declaration_id.in_(declarations)
    if model is not Justificatif:
        return told
    actions = select(Action.id).where(bears(Action.departement_code, departement))
    return told | Justificatif.action_id.in_(actions)


def _journal_lines(session: Session, actor: Acteur, connue: PersonneKnown) -> list[Donnees]:
    """What she did, and what was done to her account and her cards."""
    j = Journal
    about = or_(
        bears(j.utilisateur_id, connue.utilisateur_id),
        and_(j.objet == "utilisateur", bears_text(j.objet_id, connue.utilisateur_id)),
        and_(j.objet == "contact_signataire", j.objet_id.in_([str(key) for key in connue.contacts])),
    )
    lines = lines_where(about, told_of_people(j, actor, connue.utilisateur_id), _not_of_elsewhere(connue))
    names = ("quand", "qui", "acte", "objet", "objet_id", "avant", "apres")
    # The number of an account would tell that it is older than its invitation.
    return [
        {name: getattr(line, name) for name in names}
        | ({"objet_id": str(connue.acces)} if connue.acces and line.objet == "utilisateur" else {})
        for line in lines
    ]


def _not_of_elsewhere(connue: PersonneKnown) -> Any:
    """What a référent is told of an account: what was done with her part of it, and its sign-ins since then.

    Not its own row: that it was made, or opened again, at an invitation would tell whether it was there before.
    """
    j = Journal
    if connue.depuis is None:
        return true()
    own_row = and_(j.objet == "utilisateur", j.acte.in_(("creer", "modifier")))
    return ~own_row & (j.departement_code.is_not(None) | (j.acte.in_(SIGN_INS) & _since(j.quand, connue)))


def _mappings(session: Session, query: Any) -> list[Donnees]:
    return [dict(row._mapping) for row in session.execute(query)]
