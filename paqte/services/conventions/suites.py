"""What becomes of a convention: its signature, its signed text, its early end, the one that follows it (R4, R7)."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.conventions.engagements import offered, target_years
from paqte.domain.conventions.renouvellement import Promesse, Reprise, carried_references
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.nombres import written
from paqte.domain.saisie.textes import clean_lines
from paqte.domain.statuts.conventions import CHARTE, PAQTE, PROJET, RESILIEE, SIGNEE, Dates, fin_triennale
from paqte.models import Convention, Declaration, Engagement, Objectif
from paqte.queries.declarations.faits import validated_facts_of
from paqte.queries.suivi.entreprise_chiffres import told_for_a_year
from paqte.services.conventions.anteriorites import NOT_ASKED, AnterioritesTyped, keep_former
from paqte.services.conventions.conventions import (
    YET_TO_COME,
    ConventionSaved,
    answered_outside,
    convention_to_change,
    next_number,
    next_statut,
    warnings_of,
)
from paqte.services.conventions.debut import note_complete, start_departement
from paqte.services.conventions.engagements import note_promises
from paqte.services.conventions.fichiers import examine_signed, keep_pdf
from paqte.services.transaction import transaction

MAX_MOTIF = 1_000


def sign_convention(
    *,
    actor: Acteur,
    convention_id: int,
    version: int | None,
    signee_le: date | None,
    now: datetime,
    anterieures: AnterioritesTyped = NOT_ASKED,
) -> ConventionSaved:
    """Record the signature of a projet (R4). Refused without a date, or with one yet to come.

    Of the followed periods whose due date is over it owes those that `anterieures` asks, from today (R42).
    """
    with transaction(actor=actor, now=now) as session:
        convention = convention_to_change(session, convention_id, actor, version)
        statut = next_statut(convention.statut, "signer")
        if signee_le is None:
            raise Refused({"signee_le": "Indiquez la date de signature, par exemple 31/12/2026."})
        if signee_le > local_date(now, convention.departement_code):
            raise Refused({"signee_le": YET_TO_COME})
        if signee_le > convention.fin:
            raise Refused({"signee_le": "La signature suit la fin de la convention : vérifiez ces dates."})
        convention.signee_le, convention.statut = signee_le, statut
        start_departement(session, convention.departement_code, now)
        session.flush()
        keep_former(session, convention, (), anterieures, now)
        note_complete(session, convention, now)
        return ConventionSaved(convention.id, warnings_of(session, convention))


def end_convention(
    *, actor: Acteur, convention_id: int, version: int | None, resiliee_le: date | None, motif: str, now: datetime
) -> None:
    """End a signed convention before its term (R4): a date inside the term and a reason are required.

    Refused, naming them, when declarations sent or validated would fall after its end (R45).
    """
    reason = clean_lines(motif)[0]
    with transaction(actor=actor, now=now) as session:
        convention = convention_to_change(session, convention_id, actor, version)
        statut = next_statut(convention.statut, "resilier")
        errors = {}
        if resiliee_le is None or not convention.debut <= resiliee_le <= convention.fin:
            first, last = f"{convention.debut:%d/%m/%Y}", f"{convention.fin:%d/%m/%Y}"
            errors["resiliee_le"] = f"Indiquez le dernier jour de la convention, entre le {first} et le {last}."
        else:
            dates = Dates(statut, convention.debut, convention.fin, resiliee_le)
            if sentence := answered_outside(session, convention.id, dates, convention.rythme):
                errors["resiliee_le"] = sentence
        if not reason:
            errors["motif"] = "Expliquez pourquoi en une phrase : elle reste dans l’historique."
        elif len(reason) > MAX_MOTIF:
            errors["motif"] = f"Ce texte est trop long : {written(MAX_MOTIF)} caractères au plus."
        if errors:
            raise Refused(errors)
        convention.statut, convention.resiliee_le, convention.motif_resiliation = statut, resiliee_le, reason


def attach_signed_text(
    *,
    actor: Acteur,
    convention_id: int,
    version: int | None,
    nom: str,
    octets: bytes,
    now: datetime,
    antivirus: str = "",
) -> None:
    """Keep the PDF of the signed text, in place of a former one. Refused beside `texte` when it is not one."""
    examine_signed(octets, field="texte", antivirus=antivirus)
    with transaction(actor=actor, now=now) as session:
        convention = convention_to_change(session, convention_id, actor, version)
        fichier = keep_pdf(
            session,
            departement=convention.departement_code,
            nom=nom,
            octets=octets,
            default=f"Convention {convention.numero}",
            now=now,
        )
        session.flush()
        convention.texte_signe_id = fichier.id


def renew_convention(*, actor: Acteur, convention_id: int, version: int | None, now: datetime) -> ConventionSaved:
    """Open the projet that follows a signed convention, with its engagements; a charte becomes a PAQTE (R7).

    What was achieved over the last twelve months becomes the reference of each (R6).

    Refused for a projet or one ended early, and when a successor exists already.
    """
    with transaction(actor=actor, now=now) as session:
        former = convention_to_change(session, convention_id, actor, version)
        _refuse_renewal(session, former)
        debut = _successor_start(former, local_date(now, former.departement_code))
        successor = Convention(
            signataire_id=former.signataire_id,
            departement_code=former.departement_code,
            numero=next_number(session, former.departement_code, debut.year),
            dispositif=PAQTE if former.dispositif == CHARTE else former.dispositif,
            statut=PROJET,
            rythme=former.rythme,
            debut=debut,
            fin=fin_triennale(debut),
            cosignataire=former.cosignataire,
            is_in_plan_10000=former.is_in_plan_10000,
            precedente_id=former.id,
            created_at=now,
        )
        left_out = _carry_over(session, former, successor, local_date(now, former.departement_code))
        session.add(successor)
        session.flush()
        note_promises(session, successor, {})
        return ConventionSaved(successor.id, (*left_out, *warnings_of(session, successor)))


def _refuse_renewal(session: Session, former: Convention) -> None:
    if former.statut == PROJET:
        raise Refused("Cette convention est encore un projet : modifiez-la plutôt.")
    if former.statut == RESILIEE:
        raise Refused("Cette convention a pris fin avant son échéance : créez plutôt une nouvelle convention.")
    assert former.statut == SIGNEE
    follower = session.scalar(select(Convention.numero).where(Convention.precedente_id == former.id))
    if follower:
        raise Refused(f"La convention {follower} prend déjà la suite de celle-ci.")


def _successor_start(former: Convention, day: date) -> date:
    """The day after the former one, today when that is past; a charte is replaced without waiting (R7)."""
    after = former.fin + timedelta(days=1)
    return day if former.dispositif == CHARTE else max(after, day)


def _carry_over(session: Session, former: Convention, successor: Convention, today: date) -> tuple[str, ...]:
    """Copy the promises that still have a meaning, with what was achieved as reference; what to know of it."""
    grid = catalogue()
    years = target_years(successor.debut, successor.fin)
    alive = {i.code for axe in grid.axes for i in offered(grid, axe, successor.debut, successor.fin)}
    kept = [e for e in former.engagements if e.indicateur in alive]
    promesses = [Promesse(e.id, e.indicateur, e.reference) for e in kept]
    faits, annees = validated_facts_of(session, former.id), told_for_a_year(Declaration.convention_id == former.id)
    reprise = carried_references(promesses, faits, former.rythme, today, grid, fin=former.fin, annees=annees)
    for engagement in kept:
        successor.engagements.append(_copied(engagement, years, reprise.references[engagement.id]))
    return (*_told_references(kept, reprise), *_told_dropped(former, alive))


def _told_references(kept: Sequence[Engagement], reprise: Reprise) -> tuple[str, ...]:
    codes = [e.indicateur for e in kept if e.id in reprise.realisees]
    partial = [e.indicateur for e in kept if e.id in reprise.partielles]
    window = f"du {reprise.du:%d/%m/%Y} au {reprise.au:%d/%m/%Y}"
    told = [f"Les références reprennent le réalisé {window} : {', '.join(codes)}. Vérifiez-les."] if codes else []
    if partial:
        told.append(f"Des périodes manquent {window} : l’ancienne référence reste pour {', '.join(partial)}.")
    return tuple(told)


def _told_dropped(former: Convention, alive: Set[str]) -> tuple[str, ...]:
    dropped = sorted({e.indicateur for e in former.engagements} - alive)
    if not dropped:
        return ()
    return (f"Ces mesures ont pris fin et n’ont pas été reprises : {', '.join(dropped)}.",)


def _copied(engagement: Engagement, years: int, reference: Decimal | None) -> Engagement:
    return Engagement(
        indicateur=engagement.indicateur,
        rang=engagement.rang,
        libelle=engagement.libelle,
        unite=engagement.unite,
        reference=reference,
        precision=engagement.precision,
        objectifs=[Objectif(annee=o.annee, cible=o.cible) for o in engagement.objectifs if o.annee <= years],
    )
