"""The demonstration of Loir-et-Cher: invented from end to end, entered through the use cases people use."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.jeux.demonstration.comptes import BRUNO, INES, attach, links, open_accounts
from paqte.jeux.demonstration.conventions import enter_conventions, enter_own_columns, enter_signataire
from paqte.jeux.demonstration.declarations import (
    VALIDATED_AFTER,
    DeclarationTold,
    enter_after_bilan,
    enter_declaration,
    entries,
)
from paqte.jeux.demonstration.donnees import (
    BILAN_AFTER,
    BILAN_AGAIN_AFTER,
    DEPARTEMENT,
    Story,
    StoryDates,
    signataires,
)
from paqte.jeux.demonstration.editions import Issued, issue_bilan, publish
from paqte.jeux.demonstration.nation import load_nation
from paqte.jeux.demonstration.pilotage import enter_actions, enter_pilotage
from paqte.jeux.demonstration.prospects import enter_prospects
from paqte.jeux.demonstration.rencontres import enter_meetings
from paqte.jeux.fictif import fictitious_siret
from paqte.models import Signataire, Utilisateur, db
from paqte.queries.conventions.debut import read_start
from paqte.services.conventions.debut import change_start
from paqte.services.courriels.relances import remind_company
from paqte.services.ensemble import all_or_nothing

__all__ = ["DEPARTEMENT", "is_base_empty", "links", "load_demonstration", "load_nation"]
# The référente reminded two days ago.
REMINDED_BEFORE = timedelta(days=2)


def is_base_empty() -> bool:
    """Whether nobody signed anything and nobody has an account."""
    found = db.session.scalar(select(Signataire.id).limit(1)) or db.session.scalar(select(Utilisateur.id).limit(1))
    db.session.rollback()
    return found is None


def load_demonstration(*, now: datetime, base_url: str = "", reports: Path | None = None) -> str:
    """Enter the whole demonstration, or nothing, and say what there is. Refused unless the base is empty.

    `base_url` is the address that the mails of the present quarter lead to ("": nobody is written to), `reports` where
    the two editions of its bilan are put (None: they stay in the base).
    """
    if not is_base_empty():
        raise Refused("La base contient déjà des données : la démonstration ne se charge que dans une base vide.")
    today = local_date(now, DEPARTEMENT)
    calendrier = StoryDates(last_closed(today, "S"), today)
    with all_or_nothing():
        recit = Story(open_accounts(now), calendrier, now, base_url)
        told = _enter_signataires(recit)
        issued = _enter_declarations(recit, told, reports)
    if reports is not None:
        publish(issued, reports)
    conventions = sum(len(conte.conventions) for conte in signataires())
    return f"{len(signataires())} signataires, {conventions} conventions, {len(told)} déclarations"


def _enter_signataires(recit: Story) -> list[DeclarationTold]:
    """Who signed and what; gives the declarations to enter, oldest period first."""
    known = [(conte, enter_signataire(recit, rank, conte)) for rank, conte in enumerate(signataires())]
    entered = []
    for are_recent in (False, True):
        for conte, signataire_id in known:
            keys = enter_conventions(recit, signataire_id, conte, are_recent=are_recent)
            told = [contee for contee in conte.conventions if contee.is_recent == are_recent]
            entered += [(conte.cle, contee, key) for contee, key in zip(told, keys, strict=True)]
    _start_with(recit)
    return list(entries(entered, recit.calendrier))


def _enter_declarations(recit: Story, told: list[DeclarationTold], reports: Path | None) -> list[Issued]:
    """What was answered, the bilan and what came after it, then the quarter that runs; gives the editions made."""
    semestre, keys = recit.calendrier.semestre, _keys()
    enter_own_columns(recit, keys)
    answering = attach(recit.actor, BRUNO, keys, recit.moment(semestre.debut))
    closed = [entree for entree in told if entree.periode.fin <= semestre.fin]
    for entree in closed:
        enter_declaration(recit, entree, answering.get(entree.cle))
    enter_pilotage(recit)
    enter_actions(recit, keys)
    enter_meetings(recit, keys)
    enter_prospects(recit)
    issued = [issue_bilan(recit, PLANIFICATEUR, BILAN_AFTER, reports)]
    for entree in closed:
        enter_after_bilan(recit, entree, answering.get(entree.cle))
    issued.append(issue_bilan(recit, recit.actor, BILAN_AGAIN_AFTER, reports))
    answering |= attach(recit.actor, INES, keys, recit.moment(semestre.fin + BILAN_AGAIN_AFTER))
    for entree in told:
        if entree not in closed:
            enter_declaration(recit, entree, answering.get(entree.cle))
    if recit.base_url:
        _remind(recit, keys[BRUNO.signataires[0]])
    return issued


def _remind(recit: Story, signataire_id: int) -> None:
    """The référente reminds Bruno of what waits for him, after the question she asked."""
    day = max(recit.calendrier.trimestre.fin + VALIDATED_AFTER, recit.calendrier.today - REMINDED_BEFORE)
    remind_company(actor=recit.actor, signataire_id=signataire_id, now=recit.moment(day), base_url=recit.base_url)


def _start_with(recit: Story) -> None:
    """The préfecture uses PAQTE since the last closed semester: no older bilan is due."""
    started = read_start(actor=recit.actor, departement=DEPARTEMENT, now=recit.now)
    change_start(
        actor=recit.actor,
        departement=DEPARTEMENT,
        version=started.version,
        semestre=recit.calendrier.semestre,
        now=recit.now,
    )


def _keys() -> dict[str, int]:
    """Key in the base of each signatory of the file."""
    by_number = dict(db.session.execute(select(Signataire.identifiant, Signataire.id)).all())
    return {conte.cle: by_number[fictitious_siret(rank)] for rank, conte in enumerate(signataires())}
