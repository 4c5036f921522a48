"""After a back-up is put back: what left since is asked about, and what was closed since stays closed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, create_engine, insert, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from paqte.config import Settings
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import DOCUMENTS, SOMMES, of_rhythm
from paqte.domain.statuts.courriels import WITH_LINK
from paqte.models import NumeroEdition, Restauration
from paqte.models.base import WRITE, Moment
from paqte.ops.base.damage import BaseRefused, refuse_unreadable
from paqte.ops.base.restore import keep_former, restore_base
from paqte.reporting.publies import NumeroPublished, published_numbers

MAIL_TASKS = "(travail = 'ouverture' OR travail = 'lecture' OR travail LIKE 'relance%')"
DONE_BEFORE = "Faite avant le retour à une sauvegarde : rien n’est parti une seconde fois."
SENT_BEFORE = "Déjà parti avant le retour à une sauvegarde."
DEAD_LINK = "Son lien ne fonctionne plus depuis le retour à une sauvegarde : demandez-en un nouveau."


class Powers(NamedTuple):
    """What an account may do, as two bases are compared by."""

    is_active: bool
    role: str
    departement: str
    signataires: frozenset[tuple[str, str]]


@dataclass(slots=True)
class FormerBase:
    """What the base that is replaced says of accounts and of what left; None for what could not be read."""

    comptes: dict[str, Powers] | None = None
    numeros: set[NumeroPublished] | None = None
    taches: set[tuple[str, str, str]] | None = None
    courriels: set[tuple[str, str, str]] | None = None


@dataclass(slots=True)
class RestaurationFound:
    """What a restoration found: accounts put to sleep with why, and what could not be compared."""

    comptes: dict[str, str] = field(default_factory=dict)
    perdus: list[str] = field(default_factory=list)
    numeros: list[str] = field(default_factory=list)
    deja_faites: int = 0
    deja_partis: int = 0
    non_compares: list[str] = field(default_factory=list)


class RestaurationDone(NamedTuple):
    """What was done: where the former base is kept, if there was one, whether it was sound, and what differs."""

    precedente: Path | None
    is_sound: bool
    constat: RestaurationFound


def restore(*, settings: Settings, source: Path, now: datetime, keys: Sequence[Any] = ()) -> RestaurationDone:
    """Put a back-up in place, everything it would let leave or let in again held until somebody confirms.

    `keys`: the private keys of an encrypted one. BackupRefused, and nothing was changed, for what is no whole back-up
    of PAQTE or opens with none of them.
    """
    url, folder = settings.database_url, settings.instance / "sauvegardes"
    is_sqlite = url.startswith("sqlite")
    # PostgreSQL replaces in place: what was there is read and kept first. SQLite judges the file before anything.
    kept = None if is_sqlite else _keep(settings, folder, now)
    done: list[RestaurationDone] = []

    def mend(target: str) -> None:
        traces, former, is_sound = kept or _keep(settings, folder, now)
        constat = hold(
            target,
            traces=traces,
            published=published_numbers(settings.reports),
            source=source,
            precedente=former,
            now=now,
        )
        done.append(RestaurationDone(former, is_sound, constat))

    restore_base(url, source, now=now, mend=mend, keys=keys)
    return done[0]


def _keep(settings: Settings, folder: Path, now: datetime) -> tuple[FormerBase, Path | None, bool]:
    """What the present base tells, where its copy is, and whether it is sound."""
    traces = read_traces(settings.database_url)
    former, is_sound = keep_former(settings.database_url, folder, now, settings.sauvegarde_cles)
    return traces, former, is_sound


def read_traces(url: str) -> FormerBase:
    """What can still be read of a base, damaged or not: each part by itself."""
    traces = FormerBase()
    engine = create_engine(url)
    try:
        if url.startswith("sqlite"):
            path = Path(str(engine.url.database))
            refuse_unreadable(path)
            if not path.exists():
                return traces
        for name, read in _READERS:
            with suppress(SQLAlchemyError, ValueError, TypeError), engine.connect() as connection:
                setattr(traces, name, read(connection))
    except BaseRefused:
        return traces
    finally:
        engine.dispose()
    return traces


def hold(
    url: str,
    *,
    traces: FormerBase,
    published: set[NumeroPublished],
    source: Path,
    precedente: Path | None,
    now: datetime,
) -> RestaurationFound:
    """Make a restored base fit to serve: one transaction, before anybody opens it (SQLite)."""
    constat = RestaurationFound()
    engine = create_engine(url)
    try:
        with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
            for table in ("session_ouverte", "jeton_connexion", "tentative_connexion", "flux_date", "flux_agenda"):
                connection.execute(text(f"DELETE FROM {table}"))
            _close_accounts(connection, traces.comptes, constat, is_first=precedente is None)
            _keep_numbers(connection, published | (traces.numeros or set()), constat)
            _mark_tasks(connection, traces.taches, constat, now)
            _mark_mails(connection, traces.courriels, constat)
            named = {"comptes": "comptes", "numeros": "numéros d’édition", "taches": "tâches", "courriels": "courriels"}
            constat.non_compares = [said for name, said in named.items() if getattr(traces, name) is None]
            row = {
                "quand": now,
                "sauvegarde": source.name[:255],
                "precedente": precedente.name[:255] if precedente else "",
                "constat": json.dumps(_as_dict(constat), ensure_ascii=False),
            }
            connection.execute(insert(Restauration), [row])
    finally:
        engine.dispose()
    return constat


def _as_dict(constat: RestaurationFound) -> dict[str, Any]:
    return {name: getattr(constat, name) for name in RestaurationFound.__slots__}


def _read_accounts(connection: Connection) -> dict[str, Powers]:
    given: dict[int, set[tuple[str, str]]] = {}
    query = (
        "SELECT r.utilisateur_id, s.departement_code || '/' || s.identifiant, COALESCE(c.numero, '') "
        "FROM rattachement r JOIN signataire s ON s.id = r.signataire_id "
        "LEFT JOIN convention c ON c.id = r.convention_id"
    )
    for key, signataire, convention in connection.execute(text(query)):
        given.setdefault(key, set()).add((signataire, convention))
    users = connection.execute(text("SELECT id, courriel, is_active, role, departement_code FROM utilisateur"))
    return {
        row.courriel: Powers(
            bool(row.is_active), row.role, row.departement_code or "", frozenset(given.get(row.id, set()))
        )
        for row in users
    }


def _read_numbers(connection: Connection) -> set[NumeroPublished]:
    """Those of a base of before, which did not say the kind of document, are of any that its period may have."""
    found: set[NumeroPublished] = set()
    schema = inspect(connection)
    places = {"edition": "departement_code", "edition_territoire": "territoire", "numero_edition": "departement_code"}
    for table, place in places.items():
        if schema.has_table(table):
            told = {column["name"] for column in schema.get_columns(table)} & {"genre_document"}
            columns = ", ".join((place, "periode", "numero", *told))
            rows = connection.execute(text(f"SELECT {columns} FROM {table}"))
            found |= {NumeroPublished(*row) for row in rows}
    return found


def _read_tasks(connection: Connection) -> set[tuple[str, str, str]]:
    query = f"SELECT travail, departement_code, periode FROM tache WHERE etat = 'faite' AND {MAIL_TASKS}"
    return {tuple(row) for row in connection.execute(text(query))}


def _read_mails(connection: Connection) -> set[tuple[str, str, str]]:
    """Those no longer waiting, by what tells one from another whatever its number."""
    query = "SELECT destinataire, motif, CAST(cree_le AS VARCHAR) FROM courriel WHERE etat <> 'en_attente'"
    return {tuple(row) for row in connection.execute(text(query))}


_READERS: Sequence[tuple[str, Callable[[Connection], Any]]] = (
    ("comptes", _read_accounts),
    ("numeros", _read_numbers),
    ("taches", _read_tasks),
    ("courriels", _read_mails),
)


def _close_accounts(
    connection: Connection, former: dict[str, Powers] | None, constat: RestaurationFound, *, is_first: bool
) -> None:
    """An account that was closed, or could do less, does not come back by itself.

    None comes back when the base that is replaced cannot be read; all do on a machine where there was none, and it is
    said that nothing could be compared.
    """
    restored = _read_accounts(connection)
    for address, account in restored.items():
        why = "" if is_first else _why_closed(account, former, address)
        if account.is_active and why:
            constat.comptes[address] = why
            connection.execute(
                text("UPDATE utilisateur SET is_active = :non WHERE courriel = :courriel"),
                {"non": False, "courriel": address},
            )
    constat.perdus = sorted(set(former or {}) - set(restored))


def _why_closed(account: Powers, former: dict[str, Powers] | None, address: str) -> str:
    if former is None:
        return "la base précédente ne se lisait plus : rien ne dit qu’il était encore ouvert"
    before = former.get(address)
    if before is None:
        return "il n’existait plus"
    if not before.is_active:
        return "il était désactivé"
    if (before.role, before.departement) != (account.role, account.departement):
        return "son rôle ou son département avait changé"
    return "des accès lui avaient été retirés" if account.signataires - before.signataires else ""


def _keep_numbers(connection: Connection, numbers: Iterable[NumeroPublished], constat: RestaurationFound) -> None:
    held = {n._replace(genre=genre) for n in _read_numbers(connection) for genre in n.genres}
    lost = sorted({n._replace(genre=genre) for n in numbers for genre in n.genres} - held)
    constat.numeros = list(dict.fromkeys(map(_number_said, lost)))
    if lost:
        rows = [
            {
                "departement_code": n.departement[:3],
                "genre_document": n.genre,
                "periode": n.periode,
                "numero": n.numero,
            }
            for n in lost
        ]
        connection.execute(insert(NumeroEdition), rows)


def _number_said(lost: NumeroPublished) -> str:
    """« 41 2026-S1 édition 1 », with the document where several are made for such a period, or with the sum."""
    if lost.genre in SOMMES:
        return f"{SOMMES[lost.genre].titre}, {lost.departement} {lost.periode} édition {lost.numero}"
    several = len(of_rhythm(Periode.from_code(lost.periode).genre)) > 1
    which = f"{DOCUMENTS[lost.genre].court}, " if several and lost.genre in DOCUMENTS else ""
    return f"{which}{lost.departement} {lost.periode} édition {lost.numero}"


def _mark_tasks(
    connection: Connection, done: set[tuple[str, str, str]] | None, constat: RestaurationFound, now: datetime
) -> None:
    """Openings, reminders and readings that left since are done here too."""
    for travail, departement, periode in sorted(done or ()):
        key = {"travail": travail, "departement": departement, "periode": periode}
        where = "travail = :travail AND departement_code = :departement AND periode = :periode"
        found = connection.execute(text(f"SELECT etat FROM tache WHERE {where}"), key).scalar()
        if found == "faite":
            continue
        constat.deja_faites += 1
        told = {**key, "now": now, "m": DONE_BEFORE}
        if found is None:
            statement = (
                "INSERT INTO tache (travail, departement_code, periode, etat, due_le, prise_par, prise_le, finie_le, "
                "essais, message) VALUES (:travail, :departement, :periode, 'faite', :now, '', :now, :now, 1, :m)"
            )
        else:
            statement = f"UPDATE tache SET etat = 'faite', prise_le = :now, finie_le = :now, message = :m WHERE {where}"
        connection.execute(text(statement).bindparams(bindparam("now", type_=Moment)), told)


def _mark_mails(connection: Connection, sent: set[tuple[str, str, str]] | None, constat: RestaurationFound) -> None:
    """Mails with a link die with it; those that left since are not sent again; the others wait for the confirmation."""
    for motif in sorted(WITH_LINK):
        connection.execute(
            text("UPDATE courriel SET etat = 'refuse', erreur = :e WHERE etat = 'en_attente' AND motif = :m"),
            {"e": DEAD_LINK, "m": motif},
        )
    query = "SELECT id, destinataire, motif, CAST(cree_le AS VARCHAR) AS quand FROM courriel WHERE etat = 'en_attente'"
    for row in connection.execute(text(query)).all():
        if (row.destinataire, row.motif, row.quand) in (sent or ()):
            constat.deja_partis += 1
            connection.execute(
                text("UPDATE courriel SET etat = 'envoye', envoye_le = cree_le, erreur = :e WHERE id = :id"),
                {"e": SENT_BEFORE, "id": row.id},
            )
