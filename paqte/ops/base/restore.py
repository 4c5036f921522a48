"""Restoring a back-up: judged first, made ready aside, then put in place by one rename (SQLite) or one transaction."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from paqte.config import sqlite_url
from paqte.domain.systeme import reason_of
from paqte.models.base import Base
from paqte.models.writers import PAUSE, TURNSTILE, turnstile
from paqte.ops.base.backup import flush, free_name, make_private, save_base, sqlite_path
from paqte.ops.base.cipher import NOTHING, decrypt, is_encrypted
from paqte.ops.base.damage import (
    SQLITE_HEADER,
    WAIT_SECONDS,
    WAY_OUT,
    BackupRefused,
    BaseDamaged,
    BaseRefused,
    away_of,
    check_content,
    damage_of,
    open_sqlite,
)
from paqte.ops.base.dump import POSTGRES_HEADER, read_dump, replace_all
from paqte.ops.base.migration import numbers, upgrade_base
from paqte.ops.fichiers import remove_leftovers

# What a base says of itself before anybody has typed anything in it.
WITHOUT_DATA = frozenset({"alembic_version", "mouvement", "part_edition", "somme"})
BESIDE = ("-wal", "-shm")
# Tables that every version of PAQTE has: a base without them is another program's.
CORE = frozenset({"departement", "utilisateur", "journal"})

Mend = Callable[[str], None]


def restore_base(
    url: str, source: Path, *, now: datetime, mend: Mend = lambda url: None, keys: Sequence[Any] = ()
) -> None:
    """Put a back-up in place of the base, and bring it to the version of this code.

    On SQLite the file is copied beside the base, judged, migrated and mended (`mend` is given the address of the copy)
    before one rename puts it in place; whoever had the former open is sent to the new one. Raises BackupRefused, and
    then nothing was changed, for a file that is no whole back-up of PAQTE, of this version or an older one, or that
    none of these private `keys` opens.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        _restore_postgres(url, source, now, mend, keys)
        return
    live = sqlite_path(address)
    _refuse_itself(source, live)
    _refuse_source(source)
    remove_leftovers(live.parent, now)
    aside = live.with_name(f".{live.name}.{os.getpid()}.restauration")
    try:
        _copy(source, aside, keys)
        _judge(aside, source)
        _bring_up_to_date(aside, source, now, mend)
        _exchange(aside, live)
    finally:
        for suffix in ("", *BESIDE, TURNSTILE):
            aside.with_name(f"{aside.name}{suffix}").unlink(missing_ok=True)


