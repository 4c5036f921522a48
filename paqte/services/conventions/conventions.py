"""Conventions typed in and corrected (R1–R8); signing, ending and renewing are in services/conventions/suites.py."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.attendus import covered_periods
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.conventions.engagements import axes_of, target_years
from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.nombres import written
from paqte.domain.saisie.saisies import as_typed
from paqte.domain.saisie.textes import clean_line, clean_lines
from paqte.domain.statuts.conventions import (
    DISPOSITIFS,
    PAQTE,
    PLAN_10000,
    PROJET,
    RYTHMES,
    SIGNEE,
    STATUTS,
    TRANSITIONS,
    TRIMESTRE,
    Dates,
    date_errors,
    date_warnings,
    fin_triennale,
)
from paqte.domain.statuts.declarations import ETATS as ETATS_DECLARATION
from paqte.domain.statuts.declarations import TRANSMISE, VALIDEE
from paqte.models import Convention, Declaration, Departement, Engagement, Journal, Objectif, Signataire
from paqte.queries.perimetre import to_change
from paqte.services.conventions.anteriorites import NOT_ASKED, AnterioritesTyped, covered_now, keep_former
from paqte.services.conventions.debut import note_complete, start_departement
from paqte.services.transaction import transaction

WHAT = "Cette convention"
LENGTHS = {"cosignataire": 200, "notes": 4_000}
MEANWHILE = "Quelqu’un d’autre a modifié cette convention pendant votre saisie : comparez, puis enregistrez à nouveau."
YET_TO_COME = "Cette date est à venir : enregistrez la signature quand elle a eu lieu."


@dataclass(frozen=True, slots=True)
class ConventionTyped:
    """A convention as typed. `fin` None asks for three years minus one day (R1); signed as soon as it has a date."""

    dispositif: str
    debut: date | None
    fin: date | None = None
    rythme: str = TRIMESTRE
    signee_le: date | None = None
    cosignataire: str = ""
    is_in_plan_10000: bool = False
    notes: str = ""


@dataclass(frozen=True, slots=True)
class ConventionSaved:
    """A convention saved, and what is unusual in it, in sentences (R1)."""

    convention_id: int
    avertissements: tuple[str, ...]


def create_convention(
    *,
    actor: Acteur,
    signataire_id: int,
    termes: ConventionTyped,
    now: datetime,
    anterieures: AnterioritesTyped = NOT_ASKED,
) -> ConventionSaved:
    """Record a convention of a signatory, as a projet or, with a date of signature, signed (R4).

    The first one of a département starts its use of PAQTE: bilans are owed from the present semester on (R12).
    Of the followed periods whose due date is over it owes those that `anterieures` asks, from today (R42). NotFound for
    another département's signatory; Refused beside each field at fault.
    """
    with transaction(actor=actor, now=now) as session:
        signataire = to_change(session, Signataire, signataire_id, actor, "Ce signataire")
        departement = signataire.departement_code
        checked = check_terms(termes, local_date(now, departement))
        convention = Convention(
            signataire_id=signataire.id,
            departement_code=departement,
            numero=next_number(session, departement, _start(checked).year),
            statut=PROJET,
            created_at=now,
        )
        _keep_terms(convention, checked)
        start_departement(session, departement, now)
        session.add(convention)
        session.flush()
        keep_former(session, convention, (), anterieures, now)
        return ConventionSaved(convention.id, warnings_of(session, convention))


def change_convention(
    *,
    actor: Acteur,
    convention_id: int,
    version: int | None,
    termes: ConventionTyped,
    now: datetime,
    anterieures: AnterioritesTyped = NOT_ASKED,
) -> ConventionSaved:
    """Correct a convention; a projet given its date of signature becomes signed (R4).

    Of the periods whose due date is over and that it did not cover before, it owes those that `anterieures` asks (R42).

    Refused when the new terms contradict what is already promised or declared; Conflict when somebody saved since.
    """
    with transaction(actor=actor, now=now) as session:
        convention = convention_to_change(session, convention_id, actor, version)
        checked = check_terms(termes, local_date(now, convention.departement_code))
        errors = _contradictions(session, convention, checked)
        if errors:
            raise Refused(errors)
        before = covered_now(convention)
        _keep_terms(convention, checked)
        if convention.statut != PROJET:
            start_departement(session, convention.departement_code, now)
        session.flush()
        keep_former(session, convention, before, anterieures, now)
        note_complete(session, convention, now)
        return ConventionSaved(convention.id, warnings_of(session, convention))


def convention_to_change(session: Session, convention_id: int, actor: Acteur, version: int | None) -> Convention:
    """The convention, if the actor may change it and nobody did since `version`; NotFound, Conflict."""
    convention = to_change(session, Convention, convention_id, actor, WHAT)
    if convention.version != version:
        raise Conflict(MEANWHILE, _terms_as_typed(convention))
    return convention


def next_statut(statut: str, act: str) -> str:
    """Status after the act; Refused when the table of transitions has none (R4)."""
    try:
        return TRANSITIONS[(statut, act)]
    except KeyError:
        raise Refused(f"Cela ne se peut pas pour une convention « {STATUTS[statut].lower()} ».") from None


def next_number(session: Session, departement: str, annee: int) -> str:
    """41-2026-003: the next one of the département for the year in which the convention starts.

    The département's row is locked, so that two people typing at once never draw the same number. That of a convention
    removed since is never given again: mails, files and the journal name it.
    """
    session.scalar(select(Departement.code).where(Departement.code == departement).with_for_update())
    prefix = f"{departement}-{annee}-"
    taken = session.scalars(select(Convention.numero).where(Convention.numero.startswith(prefix, autoescape=True)))
    given = [*taken, *_numbers_removed(session, departement)]
    ranks = [int(rank) for numero in given if (rank := numero.removeprefix(prefix)).isdigit()]
    return f"{prefix}{max(ranks, default=0) + 1:03}"


def _numbers_removed(session: Session, departement: str) -> list[str]:
    j = Journal
    removed = (j.departement_code == departement, j.objet == "convention", j.acte == "supprimer")
    return [str(json.loads(avant).get("numero", "")) for avant in session.scalars(select(j.avant).where(*removed))]


def check_terms(termes: ConventionTyped, day: date) -> ConventionTyped:
    """The terms cleaned and completed (R1, R8); Refused with every fault at once. `day` is today's civil date."""
    errors = date_errors(termes.debut, termes.fin)
    if termes.debut is not None and not errors:
        termes = replace(termes, fin=termes.fin or fin_triennale(termes.debut))
    termes = replace(
        termes,
        cosignataire=clean_line(termes.cosignataire)[0],
        notes=clean_lines(termes.notes)[0],
        is_in_plan_10000=termes.is_in_plan_10000 or termes.dispositif == PLAN_10000,
    )
    if termes.dispositif not in DISPOSITIFS:
        errors["dispositif"] = "Choisissez le dispositif dans la liste."
    if termes.rythme not in RYTHMES:
        errors["rythme"] = "Choisissez le rythme dans la liste."
    if termes.signee_le and termes.signee_le > day:
        errors["signee_le"] = YET_TO_COME
    elif termes.signee_le and termes.fin and "fin" not in errors and termes.signee_le > termes.fin:
        errors["signee_le"] = "La signature suit la fin de la convention : vérifiez ces dates."
    for name, limit in LENGTHS.items():
        if len(getattr(termes, name)) > limit:
            errors[name] = f"Ce texte est trop long : {written(limit)} caractères au plus."
    if errors:
        raise Refused(errors)
    return termes


