"""A look at the register by night: what closed, what changed its name, what a sheet lacks; the référent decides.

Nothing changes in a sheet before she says so. A pass stops as soon as the service is tired, and the next goes on from
there: each look is kept at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import time_zone
from paqte.domain.conventions.etablissements import EtablissementLu, is_same_name
from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR, Acteur
from paqte.domain.saisie.textes import searchable
from paqte.domain.statuts.veilles import (
    ACCEPTER,
    FERME,
    IGNORER,
    INCOMPLET,
    OUVERT,
    RENOMME,
    RIEN,
    TRANSITIONS,
    VU,
)
from paqte.models import Signataire, Veille, db
from paqte.models.conventions.etablissement import ANNUAIRE
from paqte.ops.annuaire import AnnuaireRefused, EtablissementFound, find_etablissement
from paqte.queries.conventions.entreprises.etablissements import kept_etablissement, open_etablissements
from paqte.queries.conventions.entreprises.veilles import VeilleAwaited, list_findings, looked_since, next_watched
from paqte.queries.perimetre import to_change
from paqte.queries.reglages import read_limits
from paqte.services.conventions.entreprises.annuaire import keep_rows, told_of
from paqte.services.conventions.signataires import refuse_number_taken
from paqte.services.transaction import author_of, moment_of, note, transaction

PER_PASS = 30
# Between two questions: two or three a second, where the service takes seven.
PAUSE = 0.4
NIGHT = timedelta(hours=12)
DONE = "Ce constat est déjà traité."
MEANWHILE = "Quelqu’un d’autre vient de s’en occuper : rouvrez la page."
OTHER_NUMBER = "Le numéro de cette fiche a changé depuis : ce constat porte sur l’ancien numéro."
_FILLED = ("categorie", "naf", "secteur", "adresse", "code_postal", "commune")
_log = logging.getLogger(__name__)


def watch(*, url: str, now: datetime, pause: Callable[[float], bool], proxy: str = "") -> int:
    """Look at the signatories whose turn it is, thirty at most; gives how many things were found.

    By night alone, between the hours that are set. `pause(seconds)` waits, and says whether to stop.
    """
    limits = read_limits()
    most = min(PER_PASS, limits["veille_par_nuit"] - looked_since(now - NIGHT))
    if most <= 0 or not _is_night(now, limits["veille_debut"], limits["veille_fin"]):
        db.session.rollback()
        return 0
    due = next_watched(before=now - timedelta(days=limits["veille_jours"]), limit=most)
    db.session.rollback()
    found = 0
    for rank, one in enumerate(due):
        if rank and url and pause(PAUSE):
            break
        try:
            found += _look(url, proxy, one, now)
        except AnnuaireRefused as refused:
            _log.warning("veille : %s, suite au prochain passage (%s)", refused, refused.cause)
            break
    return found


def accept_finding(*, actor: Acteur, veille_id: int, version: int | None, siret: str, now: datetime) -> int:
    """Take what was found into the sheet, whose key it gives: another establishment, a name, what it lacked.

    `siret` is the open establishment chosen when the former is closed. Refused once it is dealt with, when the sheet
    bears another number since, or when the establishment is not one of those proposed; Conflict when somebody acted
    since `version`.
    """
    with transaction(actor=actor, now=now) as session:
        finding = _to_decide(session, actor, veille_id, version)
        signataire = to_change(session, Signataire, finding.signataire_id, actor, "Ce signataire")
        if finding.constat == FERME:
            _move(session, signataire, siret)
        elif finding.constat == RENOMME:
            signataire.nom = finding.nom_lu
        else:
            _fill(signataire)
        _close_finding(session, finding, ACCEPTER)
        return signataire.id


def ignore_finding(*, actor: Acteur, veille_id: int, version: int | None, now: datetime) -> int:
    """Leave the sheet as it is, until the register says something else; gives the key of the sheet."""
    with transaction(actor=actor, now=now) as session:
        finding = _to_decide(session, actor, veille_id, version)
        _close_finding(session, finding, IGNORER)
        return finding.signataire_id


def fill_all(*, actor: Acteur, now: datetime) -> int:
    """Fill every sheet that lacks what the register says; gives how many. What was typed stays."""
    with transaction(actor=actor, now=now) as session:
        waiting = [one for one in list_findings(actor=actor) if one.constat == INCOMPLET]
        for one in waiting:
            finding = to_change(session, Veille, one.id, actor, "Ce constat")
            _fill(to_change(session, Signataire, finding.signataire_id, actor, "Ce signataire"))
            _close_finding(session, finding, ACCEPTER)
        return len(waiting)


def _is_night(now: datetime, first: int, last: int) -> bool:
    """Between two hours of the clock in metropolitan France; from 22 to 6 goes over midnight, alike is all day."""
    hour = now.astimezone(time_zone("")).hour
    return first <= hour < last if first < last else hour >= first or hour < last


def _look(url: str, proxy: str, one: VeilleAwaited, now: datetime) -> int:
    before = kept_etablissement(one.identifiant)
    db.session.rollback()
    if url:
        answer = find_etablissement(url, one.identifiant, proxy=proxy)
    else:
        answer = EtablissementFound(None if before is None else before.etablissement)
    read = [] if answer.etablissement is None else [answer.etablissement, *answer.ouverts]
    try:
        with transaction(actor=PLANIFICATEUR, now=now) as session:
            if url:
                keep_rows(session, read, ANNUAIRE, now)
            former = "" if before is None or not url else before.etablissement.nom
            return _keep_look(session, one, answer.etablissement, former, now)
    except (IntegrityError, Conflict):  # another scheduler looked at this very moment
        return 0


def _keep_look(session: Session, one: VeilleAwaited, told: EtablissementLu | None, former: str, now: datetime) -> int:
    signataire = session.get(Signataire, one.signataire_id)
    if signataire is None or signataire.identifiant != one.identifiant:
        return 0
    look = session.scalar(select(Veille).where(Veille.signataire_id == signataire.id))
    if look is None:
        look = Veille(signataire_id=signataire.id, departement_code=one.departement, vu_le=now, identifiant="")
        look.nom_lu, look.constat, look.etat = "", RIEN, VU
        session.add(look)
    is_same_number = look.identifiant == one.identifiant
    constat = _finding(signataire, told, look if is_same_number else None, former)
    ferme_le, nom = (told.ferme_le, told.nom) if told is not None else (None, "")
    is_same_content = {
        FERME: look.ferme_le == ferme_le,
        RENOMME: searchable(look.nom_lu) == searchable(nom),
    }
    is_known = is_same_number and look.constat == constat and is_same_content.get(constat, True)
    look.vu_le, look.identifiant, look.ferme_le, look.nom_lu = now, one.identifiant, ferme_le, nom or look.nom_lu
    if constat == RIEN:
        look.constat, look.etat = RIEN, VU
    elif not is_known or look.etat == VU:
        look.constat, look.etat, look.constate_le = constat, OUVERT, now
        note(session, "constater", "signataire", signataire.id, apres={"constat": constat})
        return 1
    return 0


def _finding(signataire: Signataire, told: EtablissementLu | None, look: Veille | None, former: str) -> str:
    """What is to be said of a signatory; `look` is the last one at this number, `former` the name read before it."""
    if told is None:
        return RIEN
    if not told.is_ouvert:
        return FERME
    if told.nom and _is_renamed(signataire.nom, told, look, former):
        return RENOMME
    lacks = {name: value for name, value in told_of(told).items() if name in _FILLED and not getattr(signataire, name)}
    return INCOMPLET if told.is_diffusible and lacks else RIEN


def _is_renamed(nom: str, told: EtablissementLu, look: Veille | None, former: str) -> bool:
    """Whether the register changed the name it gave; without one read before, whether it has no word of ours."""
    if searchable(nom) == searchable(told.nom):
        return False
    if look is not None and look.constat == RENOMME:
        return True
    if look is not None and look.nom_lu:
        return searchable(look.nom_lu) != searchable(told.nom)
    # The first look at this sheet: a name read before, for another of its SIREN perhaps, is not known to be agreed to.
    is_changed = bool(former) and searchable(former) != searchable(told.nom)
    return is_changed or not is_same_name(nom, f"{told.nom} {told.enseigne}")


def _to_decide(session: Session, actor: Acteur, veille_id: int, version: int | None) -> Veille:
    finding = to_change(session, Veille, veille_id, actor, "Ce constat")
    if finding.etat != OUVERT:
        raise Refused(DONE)
    if finding.version != version:
        raise Conflict(MEANWHILE, {})
    if finding.identifiant != finding.signataire.identifiant:
        raise Refused(OTHER_NUMBER)
    return finding


def _move(session: Session, signataire: Signataire, siret: str) -> None:
    """The establishment chosen takes the place of the closed one, with its address and whether it may be told (R30);
    the former number is kept.
    """
    chosen = {e.siret: e for e in open_etablissements(signataire.identifiant[:9], signataire.identifiant)}.get(siret)
    if chosen is None:
        raise Refused({"siret": "Choisissez un établissement de la liste."})
    refuse_number_taken(session, signataire.departement_code, siret, apart=signataire.id, field="siret")
    signataire.identifiant = siret
    signataire.adresse, signataire.code_postal, signataire.commune = chosen.adresse, chosen.code_postal, chosen.commune
    if not chosen.is_diffusible:
        signataire.is_partial_diffusion = True


def _fill(signataire: Signataire) -> None:
    kept = kept_etablissement(signataire.identifiant)
    told = kept.etablissement if kept and kept.etablissement.is_diffusible else None
    for name, value in told_of(told).items():
        if name in _FILLED and not getattr(signataire, name):
            setattr(signataire, name, value)


def _close_finding(session: Session, finding: Veille, act: str) -> None:
    finding.etat = TRANSITIONS[(finding.etat, act)]
    finding.traite_par, finding.traite_le = author_of(session).nom, moment_of(session)
    told = {"constat": finding.constat}
    note(session, act, "signataire", finding.signataire_id, apres=told)
