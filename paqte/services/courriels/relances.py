"""Reminders: one mail a person a day, written down with it, about what waits at that very moment (R12)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from paqte.domain.calendrier.campagnes import LECTURE, OUVERTURE
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.reglages import made_by
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR, Acteur
from paqte.domain.personnes.prefectures import prefecture_of
from paqte.domain.statuts.courriels import Message
from paqte.domain.statuts.declarations import A_COMPLETER, BROUILLON, TRANSMISE
from paqte.models import Departement, Rattachement, Relance, RelanceLigne, Signataire, Utilisateur, db
from paqte.queries.courriels.relances import (
    DEJA,
    FERME,
    MANUELLE,
    REPONDU,
    SANS_COMPTE,
    SUSPENDU,
    Addressee,
    Prevision,
    forecast,
    reminded,
)
from paqte.queries.declarations.listes.declarations import owed_declarations
from paqte.queries.perimetre import is_referent_of, to_change
from paqte.queries.reglages.agendas import read_agenda
from paqte.services.courriels.boite import queue_mail
from paqte.services.courriels.courriers import write_mail
from paqte.services.courriels.liens import awaited_link
from paqte.services.transaction import note, transaction

MOST_PAUSE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class _Sending:
    """What a mail belongs to: the step of a département on a day; `periode` None when a référent asks for it."""

    departement: str
    periode: Periode | None
    etape: str
    now: datetime
    base_url: str
    # The day it counts for, when another département wrote to the person today.
    later: date | None = None

    @property
    def day(self) -> date:
        return local_date(self.now, self.departement)

    @property
    def appui(self) -> dict[str, object]:
        """What its mails rest on (raisons)."""
        return {
            "base_url": self.base_url,
            "etape": self.etape,
            **({} if self.periode is None else {"periode": self.periode.code}),
        }

    def forecast(self, **narrowed: Any) -> Prevision:
        """Who gets what, as the base is now."""
        return forecast(departement=self.departement, periode=self.periode, etape=self.etape, day=self.day, **narrowed)


def remind(*, departement: str, periode: Periode, etape: str, now: datetime, base_url: str) -> int:
    """Do one step of the calendar and give how many mails were queued.

    The state of each is read again in the transaction that queues her mail; done twice, or twice at once, nobody gets
    a second one. The reading is the référents' own: how many wait, how many are missing.
    """
    envoi = _Sending(departement, periode, etape, now, base_url)
    if etape == LECTURE:
        return _tell_referents(envoi, periode)
    people = envoi.forecast().destinataires
    db.session.rollback()
    return sum(_remind_one(envoi, person.utilisateur_id) for person in people)


def remind_company(*, actor: Acteur, signataire_id: int, now: datetime, base_url: str) -> int:
    """Remind the contacts of one signatory at once, of all that waits for them; gives how many mails were queued.

    Refused, saying why, when nothing waits, when it is paused, when nobody has an account, and after a mail the same
    day. NotFound for another's.
    """
    with transaction(actor=actor, now=now) as session:
        signataire = to_change(session, Signataire, signataire_id, actor, "Ce signataire")
        envoi = _Sending(signataire.departement_code, None, MANUELLE, now, base_url)
        session.execute(_held_accounts(signataire_id))
        found = envoi.forecast(signataires=[signataire_id], is_shown=True)
        if not found.destinataires:
            raise Refused(_why_not(found))
        for person in found.destinataires:
            _write(session, replace(envoi, later=_put_off(session, envoi, person.utilisateur_id)), person)
        note(session, "relancer", "signataire", signataire_id)
        return len(found.destinataires)


def pause_reminders(*, actor: Acteur, signataire_id: int, jusquau: date | None, now: datetime) -> None:
    """Send a signatory no reminder until that day included; None sends them again.

    Refused for a day that is over or more than a year away; NotFound for another's.
    """
    with transaction(actor=actor, now=now) as session:
        signataire = to_change(session, Signataire, signataire_id, actor, "Ce signataire")
        today = local_date(now, signataire.departement_code)
        if jusquau is not None and not today <= jusquau <= today + MOST_PAUSE:
            raise Refused({"jusquau": "Choisissez un jour d’ici un an, par exemple la fin d’un congé."})
        signataire.relances_suspendues_jusquau = jusquau


def _remind_one(envoi: _Sending, utilisateur_id: int) -> bool:
    try:
        with transaction(actor=PLANIFICATEUR, now=envoi.now) as session:
            # Held: two processes at once take turns, and the second reads what the first wrote down.
            session.execute(select(Utilisateur.id).where(Utilisateur.id == utilisateur_id).with_for_update())
            found = envoi.forecast(personne=utilisateur_id).destinataires
            for person in found:
                _write(session, envoi, person)
            return bool(found)
    except IntegrityError:  # written to by another at this very moment
        return False


def _put_off(session: Session, envoi: _Sending, utilisateur_id: int) -> date | None:
    """The next free day of somebody whom another département wrote to today: one mail a day, and nobody told (R30)."""
    r = Relance
    last = session.scalar(select(func.max(r.jour)).where(r.utilisateur_id == utilisateur_id, r.jour >= envoi.day))
    return None if last is None else last + timedelta(days=1)


def _held_accounts(signataire_id: int) -> Any:
    """The accounts of a signatory, held until the commit, always in the same order."""
    given = select(Rattachement.utilisateur_id).where(
        Rattachement.signataire_id == signataire_id, Rattachement.is_suspendu.is_(False)
    )
    return select(Utilisateur.id).where(Utilisateur.id.in_(given)).order_by(Utilisateur.id).with_for_update()


def _write(session: Session, envoi: _Sending, person: Addressee) -> None:
    """Queue the mail and write it down, in the caller's transaction."""
    modele = _model(envoi.etape)
    message = _message(envoi, person)
    relance = _recorded(session, envoi, message, modele, person.utilisateur_id)
    for e in (attendu.echeance for attendu in person.attendus):
        session.add(
            RelanceLigne(relance_id=relance.id, convention_id=e.convention_id, periode=e.periode.code, etat=e.etat)
        )
    session.flush()