def warnings_of(session: Session, convention: Convention) -> tuple[str, ...]:
    """What is unusual in a convention, in sentences that block nothing (R1)."""
    found = []
    if convention.dispositif == PAQTE:
        found += date_warnings(convention.debut, convention.fin, convention.signee_le)
    others = select(Convention).where(
        Convention.signataire_id == convention.signataire_id,
        Convention.dispositif == convention.dispositif,
        Convention.statut != PROJET,
        Convention.id != convention.id,
    )
    found += [
        f"Ces dates chevauchent la convention {other.numero} : les mêmes résultats seraient déclarés deux fois."
        for other in session.scalars(others.order_by(Convention.numero))
        if other.debut <= convention.fin and _effective_end(other) >= convention.debut
    ]
    return tuple(found)


def _keep_terms(convention: Convention, checked: ConventionTyped) -> None:
    for field in fields(checked):
        setattr(convention, field.name, getattr(checked, field.name))
    if convention.statut == PROJET and checked.signee_le:
        convention.statut = next_statut(PROJET, "signer")


def _start(checked: ConventionTyped) -> date:
    assert checked.debut is not None, "check_terms refuses a convention without a start"
    return checked.debut


def _effective_end(convention: Convention) -> date:
    return Dates(convention.statut, convention.debut, convention.fin, convention.resiliee_le).effective_end