def keep_former(url: str, folder: Path, now: datetime, keys: Sequence[str] = ()) -> tuple[Path | None, bool]:
    """A copy of the base as it is, before it is replaced, and whether it is sound; None when there is no base.

    What is damaged is kept as it lies, byte for byte and in clear: something may be saved from it. BackupRefused when
    nothing can be kept.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return save_base(url, folder, now, prefix="avant-restauration", keys=keys), True
    live = sqlite_path(address)
    if not os.path.lexists(live):
        return None, True
    try:
        return save_base(url, folder, now, prefix="avant-restauration", keys=keys), True
    except (BackupRefused, BaseRefused):
        return _keep_as_it_lies(live, folder, now), False


def _keep_as_it_lies(live: Path, folder: Path, now: datetime) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = free_name(folder, f"avant-restauration-{now:%Y%m%d-%H%M%S}-abimee", ".sqlite3")
        if not live.is_file():  # a folder, a pipe, a link that leads nowhere
            live.rename(target)
            return target
        for suffix in ("", "-wal"):
            part = live.with_name(f"{live.name}{suffix}")
            if suffix == "" or part.exists():
                _copy_or_link(part, target.with_name(f"{target.name}{suffix}"))
    except OSError as error:
        raise BackupRefused(
            f"La base présente n’a pas pu être gardée dans {folder} : {reason_of(error)}. {NOTHING}"
        ) from error
    return target


def _copy_or_link(part: Path, target: Path) -> None:
    """What may not be read may still be given a second name."""
    make_private(target)
    try:
        shutil.copyfile(part, target)
    except PermissionError:
        target.unlink(missing_ok=True)
        os.link(part, target)


def _refuse_itself(source: Path, live: Path) -> None:
    """BackupRefused for the base in use, whatever name it is given by: a link to it is no copy of it."""
    with suppress(OSError):
        if os.path.samefile(source, live):
            raise BackupRefused(
                f"{source} est la base présente elle-même, non une copie : la remettre en place retiendrait ce qui "
                f"doit partir. Donnez un fichier écrit par « paqte sauvegarder ». {NOTHING}"
            )


def _refuse_source(source: Path) -> None:
    """BackupRefused for what is no SQLite file, or not a whole one."""
    try:
        if source.is_dir():
            raise BackupRefused(f"{source} est un dossier, non une sauvegarde. {NOTHING}")
        if source.exists() and not source.is_file():
            raise BackupRefused(f"{source} n’est pas un fichier. {NOTHING}")
        with source.open("rb") as file:
            start = file.read(len(SQLITE_HEADER))
        beside = [source.with_name(f"{source.name}{suffix}") for suffix in ("-wal", "-journal")]
        left = [path.name for path in beside if path.exists() and path.stat().st_size > 0]
    except OSError as error:
        raise BackupRefused(f"Le fichier {source} ne se lit pas : {reason_of(error)}. {NOTHING}") from error
    if not is_encrypted(source):
        _refuse_start(start, source)
    if left:
        raise BackupRefused(
            f"Un journal est resté à côté ({left[0]}) : {source} est la copie d’une base en marche, peut-être "
            f"incomplète. Donnez un fichier écrit par « paqte sauvegarder ». {NOTHING}"
        )


def _refuse_start(start: bytes, source: Path) -> None:
    if start.startswith(POSTGRES_HEADER):
        raise BackupRefused(
            f"Le fichier {source} est la sauvegarde d’une base PostgreSQL, et celle-ci est SQLite. {NOTHING}"
        )
    if start != SQLITE_HEADER:
        what = "est vide (0 octet)" if not start else "n’est pas une sauvegarde d’une base SQLite de PAQTE"
        raise BackupRefused(f"Le fichier {source} {what}. {NOTHING}")


def _copy(source: Path, aside: Path, keys: Sequence[Any]) -> None:
    try:
        aside.parent.mkdir(parents=True, exist_ok=True)
        aside.unlink(missing_ok=True)
        make_private(aside)
        if is_encrypted(source):
            with aside.open("wb") as file:
                decrypt(source, file, keys)
            with aside.open("rb") as file:
                _refuse_start(file.read(len(SQLITE_HEADER)), source)
            return
        shutil.copyfile(source, aside)
    except OSError as error:
        raise BackupRefused(
            f"La sauvegarde n’a pas pu être copiée dans {aside.parent} : {reason_of(error)}. {NOTHING}"
        ) from error


def _judge(aside: Path, source: Path) -> None:
    """BackupRefused unless the copy is whole, PAQTE's, and holds something."""
    try:
        check_content(aside, what=f"Le fichier {source}")
    except BaseRefused as error:
        raise BackupRefused(_of_source(str(error))) from error
    with closing(open_sqlite(aside, "ro")) as copy:
        listed = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        names = {name for (name,) in listed}
        rows = {
            name: copy.execute(f'SELECT count(*) FROM (SELECT 1 FROM "{name}" LIMIT 1)').fetchone()[0]
            for name in names - WITHOUT_DATA
        }
        _refuse_tables(names, source)
        versions = [number for (number,) in copy.execute("SELECT version_num FROM alembic_version")]
    if len(versions) != 1 or not versions[0]:
        raise BackupRefused(
            f"Le fichier {source} n’a pas un seul numéro de version : la sauvegarde n’est pas entière. {NOTHING}"
        )
    if not any(rows.values()):
        raise BackupRefused(f"La base du fichier {source} ne contient aucune donnée. {NOTHING}")


def _of_source(said: str) -> str:
    """What was said of a base, said of the file that was to take its place: the way out is another file."""
    reason = said.removesuffix(NOTHING).strip().removesuffix(WAY_OUT).rstrip(" .")
    return f"{reason}. {NOTHING} Essayez une autre sauvegarde."


def _refuse_tables(names: set[str], source: Path) -> None:
    if not names:
        raise BackupRefused(f"Le fichier {source} est une base vide, sans aucune table. {NOTHING}")
    if "alembic_version" not in names or not names >= CORE:
        raise BackupRefused(f"Le fichier {source} est la base d’un autre programme que PAQTE. {NOTHING}")


def _bring_up_to_date(aside: Path, source: Path, now: datetime, mend: Mend) -> None:
    """The copy at the version of this code, mended, complete, in one file and on the disk."""
    url = sqlite_url(aside)
    try:
        upgrade_base(url, backups=None, now=now)
        _refuse_incomplete(url, source)
        mend(url)
        with closing(open_sqlite(aside, "rw")) as copy:
            copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            copy.execute("PRAGMA journal_mode=DELETE")
        check_content(aside, what=f"Le fichier {source}")
        flush(aside)
    except BackupRefused:
        raise
    except Exception as error:
        raise BackupRefused(_why_not_ready(error, source)) from error


