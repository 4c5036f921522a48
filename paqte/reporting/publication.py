"""Putting a finished file in place: aside, read again, then under its name; never half, never over another."""

from __future__ import annotations

import csv
import errno
import fcntl
import hashlib
import io
import json
import os
import re
import secrets
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from paqte.domain.documents.commun.document import Document
from paqte.domain.editions.editions import CSV, JSON, XLSX
from paqte.domain.erreurs import Refused
from paqte.domain.secret import INTERNE, PUBLIABLE
from paqte.domain.systeme import reason_of

PRIVATE_FOLDER, PRIVATE_FILE, PUBLIC_FILE = 0o700, 0o600, 0o644
_ASIDE = ".en-cours"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.(xlsx|csv|json)", re.ASCII)
_UNSAFE = re.compile(r"[^A-Za-z0-9-]+", re.ASCII)
_NO_LINK = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


class PublicationRefused(Refused):
    """The file could not be put in place; what was there before is whole. The message is a French sentence."""


def file_name(document: Document, prefix: str = "bilan-paqte", extension: str = "xlsx") -> str:
    """ASCII name of a file of an edition: "bilan-paqte_41_2026-S1_edition-1.xlsx", or "…_edition-1_publiable.xlsx"."""
    begun = f"{prefix}_{safe_part(document.departement, 'departement')}_{safe_part(document.periode, 'periode')}"
    return edition_name(begun, document.edition, document.diffusion, extension)


def edition_name(begun: str, numero: int, diffusion: str = INTERNE, extension: str = "xlsx") -> str:
    """The same of an edition of any territory, whose kind, place and period are said already."""
    version = "" if diffusion == INTERNE else f"_{diffusion}"
    return f"{begun}_edition-{numero}{version}.{extension}"


def safe_part(text: str, otherwise: str) -> str:
    """A text as it may stand in the name of a file."""
    return _UNSAFE.sub("-", text) or otherwise


def publish(content: bytes, directory: Path, name: str) -> Path:
    """Put `content` in `directory` under `name`, whole or not at all, and return its path.

    Written under a hidden name in the same directory, flushed to disk, read again, then linked under its
    name, which fails if the name was taken meanwhile. The same bytes already there are left alone.
    Raises PublicationRefused when another content bears the name, when `content` is not what its name
    says, or when the disk refuses; whatever stood there before stays whole.
    """
    match = _NAME.fullmatch(name)
    if not match:
        raise PublicationRefused(f"« {name} » n’est pas un nom de fichier d’édition.")
    _CHECKS[match[1]](content)
    target = directory / name
    try:
        _make_directory(directory)
        _remove_leftovers(directory)
        if not _is_already_there(target, content):
            _write_then_link(target, content)
    except OSError as error:
        raise PublicationRefused(
            f"Le fichier n’a pas pu être déposé dans {directory} : {reason_of(error)}. "
            "Le fichier précédent reste en place."
        ) from error
    return target


def exposed_files(reports: Path) -> list[Path]:
    """What lies in the published folder and may be read by more people than it is made for."""
    found = []
    for path in sorted(reports.rglob("*")) if reports.is_dir() else ():
        with suppress(OSError):
            if path.is_file() and not path.is_symlink() and path.stat().st_mode & 0o077 & ~_mode(path.name):
                found.append(path)
    return found


def narrow_published(reports: Path) -> int:
    """Give the files that former versions, a copy or a restoration left readable by all to their owner; how many."""
    exposed = exposed_files(reports)
    for path in exposed:
        with suppress(PermissionError):
            path.chmod(path.stat().st_mode & ~0o077 | _mode(path.name))
    return len(exposed)


def _make_directory(directory: Path) -> None:
    """The folder, open to its owner alone: internal files lie in it, and the usual mask shows them to all (R30)."""
    missing = [place for place in (directory, *directory.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    if directory.stat().st_mode & 0o077:
        with suppress(PermissionError):
            directory.chmod(PRIVATE_FOLDER)


def _mode(name: str) -> int:
    """What is made to be sent outside may be read by others; all the rest is internal."""
    return PUBLIC_FILE if f"_{PUBLIABLE}." in name else PRIVATE_FILE


def _write_then_link(target: Path, content: bytes) -> None:
    with _aside(target) as (path, descriptor):
        _write_all(descriptor, content)
        os.fsync(descriptor)
        if path.read_bytes() != content:
            raise PublicationRefused(f"Le fichier relu dans {target.parent} diffère de ce qui a été écrit.")
        _link(path, target, content)
    _flush_directory(target.parent)


@contextmanager
def _aside(target: Path) -> Iterator[tuple[Path, int]]:
    """A hidden file of ours, locked as long as we live so that nobody takes it for a leftover."""
    path, descriptor = _create_aside(target)
    try:
        yield path, descriptor
    finally:
        with suppress(FileNotFoundError):
            path.unlink()
        os.close(descriptor)


def _create_aside(target: Path) -> tuple[Path, int]:
    while True:
        path = target.with_name(f".{target.name}.{secrets.token_hex(6)}{_ASIDE}")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _mode(target.name))
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Between its creation and its lock, somebody tidying up may have taken it for a leftover.
        if path.exists():
            return path, descriptor
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def _link(path: Path, target: Path, content: bytes) -> None:
    """Give the file its name; two writers of the same bytes agree, others are refused."""
    try:
        os.link(path, target)
    except FileExistsError:
        _is_already_there(target, content)
    except OSError as error:
        # Some shares know no hard links: replace is whole too, only blind to a rival arriving this instant.
        if error.errno not in _NO_LINK:
            raise
        if not _is_already_there(target, content):
            os.replace(path, target)


def _is_already_there(target: Path, content: bytes) -> bool:
    """Whether these very bytes are there; PublicationRefused when it is something else."""
    if not target.exists():
        return False
    if target.is_file() and target.read_bytes() == content:
        # Those published before the modes were narrowed are narrowed in passing.
        if target.stat().st_mode & 0o077 & ~_mode(target.name):
            with suppress(PermissionError):
                target.chmod(_mode(target.name))
        return True
    digest = hashlib.sha256(content).hexdigest()[:12]
    raise PublicationRefused(
        f"{target.name} existe déjà avec un autre contenu : une édition publiée ne change jamais. "
        f"Le fichier en place est gardé, le nouveau (empreinte {digest}…) n’a pas été déposé."
    )


def _remove_leftovers(directory: Path) -> None:
    """Remove what killed writers left; a living one still holds its lock."""
    for path in directory.glob(f".*{_ASIDE}"):
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDWR)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
            finally:
                os.close(descriptor)


def _flush_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_workbook(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            damaged = archive.testzip()
            is_workbook = "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise PublicationRefused("Ce qui devait être publié n’est pas un classeur Excel.") from error
    if damaged or not is_workbook:
        raise PublicationRefused("Ce qui devait être publié n’est pas un classeur Excel entier.")


def _check_csv(content: bytes) -> None:
    """Whole rows, all as long as the headings."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise PublicationRefused("Ce qui devait être publié n’est pas un fichier CSV.") from error
    if not rows or {len(row) for row in rows} != {len(rows[0])} or not content.endswith(b"\r\n"):
        raise PublicationRefused("Ce qui devait être publié n’est pas un fichier CSV entier.")


def _check_json(content: bytes) -> None:
    try:
        json.loads(content)
    except ValueError as error:
        raise PublicationRefused("Ce qui devait être publié n’est pas du JSON entier.") from error


_CHECKS: Mapping[str, Callable[[bytes], None]] = {XLSX: _check_workbook, CSV: _check_csv, JSON: _check_json}