def _contradictions(session: Session, convention: Convention, checked: ConventionTyped) -> dict[str, str]:
    """What the new terms would belie: the signature, the promises, the declarations."""
    declared = _declared_periods(session, convention.id)
    errors = _broken_promises(session, convention, checked)
    if convention.statut != PROJET and checked.signee_le is None:
        errors["signee_le"] = "Une convention signée garde sa date de signature."
    if convention.statut != PROJET and checked.dispositif != convention.dispositif:
        errors["dispositif"] = "Une convention signée garde son dispositif : préparez plutôt la convention qui la suit."
    if declared and checked.rythme != convention.rythme:
        errors["rythme"] = "Des déclarations existent déjà à l’autre rythme : il ne peut plus changer."
    debut, fin = _start(checked), checked.fin or _start(checked)
    # An early end has its own bounds below: what was answered is before it.
    sentence = answered_outside(session, convention.id, Dates(SIGNEE, debut, fin), convention.rythme)
    if sentence:
        errors["debut" if debut > convention.debut else "fin"] = sentence
    if convention.resiliee_le and not debut <= convention.resiliee_le <= fin:
        errors["fin"] = f"La fin anticipée du {convention.resiliee_le:%d/%m/%Y} tomberait hors de ces dates."
    return errors


def answered_outside(session: Session, convention_id: int, dates: Dates, rythme: str) -> str:
    """Why such dates cannot be: declarations sent or validated, named, would be outside; '' when none would (R45).

    What was only begun counts in no figure: it stays as it is.
    """
    d = Declaration
    query = select(d.periode, d.etat).where(d.convention_id == convention_id, d.etat.in_((TRANSMISE, VALIDEE)))
    sent = sorted(((Periode.from_code(code), etat) for code, etat in session.execute(query)), key=lambda s: s[0].debut)
    out = [(p, etat) for p, etat in sent if p not in covered_periods(dates, rythme, p)]
    if not out:
        return ""
    named = ", ".join(f"{p.libelle} ({ETATS_DECLARATION[etat].lower()})" for p, etat in out)
    return (
        f"Ces déclarations tomberaient hors de la convention : {named}. Rouvrez d’abord celles qui sont validées, et "
        "demandez des précisions sur celles qui sont transmises."
    )


def _broken_promises(session: Session, convention: Convention, checked: ConventionTyped) -> dict[str, str]:
    grid = catalogue()
    axes = {axe.code for axe in axes_of(grid, checked.dispositif, checked.is_in_plan_10000)}
    codes = session.scalars(select(Engagement.indicateur).where(Engagement.convention_id == convention.id)).all()
    errors = {}
    if any(code in grid.indicateurs and grid.indicateurs[code].axe not in axes for code in codes):
        name = "is_in_plan_10000" if convention.is_in_plan_10000 and not checked.is_in_plan_10000 else "dispositif"
        errors[name] = "Des engagements sont déjà pris à ce titre : retirez-les d’abord de la convention."
    query = select(func.max(Objectif.annee)).join(Engagement, Engagement.id == Objectif.engagement_id)
    last = session.scalar(query.where(Engagement.convention_id == convention.id)) or 0
    if checked.fin and last > target_years(_start(checked), checked.fin):
        errors["fin"] = f"Un objectif est fixé pour l’année {last} : retirez-le d’abord, ou gardez cette durée."
    return errors


def _declared_periods(session: Session, convention_id: int) -> list[Periode]:
    query = select(Declaration.periode).where(Declaration.convention_id == convention_id).order_by(Declaration.periode)
    return [Periode.from_code(code) for code in session.scalars(query)]


def _terms_as_typed(convention: Convention) -> dict[str, str]:
    """The values in the base as the form writes them, by field."""
    shown = {f.name: as_typed(getattr(convention, f.name)) for f in fields(ConventionTyped)}
    return shown | {"version": str(convention.version)}
