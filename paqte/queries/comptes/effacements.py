"""What erasing somebody would do, before it is done: whom it leaves alone, what must be read by eye (R30)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from paqte.domain.personnes.acteurs import ADMIN, ENTREPRISE, REFERENT, Acteur
from paqte.domain.saisie.adresses import OMBRE
from paqte.models import (
    Action,
    Avertissement,
    BilanRecu,
    ChiffreContexte,
    ContactSignataire,
    Convention,
    Courriel,
    Declaration,
    Demarche,
    Departement,
    Engagement,
    EngagementProtocole,
    Fichier,
    Importation,
    Partenaire,
    Presence,
    Rattachement,
    Realisation,
    Referent,
    Reglage,
    Rencontre,
    RencontreSignataire,
    Retour,
    Rubrique,
    Signalement,
    Signataire,
    Utilisateur,
    ValeurPropre,
    db,
)
from paqte.queries.cles import bears
from paqte.queries.comptes.comptes import held_by
from paqte.queries.comptes.donnees_personne import mails_told
from paqte.queries.comptes.personnes import PersonneKnown, person_of_account, person_of_contact, person_of_state
from paqte.queries.perimetre import is_referent_of, scope_of
from paqte.queries.reponses import count_naming

COMMENT = Realisation.commentaire
# Texts that somebody wrote: nothing writes over them, a person reads them.
TEXTS: tuple[tuple[Any, str, str], ...] = (
    (Signataire.nom, "nom de signataire", "noms de signataires"),
    (Signataire.notes, "note sur un signataire", "notes sur des signataires"),
    (Convention.notes, "note sur une convention", "notes sur des conventions"),
    (Convention.motif_resiliation, "motif de fin de convention", "motifs de fin de convention"),
    (Convention.cosignataire, "cosignataire de convention", "cosignataires de conventions"),
    (Engagement.libelle, "libellé d’engagement", "libellés d’engagements"),
    (Engagement.precision, "précision d’un engagement", "précisions d’engagements"),
    (Declaration.texte_libre, "texte de déclaration", "textes de déclarations"),
    (Declaration.motif_reouverture, "motif de réouverture", "motifs de réouverture"),
    (COMMENT, "commentaire de réponse", "commentaires de réponses"),
    (Avertissement.commentaire, "explication d’un avertissement", "explications d’avertissements"),
    (Retour.commentaire, "question posée", "questions posées"),
    (Signalement.motif, "erreur signalée", "erreurs signalées"),
    (Signalement.reponse, "réponse à une erreur signalée", "réponses à des erreurs signalées"),
    (Action.titre, "titre d’action", "titres d’actions"),
    (Action.texte, "récit d’action", "récits d’actions"),
    (Action.lieu, "lieu d’action", "lieux d’actions"),
    (Rencontre.objet, "objet de rencontre", "objets de rencontres"),
    (Rencontre.decisions, "récit de rencontre", "récits de rencontres"),
    (Rencontre.promesses, "promesse de rencontre", "promesses de rencontres"),
    (RencontreSignataire.decisions, "décision avec un signataire", "décisions avec des signataires"),
    (RencontreSignataire.promesses, "promesse d’un signataire", "promesses de signataires"),
    (Demarche.motif, "motif de refus d’un prospect", "motifs de refus de prospects"),
    (ValeurPropre.valeur, "valeur d’une colonne de votre tableau", "valeurs de colonnes de votre tableau"),
    (Presence.nom, "personne présente à une rencontre", "personnes présentes à des rencontres"),
    (Rubrique.texte, "texte du pilotage", "textes du pilotage"),
    (ChiffreContexte.precision, "précision d’un chiffre de contexte", "précisions de chiffres de contexte"),
    (Partenaire.nom, "partenaire", "partenaires"),
    (Partenaire.role, "rôle de partenaire", "rôles de partenaires"),
    (EngagementProtocole.libelle, "engagement du protocole", "engagements du protocole"),
    (EngagementProtocole.partenaires, "liste de partenaires du protocole", "listes de partenaires du protocole"),
    (EngagementProtocole.commentaire, "commentaire du protocole", "commentaires du protocole"),
    (BilanRecu.raison, "raison de garder un bilan reçu", "raisons de garder des bilans reçus"),
    (BilanRecu.motif, "raison de retirer un bilan reçu", "raisons de retirer des bilans reçus"),
    (Importation.nom, "nom de tableau importé", "noms de tableaux importés"),
    (Referent.nom, "référent nommé dans le bilan", "référents nommés dans le bilan"),
    (Reglage.valeur, "réglage de destinataires", "réglages de destinataires"),
    (Fichier.nom, "nom de pièce jointe", "noms de pièces jointes"),
)


class Mention(NamedTuple):
    """Texts of one sort in which she is still named."""

    nombre: int
    singulier: str
    pluriel: str


@dataclass(frozen=True, slots=True)
class EffacementPreview:
    """What the page that asks shows. `refus` is why it may not be done; `sans_reponse` are the companies that nobody
    will be able to answer for, `sans_contact` those whose card will name nobody."""

    connue: PersonneKnown
    refus: str
    courriels: int
    sans_reponse: tuple[str, ...]
    sans_contact: tuple[str, ...]
    mentions: tuple[Mention, ...]


def preview_contact(*, actor: Acteur, signataire_id: int, contact_id: int) -> EffacementPreview:
    """Of a contact of the actor's; NotFound for another's."""
    return _preview(actor, person_of_contact(db.session(), actor, signataire_id, contact_id))


def preview_account(*, actor: Acteur, utilisateur_id: int) -> EffacementPreview:
    """Of an account of the actor's signatories; NotFound for another's."""
    return _preview(actor, person_of_account(db.session(), actor, utilisateur_id))


def preview_user(*, actor: Acteur, utilisateur_id: int) -> EffacementPreview:
    """Of somebody of the State; NotFound but for an administrator."""
    return _preview(actor, person_of_state(db.session(), actor, utilisateur_id))


def why_not(session: Session, actor: Acteur, connue: PersonneKnown) -> str:
    """Why somebody may not be erased now, and what to do first; "" when she may."""
    if connue.utilisateur_id is not None and connue.utilisateur_id == actor.utilisateur_id:
        return "Vous ne pouvez pas effacer votre propre compte : demandez-le à un autre administrateur."
    u = Utilisateur
    same = select(func.count()).where(u.role == connue.role, u.is_active, ~bears(u.id, connue.utilisateur_id))
    for place in held_by(session, connue.utilisateur_id) if connue.role == REFERENT else ():
        if not session.scalar(same.where(is_referent_of(place))):
            nom = session.scalar(select(Departement.nom).where(Departement.code == place))
            return f"C’est le dernier référent du département {nom} : invitez d’abord la personne qui lui succède."
    if connue.role == ADMIN and not session.scalar(same):
        return "C’est le dernier administrateur : invitez d’abord la personne qui lui succède."
    return ""


def _preview(actor: Acteur, connue: PersonneKnown) -> EffacementPreview:
    session = db.session()
    hers = func.lower(Courriel.destinataire).in_(connue.personne.adresses) & mails_told(actor, connue)
    return EffacementPreview(
        connue=connue,
        refus=why_not(session, actor, connue),
        courriels=(session.scalar(select(func.count()).where(hers)) or 0) if connue.utilisateur_id else 0,
        sans_reponse=_left_without_answer(session, connue),
        sans_contact=_left_without_contact(session, connue),
        mentions=tuple(_mentions(session, actor, connue)),
    )


def _left_without_answer(session: Session, connue: PersonneKnown) -> tuple[str, ...]:
    """Companies of which hers is the only open account."""
    if connue.role != ENTREPRISE:
        return ()
    r, u = Rattachement, Utilisateur
    others = select(r.signataire_id).join(u, u.id == r.utilisateur_id)
    # One who cannot be invited counts as any other who never came: nothing tells them apart.
    is_open = u.is_active | u.courriel.endswith(f"@{OMBRE}", autoescape=True)
    others = others.where(~r.is_suspendu, is_open, u.role == ENTREPRISE, ~bears(u.id, connue.utilisateur_id))
    hers = select(r.signataire_id).where(bears(r.utilisateur_id, connue.utilisateur_id))
    query = select(Signataire.nom).where(Signataire.id.in_(hers), Signataire.id.not_in(others))
    return tuple(
        session.scalars(
            query.where(Signataire.id.in_(connue.signataires)).order_by(Signataire.recherche, Signataire.id)
        )
    )


def _left_without_contact(session: Session, connue: PersonneKnown) -> tuple[str, ...]:
    c, s = ContactSignataire, Signataire
    hers = select(c.signataire_id).where(c.id.in_(connue.contacts))
    others = select(c.signataire_id).where(c.id.not_in(connue.contacts))
    return tuple(session.scalars(select(s.nom).where(s.id.in_(hers), s.id.not_in(others)).order_by(s.recherche, s.id)))


def _mentions(session: Session, actor: Acteur, connue: PersonneKnown) -> list[Mention]:
    """Texts of the actor's département that name her, sort by sort; of every département for an administrator."""
    marks = connue.personne.marks
    found = []
    for column, one, many in TEXTS if marks else ():
        named = or_(*(column.icontains(mark, autoescape=True) for mark in marks))
        if column is Presence.nom:  # those of her cards go with them: only the others are read by eye
            named &= Presence.contact_id.is_(None) | Presence.contact_id.not_in(connue.contacts)
        query = select(func.count()).select_from(column.class_).where(named)
        if column is COMMENT:
            count = count_naming(session, marks, *_declared_in(scope_of(actor)))
        else:
            count = session.scalar(_of_place(query, column.class_, scope_of(actor))) or 0
        found += [Mention(count, one, many)] if count else []
    return found


def _declared_in(departement: str | None) -> list[ColumnElement[bool]]:
    return [] if departement is None else [Declaration.departement_code == departement]


def _of_place(query: Any, model: Any, departement: str | None) -> Any:
    if departement is None:
        return query
    if hasattr(model, "departement_code"):
        return query.where(model.departement_code == departement)
    if model is Engagement:
        return query.join(Convention, Convention.id == model.convention_id).where(
            Convention.departement_code == departement
        )
    if model in (Demarche, ValeurPropre):
        return query.join(Signataire, Signataire.id == model.signataire_id).where(
            Signataire.departement_code == departement
        )
    if hasattr(model, "rencontre_id"):
        return query.join(Rencontre, Rencontre.id == model.rencontre_id).where(
            Rencontre.departement_code == departement
        )
    return query.join(Declaration, Declaration.id == model.declaration_id).where(
        Declaration.departement_code == departement
    )
