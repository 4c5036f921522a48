"""Since when a préfecture uses PAQTE: set by its first convention, corrected by its référent (R12)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from paqte.domain.calendrier.agenda import followed
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import CHARTE, PROJET
from paqte.models import Convention, Departement
from paqte.queries.conventions.debut import read_start
from paqte.queries.perimetre import require_departement
from paqte.services.conventions.anteriorites import keep_former_of_all
from paqte.services.reglages import plan_departement
from paqte.services.transaction import transaction

CHANGED = "Quelqu’un d’autre a changé ce semestre pendant votre saisie : comparez, puis enregistrez."


def start_departement(session: Session, departement: str, now: datetime) -> None:
    """Let the préfecture's bilans be owed from the present semester on, in the caller's transaction.

    One that uses PAQTE already keeps its first semester.
    """
    row = session.get_one(Departement, departement, with_for_update=True)
    if row.premier_semestre is None:
        row.premier_semestre = Periode.containing(local_date(now, departement), "S").code
        plan_departement(session, departement, now=now)


def note_complete(session: Session, convention: Convention, now: datetime) -> None:
    """Remember the day a département has its first complete convention: signed, and promising something (R43).

    In the caller's transaction; what is planned follows.
    """
    if convention.statut == PROJET or convention.dispositif == CHARTE or not convention.engagements:
        return
    row = session.get_one(Departement, convention.departement_code, with_for_update=True)
    today = local_date(now, row.code)
    if row.premiere_complete_le is None or today < row.premiere_complete_le:
        row.premiere_complete_le = today
        plan_departement(session, row.code, now=now)


def change_start(
    *,
    actor: Acteur,
    departement: str,
    version: int | None,
    semestre: Periode | None,
    now: datetime,
    is_owed: bool = False,
) -> None:
    """Set the first semester of which the bilan is owed; an earlier one makes the bilans since then due.

    A convention typed after the due date of a period that becomes followed owes it only if `is_owed`, and from today
    (R42).

    Refused for a semester yet to come or before the first convention; `version` is DebutLu.version of what the page
    showed, Conflict when it changed meanwhile.
    """
    require_departement(actor, departement)
    with transaction(actor=actor, now=now) as session:
        row = session.get_one(Departement, departement, with_for_update=True)
        current = read_start(actor=actor, departement=departement, now=now)
        if version != current.version:
            shown = current.premier.code if current.premier else ""
            raise Conflict(CHANGED, {"semestre": shown, "version": str(current.version)})
        if semestre is None or semestre not in current.possibles:
            raise Refused({"semestre": _expected(semestre, current.possibles)})
        before = {p.code for p in followed(row.premier_semestre, local_date(now, departement))}
        row.premier_semestre = semestre.code
        session.flush()
        fresh = [p for p in followed(semestre.code, local_date(now, departement)) if p.code not in before]
        keep_former_of_all(session, departement, fresh, now, is_owed=is_owed)
        plan_departement(session, departement, now=now)


def _expected(semestre: Periode | None, possibles: tuple[Periode, ...]) -> str:
    if semestre is None or semestre.genre != "S":
        return "Choisissez un semestre, par exemple 2026-S1."
    if semestre.debut > possibles[0].debut:
        return f"Ce semestre est à venir : choisissez au plus tard le {possibles[0].libelle}."
    return (
        f"Aucune convention n’est saisie avant le {possibles[-1].libelle} : choisissez à partir de celui-là, "
        "ou saisissez d’abord les conventions plus anciennes."
    )
