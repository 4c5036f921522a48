"""What a due task does: the use case behind each code of task (R12, R19)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from paqte.domain.calendrier.campagnes import COURRIELS, task_kind
from paqte.domain.calendrier.periodes import Periode, last_closed, local_date
from paqte.domain.calendrier.planification import is_worth_a_mail
from paqte.domain.documents.commun.genre import GenreDocument
from paqte.domain.documents.registre import BILAN, DOCUMENTS, SOMMES
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import db
from paqte.queries.comptes.comptes import open_referents
from paqte.queries.editions.nation import issued_sommes
from paqte.services.courriels import TacheReady, ask_task, awaited_link, queue_mail, remind, tell_somme, write_mail
from paqte.services.editions import (
    EditionIssued,
    NothingToSum,
    freeze_edition,
    issue_somme,
    publish_edition,
    publish_somme,
)
from paqte.services.planificateur.taches import Claim, Clock, TacheDone, UseCase, Workshop, do_claimed, run_due
from paqte.services.reglages import plan_all


def courriels(prise: Claim, place: Workshop) -> TacheDone:
    """An opening, a reminder, the reading: mails to those it concerns now; none when missed by more than a week."""
    now = prise.prise_le
    if not is_worth_a_mail(prise.due_le, now):
        return TacheDone("Sans objet : ce jour est passé depuis plus d’une semaine, aucun courriel n’est parti.")
    sent = remind(
        departement=prise.departement,
        periode=prise.periode,
        etape=prise.travail,
        now=now,
        base_url=place.base_url,
    )
    return TacheDone("Aucun courriel : rien n’attendait" if sent == 0 else f"{sent} courriel{'s' if sent > 1 else ''}")


def publications() -> dict[str, UseCase]:
    """What produces each document: they must exist before anybody comes, and the command line may make them too."""
    return {genre.travail: partial(_once_asked, partial(_produced, genre)) for genre in DOCUMENTS.values()}


def sommes() -> dict[str, UseCase]:
    """What sums up each territory, once its départements have had their time."""
    return {genre.travail: _somme_done for genre in SOMMES.values()}


def use_cases() -> dict[str, UseCase]:
    """What a planned task does on its day, by what it is (domain/calendrier/campagnes.py says which day)."""
    return {**publications(), **sommes(), **dict.fromkeys(COURRIELS, partial(_once_asked, courriels))}


def _once_asked(use_case: UseCase, prise: Claim, place: Workshop) -> TacheDone:
    """Do a task that came due, once its reason was asked again: it may have failed, or waited, since it was planned."""
    asking = TacheReady(db.session(), prise.travail, prise.departement, prise.periode, prise.prise_le)
    found = ask_task(asking)
    db.session.rollback()
    if found.reason:
        return TacheDone(f"Sans objet : {found.reason}", until=found.until)
    return use_case(prise, place)


def produce_due(
    *, place: Workshop, clock: Clock, is_stopping: Callable[[], bool] = lambda: False
) -> list[tuple[Claim, TacheDone]]:
    """Plan, then produce every document that is due and not another's, the longest due first."""
    plan_all(now=clock())
    return run_due(use_cases=publications(), place=place, clock=clock, is_stopping=is_stopping)


def produce_last_closed(*, place: Workshop, departement: str, clock: Clock) -> tuple[Claim, TacheDone] | None:
    """Produce the bilan of the last semester that is over, due or not yet; None when it has been done."""
    genre = DOCUMENTS[BILAN]
    periode = last_closed(local_date(clock(), departement), genre.rythme)
    return do_claimed(
        use_case=partial(_produced, genre),
        place=place,
        travail=genre.travail,
        departement=departement,
        periode=periode,
        clock=clock,
    )


def _produced(genre: GenreDocument, prise: Claim, place: Workshop) -> TacheDone:
    """The first edition, made now, by hand, or by a holder that fell silent after making it; then its files."""
    actor, now = PLANIFICATEUR, prise.prise_le
    edition = freeze_edition(
        genre,
        actor=actor,
        departement=prise.departement,
        periode=prise.periode,
        now=now,
        is_first_only=True,
        reports=place.reports,
    )
    path = publish_edition(actor=actor, edition_id=edition.id, reports=place.reports, now=now)

    def tell(session: Session) -> None:
        _tell_referents(session, genre, edition, place.base_url, now)

    return TacheDone(f"Édition {edition.numero} ({edition.sha256[:12]})", path, tell)


def _somme_done(prise: Claim, place: Workshop) -> TacheDone:
    """The first edition of a territory's sum, asked again each day until a département has issued something.

    On the days after, the next edition where something changed since the last one (R19); none without a first.
    """
    is_again = prise.travail != task_kind(prise.travail)
    known = issued_sommes(actor=PLANIFICATEUR, periode=prise.periode.code, territoire=prise.departement)
    if is_again and not known:
        return TacheDone("Sans objet : la première édition n’est pas produite")
    try:
        return _somme_produced(prise, place, is_again=is_again)
    except NothingToSum as nothing:
        return TacheDone(f"En attente : {nothing}", until=None if is_again else prise.prise_le + timedelta(days=1))


def _somme_produced(prise: Claim, place: Workshop, *, is_again: bool) -> TacheDone:
    actor, now = PLANIFICATEUR, prise.prise_le
    issued = issue_somme(
        actor=actor,
        territoire=prise.departement,
        periode=prise.periode,
        now=now,
        is_first_only=not is_again,
        reports=place.reports,
    )
    path = publish_somme(actor=actor, edition_id=issued.id, reports=place.reports, now=now)
    # Or made by a holder of this very task that fell silent after: its mails are still to be written. What a person
    # made was told as it was made.
    is_ours = issued.is_new or (issued.par == actor.nom and issued.created_at >= prise.due_le)
    if is_again and not is_ours:
        return TacheDone(f"Rien n’a changé depuis l’édition {issued.numero}")

    def tell(session: Session) -> None:
        tell_somme(session, issued.id, base_url=place.base_url, now=now)

    return TacheDone(f"Édition {issued.numero} ({issued.sha256[:12]})", path, tell if is_ours else None)


# The mail that tells of a document, where it has one of its own.
MODELES: Mapping[str, str] = {BILAN: "bilan"}


def _tell_referents(
    session: Session, genre: GenreDocument, edition: EditionIssued, base_url: str, now: datetime
) -> None:
    """The référents of the département, and nobody else: what goes outside is sent by one of them (R40)."""
    periode, modele = Periode.from_code(edition.periode), MODELES.get(genre.code, "document")
    told = {
        "departement": edition.departement,
        "periode": periode.libelle,
        "edition": edition.numero,
        "lien": awaited_link(base_url, f"/bilans/{edition.id}"),
    }
    words = {"titre": genre.titre, "du_periode": periode.du_libelle}
    words |= {"le_titre": genre.le_titre, "du": genre.du, "e": genre.e}
    for one in open_referents(edition.departement):
        queue_mail(
            session,
            write_mail(modele, one.courriel, **told, **words),
            motif=genre.travail,
            now=now,
            departement=edition.departement,
            pour=one.utilisateur_id,
            appui={"edition": edition.id},
        )
