"""Other départements beside the Loir-et-Cher, for a région and a nation: one overseas, one late, one by workbook."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import update

from paqte.domain.calendrier.periodes import Periode, last_closed, local_date
from paqte.domain.conventions.rubriques import RYTHMES
from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT, Acteur
from paqte.domain.statuts.taches import FAITE, PREVUE
from paqte.jeux.demonstration.comptes import CAMILLE, NADIA, OPERATOR, ZOE, UtilisateurTold, acting, invite
from paqte.jeux.demonstration.conventions import enter_conventions, enter_signataire
from paqte.jeux.demonstration.declarations import enter_declaration, entries
from paqte.jeux.demonstration.donnees import (
    BILAN_AFTER,
    DEPARTEMENT,
    DepartementTold,
    Story,
    StoryDates,
    voisins,
)
from paqte.jeux.demonstration.editions import issue_bilan, issue_exports, publish
from paqte.models import Tache
from paqte.queries.conventions.debut import read_start
from paqte.services.conventions.debut import change_start
from paqte.services.editions.depots import deposit_bilans
from paqte.services.editions.recus_lus import WorkbookReceived
from paqte.services.ensemble import all_or_nothing, rehearsal
from paqte.services.pilotage.pilotage import ReferentTyped, add_referent
from paqte.services.pilotage.rubriques import write_rubrique
from paqte.services.reglages import plan_all
from paqte.services.transaction import transaction

LEFT = "Sans objet : dans la démonstration, laissé à la préfecture"
PRODUIT, RECU = "produit", "recu"
Received = dict[Periode, list[WorkbookReceived]]


def load_nation(*, now: datetime, reports: Path | None = None) -> str:
    """Enter the other départements of the demonstration, or none, and say what there is.

    Their bilans of three semesters, so that a sum has a past. To be called once the demonstration itself is loaded: who
    reads a nation has an account there.
    """
    calendrier = StoryDates(last_closed(local_date(now, DEPARTEMENT), "S"), local_date(now, DEPARTEMENT))
    others = voisins()
    received = _sent_before(calendrier, now)
    for told in (one for one in others if one.suite == RECU):
        for semestre, files in _sent_elsewhere(told, calendrier, now).items():
            received[semestre] = [*received.get(semestre, []), *files]
    issued = []
    with all_or_nothing():
        for told in (one for one in others if one.suite != RECU):
            recit = Story(_referent(told, now), calendrier, now, departement=told.code)
            _enter(recit, told)
            for semestre in _semesters(calendrier):
                if semestre != calendrier.semestre or told.suite == PRODUIT:
                    issued.append(issue_bilan(_at(recit, semestre), recit.actor, BILAN_AFTER, reports))
            if told.suite == PRODUIT:
                issued += issue_exports(recit, recit.actor, BILAN_AFTER, reports)
    for semestre, files in received.items():
        deposit_bilans(actor=acting(NADIA), fichiers=files, periode=semestre, now=now)
    if reports is not None:
        publish(issued, reports)
    _leave_to_people([told.code for told in others], now)
    return f"{len(others)} autres départements, dont {sum(one.suite == RECU for one in others)} par classeur"


def _semesters(calendrier: StoryDates) -> tuple[Periode, ...]:
    """Those whose bilans there are, the oldest first."""
    return calendrier.semestre.un_an_avant, calendrier.semestre.precedente, calendrier.semestre


def _at(recit: Story, semestre: Periode) -> Story:
    """The same story, where it stood after that semester."""
    return replace(recit, calendrier=replace(recit.calendrier, semestre=semestre))


def _leave_to_people(departements: list[str], now: datetime) -> None:
    """What is due there already stays as the story tells it: the scheduler would make the bilan of the late one."""
    plan_all(now=now)
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        t = Tache
        due = (t.departement_code.in_(departements), t.etat == PREVUE, t.due_le <= now)
        left = {"etat": FAITE, "prise_le": now, "finie_le": now, "message": LEFT}
        session.execute(update(t).where(*due).values(**left))


def _sent_elsewhere(told: DepartementTold, calendrier: StoryDates, now: datetime) -> Received:
    """The workbooks of a préfecture that works in another installation: nothing of it stands in this base."""
    with rehearsal():
        recit = Story(_referent(told, now), calendrier, now, departement=told.code)
        _enter(recit, told)
        return _workbooks(recit, *_semesters(calendrier))


def _sent_before(calendrier: StoryDates, now: datetime) -> Received:
    """Those that the Loir-et-Cher sent of the semesters before it worked in this base."""
    with rehearsal():
        recit = Story(acting(CAMILLE), calendrier, now)
        _follow(recit)
        return _workbooks(recit, *_semesters(calendrier)[:-1])


def _workbooks(recit: Story, *semesters: Periode) -> Received:
    with tempfile.TemporaryDirectory() as folder:
        made = [issue_bilan(_at(recit, semestre), recit.actor, BILAN_AFTER, None) for semestre in semesters]
        sent = [WorkbookReceived(path.name, path.read_bytes()) for path in publish(made, Path(folder))]
        return {semestre: [one] for semestre, one in zip(semesters, sent, strict=True)}


def _referent(told: DepartementTold, now: datetime) -> Acteur:
    """Its référent, invited unless the demonstration has done it."""
    nom, courriel, _ = told.referent
    compte = UtilisateurTold(courriel, nom, REFERENT, told.code, nom)
    if compte.courriel != ZOE.courriel:
        invite(OPERATOR, compte, now)
    return acting(compte)


def _follow(recit: Story) -> None:
    """Answers are owed there since the first semester that there is a bilan of."""
    place: dict[str, Any] = {"actor": recit.actor, "departement": recit.departement, "now": recit.now}
    change_start(**place, version=read_start(**place).version, semestre=_semesters(recit.calendrier)[0])


def _enter(recit: Story, told: DepartementTold) -> None:
    """Who signed there, what was promised and answered, what is written."""
    entered = []
    for rank, conte in enumerate(told.signataires, told.rang):
        keys = enter_conventions(recit, enter_signataire(recit, rank, conte), conte, are_recent=False)
        entered += [(conte.cle, contee, key) for contee, key in zip(conte.conventions, keys, strict=True)]
    _follow(recit)
    for entree in entries(entered, recit.calendrier):
        if any(entree.contee.told(code, entree.rank)[-1] != "" for code in entree.contee.engagements):
            enter_declaration(recit, entree)
    nom, courriel, telephone = told.referent
    here: dict[str, Any] = {
        "actor": recit.actor,
        "now": recit.moment(recit.calendrier.semestre.fin),
        "departement": recit.departement,
    }
    add_referent(**here, referent=ReferentTyped(nom, "Référent PAQTE", courriel, telephone))
    for code, texte in told.rubriques.items():
        window = recit.calendrier.semestre.parts(RYTHMES[code])[0]
        write_rubrique(**here, periode=window, code=code, version=None, texte=texte)
