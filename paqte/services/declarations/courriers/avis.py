"""Telling a company's contacts by mail what became of their declaration."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from paqte.domain.personnes.acteurs import Acteur
from paqte.queries.comptes.comptes import contacts_invited
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.services.courriels import awaited_link, queue_mail, refusal_message, write_mail


def tell_contacts(
    session: Session,
    page: DeclarationShown,
    modele: str,
    *,
    actor: Acteur,
    now: datetime,
    base_url: str,
    **told: object,
) -> None:
    """Queue this mail for each contact of the declaration's signatory, in the caller's transaction.

    Without a public address (a demonstration being loaded, an import) nobody is told.
    """
    if not base_url:
        return
    for contact in contacts_invited(session, [page.signataire_id]).get(page.signataire_id, []):
        if contact.is_shadow:
            whose = {"nom": contact.nom, "departement": page.departement, "base_url": base_url}
            message = refusal_message(contact.courriel, **whose)
        else:
            message = write_mail(
                modele,
                contact.courriel,
                nom=contact.nom,
                signataire=page.signataire,
                periode=page.periode.libelle,
                par=actor.nom,
                lien=awaited_link(base_url, f"/entreprise/declarations/{page.id}"),
                **told,
            )
        queue_mail(
            session,
            message,
            motif=modele,
            now=now,
            departement=page.departement,
            pour=contact.utilisateur_id,
            appui={"declaration": page.id, "signataire": page.signataire_id},
        )