def _recorded(session: Session, envoi: _Sending, message: Message, motif: str, utilisateur_id: int) -> Relance:
    mail = queue_mail(
        session,
        message,
        motif=motif,
        now=envoi.now,
        departement=envoi.departement,
        pour=utilisateur_id,
        appui=envoi.appui,
    )
    session.flush()
    relance = Relance(
        utilisateur_id=utilisateur_id,
        departement_code=envoi.departement,
        jour=envoi.later or envoi.day,
        etape=envoi.etape,
        courriel_id=mail.id,
        created_at=envoi.now,
    )
    session.add(relance)
    session.flush()
    return relance


def message_now(
    *, utilisateur_id: int, departement: str, etape: str, courriel_id: int, now: datetime, base_url: str
) -> Message | None:
    """What the reminder `courriel_id` would say now, as it is about to leave; None when nothing waits any more."""
    envoi = _Sending(departement, None, etape, now, base_url)
    found = envoi.forecast(personne=utilisateur_id, but=courriel_id).destinataires
    return _message(envoi, found[0]) if found else None


def _model(etape: str) -> str:
    return "ouverture" if etape == OUVERTURE else "relance"


def _message(envoi: _Sending, person: Addressee) -> Message:
    if person.is_shadow:  # her address serves elsewhere, which she alone is told
        return refusal_message(person.courriel, nom=person.nom, departement=envoi.departement, base_url=envoi.base_url)
    return write_mail(_model(envoi.etape), person.courriel, **_mail_lines(person, envoi.base_url))


def refusal_message(courriel: str, *, nom: str, departement: str, base_url: str) -> Message:
    """What the owner of an address that serves elsewhere reads in place of a mail about a company."""
    place = db.session.scalar(select(Departement.nom).where(Departement.code == departement)) or departement
    invitant = f"La {prefecture_of(departement, place)}"
    return write_mail("adresse", courriel, nom=nom, invitant=invitant, lien=f"{base_url}/connexion")


