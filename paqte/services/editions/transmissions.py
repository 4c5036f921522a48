"""A référent transmits an edition: the file, by mail, to whom she says; or notes that it went another way (R40).

Nothing leaves by itself. The mail is asked about again as it leaves (services/courriels/raisons), and what became
of it stands beside the edition.
"""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import Periode, local_date, time_zone
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.documents.reglages import recipients_setting
from paqte.domain.editions.transmissions import AUTREMENT, PAR_COURRIEL, read_addresses
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.fichiers import Download
from paqte.domain.secret import DIFFUSIONS
from paqte.domain.statuts.courriels import EDITION
from paqte.models import Departement, Edition, Transmission, db
from paqte.queries.editions.transmissions import file_of
from paqte.queries.perimetre import to_change
from paqte.queries.reglages import read_settings
from paqte.services.courriels import queue_mail, write_mail
from paqte.services.textes import fitted
from paqte.services.transaction import note, transaction

MESSAGE = 2_000
NOT_LAST = "Une édition plus récente existe : transmettez celle-là."
NO_PUBLISHABLE = (
    "Cette édition n’a pas de version publiable : transmettez la version interne, ou produisez une nouvelle édition."
)


def recipients_of(*, departement: str, genre: str) -> str:
    """The addresses set for a kind of document, as they are typed."""
    settings = read_settings(departement)
    return settings[recipients_setting(DOCUMENTS[genre])].valeur


def transmit_edition(
    *, actor: Acteur, now: datetime, edition_id: int, adresses: str, diffusion: str, message: str = ""
) -> int:
    """Queue a mail with the workbook for each address, and keep that it was done; gives how many.

    NotFound for an edition that the actor may not transmit; Refused beside its field for an address that is none, for
    an edition that another one replaced, for a publishable version that it does not have.
    """
    with transaction(actor=actor, now=now) as session:
        edition = _to_transmit(session, actor, edition_id)
        addresses = _addresses_typed(adresses)
        told = fitted(message, MESSAGE, "message")
        file = _file_of(edition, diffusion)
        words = _mail_told(edition, actor, file, diffusion, told)
        for address in addresses:
            mail = queue_mail(
                session,
                write_mail("edition_transmise", address, **words),
                motif=EDITION,
                now=now,
                departement=edition.departement_code,
                appui={"edition": edition.id, "diffusion": diffusion, "auteur": actor.utilisateur_id or 0},
            )
            session.flush()
            session.add(
                _row_of(
                    edition,
                    actor,
                    now,
                    destinataire=address,
                    diffusion=diffusion,
                    moyen=PAR_COURRIEL,
                    transmise_le=now,
                    courriel_id=mail.id,
                )
            )
        _note_transmission(session, edition, diffusion, PAR_COURRIEL, len(addresses))
        return len(addresses)


def note_transmission(*, actor: Acteur, now: datetime, edition_id: int, adresses: str, diffusion: str, le: date) -> int:
    """Keep that an edition was transmitted another way, on a day; gives to how many.

    Refused beside its field for a day to come, or before the edition was issued.
    """
    with transaction(actor=actor, now=now) as session:
        edition = to_change(session, Edition, edition_id, actor, "Cette édition")
        addresses = _addresses_typed(adresses)
        _file_of(edition, diffusion)
        place = edition.departement_code
        issued, today = local_date(edition.created_at, place), local_date(now, place)
        if not issued <= le <= today:
            raise Refused({"le": f"Donnez un jour entre le {issued:%d/%m/%Y}, où elle a été produite, et aujourd’hui."})
        when = now if le == today else datetime.combine(le, time(12), tzinfo=time_zone(place))
        for address in addresses:
            session.add(
                _row_of(
                    edition, actor, now, destinataire=address, diffusion=diffusion, moyen=AUTREMENT, transmise_le=when
                )
            )
        _note_transmission(session, edition, diffusion, AUTREMENT, len(addresses))
        return len(addresses)


def _to_transmit(session: Session, actor: Acteur, edition_id: int) -> Edition:
    edition: Edition = to_change(session, Edition, edition_id, actor, "Cette édition")
    e = Edition
    newest = session.scalar(
        select(func.max(e.numero)).where(
            e.departement_code == edition.departement_code,
            e.genre_document == edition.genre_document,
            e.periode == edition.periode,
        )
    )
    if newest != edition.numero:
        raise Refused(NOT_LAST)
    return edition


def _addresses_typed(text: str) -> tuple[str, ...]:
    try:
        return read_addresses(text)
    except ValueError as error:
        raise Refused({"adresses": str(error)}) from None


def _file_of(edition: Edition, diffusion: str) -> Download:
    found = file_of(edition.id, diffusion)
    if found is None:
        raise Refused({"diffusion": NO_PUBLISHABLE})
    return found


def _mail_told(edition: Edition, actor: Acteur, file: Download, diffusion: str, message: str) -> dict[str, object]:
    genre, place = DOCUMENTS[edition.genre_document], edition.departement_code
    nom = db.session.scalar(select(Departement.nom).where(Departement.code == place)) or place
    periode = Periode.from_code(edition.periode)
    return {
        "titre": genre.titre,
        "le_titre": genre.le_titre,
        "departement": f"{nom} ({place})",
        "periode": periode.libelle,
        "du_periode": periode.du_libelle,
        "edition": edition.numero,
        "diffusion": DIFFUSIONS[diffusion].lower(),
        "fichier": file.nom,
        "sha256": file.sha256,
        "par": actor.nom,
        "message": message,
    }


def _row_of(edition: Edition, actor: Acteur, now: datetime, **said: object) -> Transmission:
    return Transmission(
        edition_id=edition.id, departement_code=edition.departement_code, par=actor.nom, created_at=now, **said
    )


def _note_transmission(session: Session, edition: Edition, diffusion: str, moyen: str, count: int) -> None:
    told = {"version": diffusion, "moyen": moyen, "destinataires": count}
    note(session, "transmettre", "edition", edition.id, departement=edition.departement_code, apres=told)
