"""The offline form of a declaration sent by its référent to whoever her card names: drawn as it leaves (R13)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.courriels import FORMULAIRE
from paqte.domain.statuts.declarations import SAISIR, may
from paqte.models import ContactSignataire, Declaration
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.perimetre import to_change
from paqte.queries.reglages import read_agenda
from paqte.services.courriels import queue_mail, write_mail
from paqte.services.transaction import note, transaction

SENT_ALREADY = "Cette déclaration est transmise : son formulaire ne servirait plus."
NOBODY = "Aucun contact de cette entreprise n’a d’adresse : complétez sa fiche, ou envoyez-lui le formulaire vous-même."


def send_form(*, actor: Acteur, now: datetime, declaration_id: int) -> int:
    """Queue the form for each contact of the card that has an address; gives how many.

    NotFound for a declaration that the actor may not change; Refused once it was sent, or when no card has an address.
    """
    with transaction(actor=actor, now=now) as session:
        to_change(session, Declaration, declaration_id, actor, "Cette déclaration")
        page = read_declaration(actor=actor, declaration_id=declaration_id)
        if not may(page.etat, SAISIR):
            raise Refused(SENT_ALREADY)
        c = ContactSignataire
        query = select(c).where(c.signataire_id == page.signataire_id, c.courriel != "").order_by(c.id)
        contacts = list(session.scalars(query))
        if not contacts:
            raise Refused(NOBODY)
        due = read_agenda(page.departement).campagne(page.periode).echeance
        for contact in contacts:
            message = write_mail(
                "formulaire",
                contact.courriel,
                nom=contact.nom,
                signataire=page.signataire,
                periode=page.periode.libelle,
                par=actor.nom,
                echeance=f"{due:%d/%m/%Y}",
            )
            queue_mail(
                session,
                message,
                motif=FORMULAIRE,
                now=now,
                departement=page.departement,
                nomme=[f"contact_signataire/{contact.id}"],
                appui={"declaration": page.id, "contact": contact.id},
            )
        note(session, "envoyer_formulaire", "declaration", page.id)
        return len(contacts)
