"""What is wrong with a base, in a sentence with the way out: the one place that knows each kind of damage."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from paqte.domain.systeme import reason_of
from paqte.models.base import read_schema

SQLITE_HEADER = b"SQLite format 3\x00"
WAIT_SECONDS = 30
WAY_OUT = (
    "Arrêtez PAQTE, puis remettez la dernière sauvegarde par « paqte restaurer FICHIER » : "
    "la base abîmée sera gardée à part."
)
# What a driver says, in lower case, and what it means. The first found counts.
_DAMAGE = (
    ("malformed", "son contenu est abîmé"),
    ("file is not a database", "ce fichier n’est plus une base"),
    ("file is encrypted", "ce fichier n’est plus une base"),
    ("unsupported file format", "son en-tête est abîmé"),
    ("could not decode to utf-8", "un texte y est illisible"),
    ("invalid byte sequence", "un texte y est illisible"),
    ("no such table", "une table manque"),
    ("no such column", "une colonne manque"),
    ("undefinedtable", "une table manque"),
    ("undefinedcolumn", "une colonne manque"),
    ("disk i/o error", "une partie ne se lit plus"),
    ("could not read block", "une partie ne se lit plus"),
    ("invalid page", "son contenu est abîmé"),
)
# What ops/health.py says to whoever would write in the base of another version.
OTHER_VERSION = "une autre version"
OUTDATED = (
    "La base est d’une autre version que ce programme : mettez PAQTE à jour sur cette machine, puis relancez-le. "
    "Rien n’a été enregistré."
)
_AWAY = (
    ("locked", "elle est occupée par un autre programme ; réessayez dans un instant"),
    ("readonly", "son fichier ou son dossier ne s’écrit pas ; donnez-en le droit au compte qui lance PAQTE"),
    ("unable to open", "son fichier ne s’ouvre pas ; vérifiez son dossier et ses droits"),
    ("disk is full", "le disque est plein ; libérez de la place"),
)
_HASHED = (
    ("octets", "sha256"),
    ("fichier", "fichier_sha256"),
    ("contenu", "sha256"),
    ("publiable_fichier", "publiable_sha256"),
)
# What a workbook received says of itself is the hash of an edition made elsewhere: that of nothing we hold.
_HASHED_HERE = {"bilan_recu": (("octets", "fichier_sha256"),)}
_DOCUMENTS = {
    "bilan_recu": ("contenu",),
    "declaration": ("sceau", "hors_sceau"),
    "edition": ("contenu", "publiable"),
    "edition_territoire": ("contenu", "publiable"),
}


class BaseRefused(Exception):
    """This base is not one that this version can serve; the message is a French sentence, nothing was changed."""


class BaseDamaged(BaseRefused):
    """The base is damaged; the message says so, and the way out."""


class BackupRefused(Exception):
    """The back-up or the restoration could not be made; the message is a French sentence, nothing was changed."""


def damaged(what: str, why: str) -> BaseDamaged:
    return BaseDamaged(f"{what} : {why}. {WAY_OUT}")


def tell(error: BaseException) -> str | None:
    """The sentence for what the driver of the base raised; None for an error that comes from elsewhere."""
    if isinstance(error, BaseRefused):
        return str(error)
    if isinstance(error, PoolTimeout):
        return "La base ne répond pas : trop de connexions sont ouvertes ; réessayez dans un instant."
    why = damage_of(error)
    if why:
        return f"La base est abîmée : {why}. {WAY_OUT}"
    return _why_away(error) if isinstance(error, (DBAPIError, sqlite3.Error)) else None


def _why_away(error: BaseException) -> str | None:
    """The sentence for a sound base that does not answer, or not to this version; None for an error of a statement."""
    if OTHER_VERSION in _said(error):
        return OUTDATED
    meaning = away_of(error)
    if meaning:
        return f"La base ne répond pas : {meaning}."
    is_away = type(error).__name__ in ("OperationalError", "InterfaceError")
    return f"La base ne répond pas : {_said(error)[:200]}." if is_away else None


def damage_of(error: BaseException) -> str:
    """What of the base is damaged, by this error; '' when it says nothing of the kind."""
    if not isinstance(error, (SQLAlchemyError, sqlite3.Error)):
        return ""
    orig = getattr(error, "orig", None)
    said = f"{type(orig).__name__} {_said(error)}".lower()
    return next((meaning for mark, meaning in _DAMAGE if mark in said), "")


def away_of(error: BaseException) -> str:
    """What keeps a sound base from answering, and the remedy; '' when the error says nothing of the kind."""
    if not isinstance(error, (SQLAlchemyError, sqlite3.Error)):
        return ""
    said = _said(error).lower()
    return next((meaning for mark, meaning in _AWAY if mark in said), "")


def _said(error: BaseException) -> str:
    """The first line of what the driver said, without the statement."""
    lines = str(getattr(error, "orig", None) or error).splitlines()
    return (lines or [type(error).__name__])[0].rstrip(".")


def refuse_unreadable(path: Path, what: str | None = None) -> None:
    """BaseRefused for a file that is no base before anything opens it; an absent one is left to whoever makes it.

    `what` names it where it is not the base of these settings.
    """
    what = what or f"La base {path}"
    try:
        if not path.exists():
            return
        if path.is_dir():
            raise damaged(what, "c’est un dossier, non un fichier")
        if not path.is_file():
            # A pipe would be waited for without end.
            raise damaged(what, "ce n’est pas un fichier")
        with path.open("rb") as file:
            start, size = file.read(100), path.stat().st_size
    except OSError as error:
        raise BaseRefused(
            f"{what} ne se lit pas : {reason_of(error)}. Rendez-la lisible et inscriptible par ce compte, "
            "ou remettez une sauvegarde par « paqte restaurer FICHIER »."
        ) from error
    if size == 0:
        raise BaseDamaged(
            f"{what} est vide (0 octet). Si rien n’y a jamais été saisi, supprimez ce fichier ; sinon remettez la "
            "dernière sauvegarde par « paqte restaurer FICHIER »."
        )
    if not start.startswith(SQLITE_HEADER):
        raise damaged(what, "ce fichier n’est plus une base SQLite")
    if _is_cut(path, start, size):
        raise damaged(what, "la fin du fichier manque")


def _is_cut(path: Path, start: bytes, size: int) -> bool:
    """Whether pages that the header counts are not there; what waits in the journal beside may hold them."""
    page = int.from_bytes(start[16:18], "big")
    page = 65536 if page == 1 else page
    wal = path.with_name(f"{path.name}-wal")
    is_counted = start[24:28] == start[92:96]
    return (
        is_counted and size < page * int.from_bytes(start[28:32], "big") and not (wal.exists() and wal.stat().st_size)
    )


def open_sqlite(path: Path, mode: str) -> sqlite3.Connection:
    """A connection of this task's own: "ro", "rw" or "rwc"; the name is taken as it is. sqlite3.Error when damaged."""
    base = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=WAIT_SECONDS, isolation_level=None
    )
    try:
        read_schema(base)
    except BaseException:
        base.close()
        raise
    return base