def _why_not_ready(error: Exception, source: Path) -> str:
    """The sentence for a copy that passed every check of its bytes and yet cannot be brought to this version."""
    if isinstance(error, BaseDamaged) or damage_of(error):
        why = damage_of(error) or str(error).removeprefix("La base est abîmée : ")
        return _of_source(f"Le fichier {source} : {why}")
    told_by_driver = isinstance(error.__cause__, SQLAlchemyError)
    if isinstance(error, BaseRefused) and not told_by_driver:
        said = str(error).replace("La base est", "La sauvegarde est").removesuffix(NOTHING).strip()
        return f"{source} : {said} {NOTHING}"
    away = away_of(error.__cause__ if told_by_driver and error.__cause__ else error)
    if away:
        return f"La sauvegarde n’a pas pu être mise en place : {away}. {NOTHING}"
    if isinstance(error, OSError):
        return f"La sauvegarde n’a pas pu être mise en place : {reason_of(error)}. {NOTHING}"
    return _of_source(
        f"Le fichier {source} ne peut pas être mis à jour : il n’est pas de la version qu’il porte "
        f"({type(error.__cause__ or error).__name__})"
    )


def _refuse_incomplete(url: str, source: Path) -> None:
    """A base at the right version where tables or columns are missing was made by hand, or cut."""
    engine = create_engine(url)
    try:
        found = inspect(engine)
        names = set(found.get_table_names())
        missing = sorted(set(Base.metadata.tables) - names)
        columns = {name: {column["name"] for column in found.get_columns(name)} for name in names}
    finally:
        engine.dispose()
    lacking = [
        f"{name}.{column.name}"
        for name, kept in Base.metadata.tables.items()
        if name in names
        for column in kept.columns
        if column.name not in columns[name]
    ]
    if missing or lacking:
        raise BackupRefused(f"Le fichier {source} est incomplet : {(missing + lacking)[0]} y manque. {NOTHING}")


def _exchange(aside: Path, live: Path) -> None:
    """One rename. Nobody opens the base meanwhile, and nobody writes in the former one any more."""
    try:
        with ExitStack() as held:
            held.enter_context(_nobody_opens(live.parent))
            held.enter_context(_nobody_writes(live))
            # The former base holds its journal by now; left there, it would be taken for the new base's own.
            for suffix in BESIDE:
                live.with_name(f"{live.name}{suffix}").unlink(missing_ok=True)
            aside.replace(live)
            flush(live)
    except OSError as error:
        raise BackupRefused(f"La base n’a pas pu être remplacée : {reason_of(error)}. {NOTHING}") from error


@contextmanager
def _nobody_opens(folder: Path) -> Iterator[None]:
    """models/base.py holds the same lock, shared, while it opens a base."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a share that knows no lock
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _nobody_writes(live: Path) -> Iterator[None]:
    """Hold the write lock of the former base, its journal copied into it; a damaged one is not waited for."""
    former = _locked(live) if live.exists() else None
    try:
        yield
    finally:
        if former is not None:
            former.close()


def _locked(live: Path) -> sqlite3.Connection | None:
    """A connection that holds the lock, the whole journal copied into the base; None for one too damaged to lock.

    The lock comes first, in its turn among those who write: the other way round, whoever writes without pause
    always fills the journal again before the lock is taken.
    """
    base = None
    try:
        base = open_sqlite(live, "rw")
        with turnstile(str(live), WAIT_SECONDS):
            base.execute("BEGIN IMMEDIATE")
        if _is_journal_copied(live):
            return base
    except sqlite3.Error as error:
        if "locked" not in str(error):
            if base is not None:
                base.close()
            return None
    if base is not None:
        base.close()
    raise BackupRefused(f"La base est occupée : arrêtez PAQTE, puis recommencez. {NOTHING}")


def _is_journal_copied(live: Path) -> bool:
    """Whether the base holds all that its journal does, whoever still reads a former state waited for."""
    deadline = time.monotonic() + WAIT_SECONDS
    with closing(open_sqlite(live, "rw")) as beside:
        while True:
            # Not TRUNCATE, which asks for the lock that is held already: the journal goes with the former base.
            _, pages, copied = beside.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if pages == copied or time.monotonic() > deadline:
                return bool(pages == copied)
            time.sleep(PAUSE)


def _restore_postgres(url: str, source: Path, now: datetime, mend: Mend, keys: Sequence[Any]) -> None:
    """The dump is read to its end first; then all or nothing, in one transaction."""
    tables, version = read_dump(source, keys)
    _refuse_tables(set(tables), source)
    if version not in numbers():
        raise BackupRefused(
            f"{source} est une sauvegarde de version {version or 'inconnue'}, que cette application (version "
            f"{numbers()[-1]}) ne connaît pas : installez une version plus récente de PAQTE. {NOTHING}"
        )
    if not any(rows for name, rows in tables.items() if name not in WITHOUT_DATA):
        raise BackupRefused(f"La base du fichier {source} ne contient aucune donnée. {NOTHING}")
    replace_all(url, source, keys)
    upgrade_base(url, backups=None, now=now)
    mend(url)