def _mail_lines(person: Addressee, base_url: str) -> dict[str, object]:
    """What the mail of a company is told; `genre` is what all its lines have in common."""
    states = {a.echeance.etat for a in person.attendus}
    kinds = {frozenset({A_COMPLETER}): "questions", frozenset({BROUILLON}): "brouillon"}
    lines = [
        {
            "signataire": a.signataire.nom,
            "convention": a.echeance.convention,
            "periode": a.echeance.periode.libelle,
            "etat": a.echeance.etat,
            "limite": f"{a.echeance.limite:%d/%m/%Y}",
            "is_late": a.echeance.is_late,
        }
        for a in person.attendus
    ]
    return {
        "nom": person.nom,
        "genre": kinds.get(frozenset(states), "saisie"),
        "attendus": lines,
        "lien": _link_to_typing(person, base_url),
    }


def _link_to_typing(person: Addressee, base_url: str) -> str:
    """Straight to the typing when one declaration waits and is there, else to the list of what waits."""
    key = person.attendus[0].echeance.declaration_id if len(person.attendus) == 1 else None
    return awaited_link(base_url, f"/entreprise/declarations/{key}/saisir" if key else "/entreprise/")


def _why_not(found: Prevision) -> str:
    """Why nobody of one signatory is written to, and what may be done."""
    ecarte = found.ecartes[0] if found.ecartes else None
    if ecarte is None or ecarte.motif == REPONDU:
        return "Rien n’attend de réponse de cette entreprise : il n’y a rien à relancer."
    day = f"{ecarte.jour:%d/%m/%Y}" if ecarte.jour else ""
    return {
        SUSPENDU: f"Ses relances sont suspendues jusqu’au {day} : reprenez-les d’abord.",
        FERME: f"La saisie s’est fermée le {day} : saisissez la réponse à sa place.",
        SANS_COMPTE: "Personne n’y a de compte : appelez, ou invitez quelqu’un depuis la page « Accès ».",
        DEJA: "Un courriel est déjà parti aujourd’hui : un seul par jour et par personne.",
    }[ecarte.motif]


def _tell_referents(envoi: _Sending, periode: Periode) -> int:
    """One mail a référent, once: the ledger holds it as it holds those of companies."""
    query = select(Utilisateur.id, Utilisateur.nom, Utilisateur.courriel).where(
        is_referent_of(envoi.departement), Utilisateur.is_active
    )
    people = db.session.execute(query.order_by(Utilisateur.id)).all()
    done = reminded([person.id for person in people], envoi.departement, LECTURE, envoi.day)
    db.session.rollback()
    return sum(_tell_one(envoi, periode, person) for person in people if person.id not in done)


def reading_message(departement: str, periode: Periode, person: Any, *, now: datetime, base_url: str) -> Message:
    """What a référent has to read before the bilan or the export, counted now; `person` has a name and an address."""
    told = _reading(departement, periode, now)
    link = awaited_link(base_url, f"/referent/declarations?departement={departement}&periode={periode.code}")
    return write_mail("lecture", person.courriel, **told, nom=person.nom, lien=link)


def _tell_one(envoi: _Sending, periode: Periode, person: Any) -> bool:
    try:
        with transaction(actor=PLANIFICATEUR, now=envoi.now) as session:
            message = reading_message(envoi.departement, periode, person, now=envoi.now, base_url=envoi.base_url)
            _recorded(session, envoi, message, "lecture", person.id)
    except IntegrityError:  # told by another at this very moment
        return False
    return True


def _reading(departement: str, periode: Periode, now: datetime) -> dict[str, object]:
    """What the référents have to read before the documents of the period, counted now."""
    owed = owed_declarations(actor=PLANIFICATEUR, departement=departement, periodes=[periode], now=now)
    dates = read_agenda(departement).campagne(periode)
    produced = [
        {"le": g.le_titre, "jour": f"{day:%d/%m/%Y}"}
        for travail, day in sorted(dates.publications.items(), key=lambda one: one[1])
        if (g := made_by(travail))
    ]
    return {
        "periode": periode.libelle,
        "a_valider": owed.counts()[TRANSMISE],
        "manquantes": sum(ligne.is_missing for ligne in owed.lignes),
        # Documents are made as their day begins: the one before is the last that counts.
        "jusquau": f"{min(dates.publications.values()) - timedelta(days=1):%d/%m/%Y}",
        "produits": produced,
    }
