"""What an operator wants to know before blaming the application: base, template, folders, mail."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import make_url, select

from paqte.config import ConfigurationRefused, Settings
from paqte.domain.calendrier.travaux import is_silent
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.courriels import TransportDown
from paqte.domain.statuts.taches import ECHOUEE
from paqte.domain.systeme import reason_of
from paqte.models import Departement, db
from paqte.ops.antivirus import AntivirusRefused, check_answers
from paqte.ops.base.backup import sqlite_path
from paqte.ops.base.damage import BaseRefused, tell
from paqte.ops.base.garde import refuse_fictive_accounts, tell_secret
from paqte.ops.base.migration import check_base
from paqte.ops.courriel import SmtpTransport, read_smtp_url
from paqte.ops.health import damage_in
from paqte.queries.editions.nation import wrong_parts
from paqte.queries.journal import check_chain
from paqte.queries.planificateur.restaurations import pending_restoration
from paqte.queries.planificateur.taches import last_passage, list_tasks
from paqte.queries.reponses import unlike_seals
from paqte.queries.sommes import wrong_sums
from paqte.reporting.publication import exposed_files
from paqte.services.editions import serving_templates
from paqte.services.planificateur.disque import refuse_full_disk

MAIL, JOURNAL, ANTIVIRUS = "courriel", "journal", "antivirus"
SCHEDULER = "planificateur"
SECRET = "clé secrète"
REPONSES, SOMMES = "réponses", "sommes"
LONG = frozenset({MAIL, JOURNAL, ANTIVIRUS, REPONSES, SOMMES})
# What is read in the base itself.
IN_BASE = frozenset(
    {"comptes", SECRET, "disque", SCHEDULER, "reprise", "travaux", "gabarit", JOURNAL, REPONSES, SOMMES}
)
ENOUGH_DISK = 200 * 1024 * 1024
# Refusals whose message is a sentence that says what to do.
FAULTS = (BaseRefused, ConfigurationRefused, Refused, TransportDown)


class Verification(NamedTuple):
    """One thing looked at: its subject, whether it is good, and a sentence."""

    sujet: str
    is_good: bool
    phrase: str


def check_installation(settings: Settings, *, now: datetime, is_thorough: bool = True) -> list[Verification]:
    """Look at everything, whatever fails; never raises for a fault it knows.

    `is_thorough` False leaves the mail server alone, and does not read the whole base: whoever asks would wait.
    """
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("base", lambda: _base(settings, is_whole=is_thorough)),
        ("comptes", lambda: _no_fictive_account(settings)),
        (SECRET, lambda: tell_secret(settings)),
        (SCHEDULER, lambda: _passing(settings, now)),
        ("reprise", _nothing_held),
        ("travaux", _no_failed_task),
        ("gabarit", lambda: _templates(now)),
        ("dossier des bilans", lambda: _writable(settings.reports)),
        ("disque", lambda: refuse_full_disk(settings)),
        ("fichiers publiés", lambda: _private(settings.reports)),
        ("fichier de la base", lambda: _owner_alone(settings)),
        ("dossier de l’instance", lambda: _writable(settings.instance)),
        (REPONSES, _sealed_answers),
        (SOMMES, _kept_sums),
        (JOURNAL, _whole_journal),
        (MAIL, lambda: _mail(settings, now)),
        (ANTIVIRUS, lambda: _antivirus(settings)),
    )
    looked = [(subject, check) for subject, check in checks if is_thorough or subject not in LONG]
    return _look_at_all(looked, settings)


def _look_at_all(checks: list[tuple[str, Callable[[], str]]], settings: Settings) -> list[Verification]:
    """Each check by itself; nothing more is asked of a base that cannot be served.

    Opening what is left of one would write in it: an emptied base would be taken for a new one afterwards.
    """
    try:
        check_base(settings.database_url)
    except BaseRefused:
        return [_look(subject, _unread if subject in IN_BASE else check) for subject, check in checks]
    return [_look(subject, check) for subject, check in checks]


def _unread() -> str:
    raise Refused("pas regardé : la base ne se lit pas.")


def _place_of(error: OSError) -> str:
    """Which file, when the system says it."""
    return f" ({error.filename})" if error.filename else ""


def _look(subject: str, check: Callable[[], str]) -> Verification:
    try:
        return Verification(subject, True, check())
    except FAULTS as error:
        return Verification(subject, False, str(error))
    except OSError as error:
        return Verification(subject, False, f"{reason_of(error)}{_place_of(error)}.")
    except Exception as error:  # what a damaged base gives may make no sense anywhere
        return Verification(subject, False, tell(error) or f"erreur inattendue ({type(error).__name__}).")


def is_scheduler_silent(settings: Settings, *, now: datetime) -> bool:
    """Whether the scheduler no longer passes. One that never did is awaited in production alone."""
    passed = last_passage()
    return is_silent(passed, now) and (passed is not None or settings.is_production)


def _templates(now: datetime) -> str:
    """Those in force, and what each does not show."""
    serving = serving_templates(now=now)
    in_force = f"en vigueur : {', '.join(g.nom for g in serving)}."
    return " ".join((in_force, *(f"{g.nom} : {g.remarque}" for g in serving if g.remarque)))


def _passing(settings: Settings, now: datetime) -> str:
    passed = last_passage()
    if is_scheduler_silent(settings, now=now):
        raise Refused(f"{_last(passed, now)} Lancez PAQTE, ou « paqte scheduler » : rien ne part sans lui.")
    return "jamais passé sur cette base." if passed is None else f"dernier passage il y a {_age(now - passed)}."


def _last(passed: datetime | None, now: datetime) -> str:
    if passed is None:
        return "il n’est jamais passé sur cette base."
    if passed > now:
        return f"son dernier passage porte une heure à venir de {_age(passed - now)} : l’horloge a reculé depuis."
    return f"il n’est pas passé depuis {_age(now - passed)}."


def _age(spent: timedelta) -> str:
    """« 3 jours », « 2 h », « 4 min », « 12 s »."""
    seconds = max(int(abs(spent).total_seconds()), 0)
    for unit, length in (("jours", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def _nothing_held() -> str:
    waiting = pending_restoration()
    if waiting is not None:
        raise Refused(
            f"le retour à {waiting.sauvegarde} attend votre accord, et rien ne part d’ici là : "
            "« paqte reprise lister », puis « paqte reprise confirmer »."
        )
    return "rien n’est retenu."


def _base(settings: Settings, *, is_whole: bool) -> str:
    version = check_base(settings.database_url)
    found = damage_in(settings.database_url) if is_whole else None
    if found:
        raise Refused(found)
    return f"version {version}{', lue en entier' if is_whole else ''}."


def _no_fictive_account(settings: Settings) -> str:
    refuse_fictive_accounts(settings)
    return "aucun compte de démonstration." if settings.is_production else "démonstration : comptes fictifs admis."


def _no_failed_task() -> str:
    failed = [task for task in list_tasks(actor=PLANIFICATEUR) if task.etat == ECHOUEE]
    if failed:
        last = failed[0]
        raise Refused(
            f"{len(failed)} en échec, dont le {last.travail} {last.departement} {last.periode} : {last.message}"
        )
    return "aucun échec."


def _whole_journal() -> str:
    """Every line again, when the base is one that this version reads."""
    found = check_chain()
    if found.fautes:
        raise Refused(
            f"des fautes ({len(found.fautes)}), dont : {found.fautes[0]}. Lancez « paqte journal verifier », puis "
            "comparez avec une sauvegarde."
        )
    return f"{found.lignes} lignes, chaîne d’empreintes entière."


def _sealed_answers() -> str:
    """Each validated declaration: its figures, and beside them who gave each, tell of the same answers (R18)."""
    unlike = unlike_seals(db.session())
    if unlike:
        key, convention, periode = unlike[0]
        raise Refused(
            f"des déclarations validées ne disent plus par qui leurs chiffres ont été donnés ({len(unlike)}), dont la "
            f"{key} (convention {convention}, {periode}) : comparez avec une sauvegarde."
        )
    return "chaque chiffre validé dit par qui et quand il a été donné."


def _kept_sums() -> str:
    """Each kept sum that a page would read, made again from the validated declarations and the editions (R20)."""
    codes = db.session.scalars(select(Departement.code).order_by(Departement.code)).all()
    wrong = [f"{code} {window}" for code in codes for window in wrong_sums(db.session(), code)]
    if wrong:
        raise Refused(
            f"des sommes gardées ne sont pas celles des déclarations validées ({len(wrong)}), dont {wrong[0]} : "
            "« paqte base sommes » les refait, puis rechargez les pages."
        )
    unlike = [f"{code} {document}" for code in codes for document in wrong_parts(code)]
    if unlike:
        raise Refused(
            "ce qui est gardé d’éditions pour les sommes des régions et de la France n’est pas ce qu’elles donnent "
            f"({len(unlike)}), dont {unlike[0]} : comparez l’édition avec une sauvegarde ; si elle n’a pas changé, "
            "« paqte base sommes » le refait."
        )
    return "celles qui sont gardées sont celles des déclarations validées et des éditions."


def _writable(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".essai-{os.getpid()}"
    try:
        probe.write_bytes(b"essai")
    finally:
        probe.unlink(missing_ok=True)
    free = shutil.disk_usage(folder).free
    if free < ENOUGH_DISK:
        raise Refused(f"il reste {free // 1024**2} Mo sur le disque de {folder} : libérez de la place.")
    return f"{folder}, {free // 1024**3} Go libres."


def _private(reports: Path) -> str:
    exposed = exposed_files(reports)
    if exposed:
        raise Refused(
            f"des fichiers internes se lisent par d’autres comptes de la machine ({len(exposed)}), dont {exposed[0]} : "
            "relancez PAQTE, ou « chmod 600 »."
        )
    return "les fichiers internes ne se lisent que par le compte qui lance PAQTE."


def _owner_alone(settings: Settings) -> str:
    """The base holds unpublished figures: nobody else on the machine reads its file, nor those beside it."""
    address = make_url(settings.database_url)
    if not address.drivername.startswith("sqlite"):
        return "la base est un serveur, qui dit lui-même qui la lit."
    path = sqlite_path(address)
    files = [one for one in (path, *(Path(f"{path}{end}") for end in ("-wal", "-shm"))) if one.exists()]
    exposed = [one for one in files if one.stat().st_mode & 0o077]
    if exposed:
        raise Refused(
            f"{exposed[0]} se lit par d’autres comptes de la machine : « chmod 600 {exposed[0]} », et « chmod 700 » "
            "sur son dossier."
        )
    return "le fichier ne se lit que par le compte qui lance PAQTE."


def _antivirus(settings: Settings) -> str:
    try:
        return check_answers(settings.antivirus_url)
    except AntivirusRefused as refused:
        raise Refused(str(refused)) from refused


def _mail(settings: Settings, now: datetime) -> str:
    if not settings.smtp_url:
        return "aucun serveur (PAQTE_SMTP_URL) : les courriels restent dans la boîte d’envoi."
    server = read_smtp_url(settings.smtp_url)
    SmtpTransport(server, settings.smtp_from, now).check()
    return f"le serveur {server.host}:{server.port} répond."