def check_content(path: Path, what: str | None = None) -> None:
    """Read the whole of an SQLite base: pages, references, every text, every file against its hash.

    BaseDamaged says what was found; a file that cannot even be opened too.
    """
    named = what or f"La base {path}"
    refuse_unreadable(path, named)
    try:
        with closing(open_sqlite(path, "ro")) as base:
            for fault in _faults(base):
                raise damaged(named, fault)
    except sqlite3.Error as error:
        why = damage_of(error)
        if why:
            raise damaged(named, why) from error
        raise BaseRefused(tell(error)) from error


def _faults(base: sqlite3.Connection) -> Iterator[str]:
    found = base.execute("PRAGMA integrity_check(1)").fetchone()
    if found != ("ok",):
        yield "son contenu est abîmé (contrôle d’intégrité)"
    broken = base.execute("PRAGMA foreign_key_check").fetchone()
    if broken:
        yield f"une référence de la table {broken[0]} ne mène nulle part"
    tables = base.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    for (table,) in tables.fetchall():
        columns = {row[1]: row[2].upper() for row in base.execute(f'PRAGMA table_info("{table}")')}
        yield from _unreadable_text(base, table, columns)
        yield from _mistaken_values(base, table, columns)
        yield from _changed_files(base, table, columns)
        yield from _spoiled_documents(base, table, columns)


def _unreadable_text(base: sqlite3.Connection, table: str, columns: dict[str, str]) -> Iterator[str]:
    """SQLite keeps bytes that are no text without a word, and its own check passes over them."""
    texts = [name for name, kind in columns.items() if re.search("CHAR|TEXT|CLOB|DATE|TIME", kind)]
    if not texts:
        return
    listed = ", ".join(f'"{name}"' for name in texts)
    try:
        for _ in base.execute(f'SELECT {listed} FROM "{table}"'):
            pass
    except sqlite3.OperationalError as error:
        named = re.search(r"column '(\w+)'", str(error))
        if "decode" not in str(error).lower():
            raise
        yield f"un texte de la table {table}{f', colonne {named[1]},' if named else ''} est illisible"


def _mistaken_values(base: sqlite3.Connection, table: str, columns: dict[str, str]) -> Iterator[str]:
    """SQLite keeps a word in a column of numbers, and « pas une date » in a column of dates."""
    for name, kind in columns.items():
        if re.search("INT|NUMERIC|DECIMAL|FLOAT|BOOL", kind):
            mistaken, what = f"typeof(\"{name}\") NOT IN ('integer', 'real', 'null')", "une valeur"
        elif re.search("DATE|TIME", kind):
            mistaken, what = f'"{name}" IS NOT NULL AND julianday("{name}") IS NULL', "une date"
        else:
            continue
        if base.execute(f'SELECT 1 FROM "{table}" WHERE {mistaken} LIMIT 1').fetchone():
            yield f"{what} de la table {table}, colonne {name}, est illisible"


def _changed_files(base: sqlite3.Connection, table: str, columns: dict[str, str]) -> Iterator[str]:
    """The bytes of a file may be damaged without SQLite seeing it: their hash does."""
    for content, digest in _HASHED_HERE.get(table, _HASHED):
        if content in columns and digest in columns:
            # A text as the bytes it is made of.
            for octets, expected in base.execute(f'SELECT CAST("{content}" AS BLOB), "{digest}" FROM "{table}"'):
                if octets is not None and hashlib.sha256(octets).hexdigest() != expected:
                    yield f"un fichier de la table {table} n’a plus son empreinte"


def _spoiled_documents(base: sqlite3.Connection, table: str, columns: dict[str, str]) -> Iterator[str]:
    """What an edition or a seal holds as JSON is read by the pages: half of it stops them."""
    for name in _DOCUMENTS.get(table, ()):
        if (
            name in columns
            and base.execute(
                f'SELECT 1 FROM "{table}" WHERE "{name}" <> \'\' AND NOT json_valid("{name}") LIMIT 1'
            ).fetchone()
        ):
            yield f"un texte de la table {table}, colonne {name}, est abîmé"
