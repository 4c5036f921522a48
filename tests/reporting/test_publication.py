"""Published whole or not at all; what stood there before stays whole (cases 91, 93, 95)."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from paqte.reporting.publication import PublicationRefused, file_name, publish
from tests.reporting.mondes.exemples import exemple
from tests.reporting.publieur import workbook as big_workbook

ROOT = Path(__file__).resolve().parents[2]
NAME = "bilan-paqte_41_2026-S1_edition-1.xlsx"
OTHER = "bilan-paqte_41_2026-S1_edition-2.xlsx"


def test_the_name_of_a_file_is_ascii_and_says_which_edition() -> None:
    assert file_name(exemple()) == NAME
    assert file_name(replace(exemple(), departement="2A", edition=12)) == "bilan-paqte_2A_2026-S1_edition-12.xlsx"


@pytest.mark.parametrize("departement", ["../../etc", "Réunion", "41\x00", "a b/c", ""])
def test_no_text_can_lead_the_file_elsewhere(departement: str) -> None:
    name = file_name(replace(exemple(), departement=departement))
    assert name.isascii()
    assert Path(name).name == name


@pytest.mark.parametrize("name", ["../x.xlsx", "a/b.xlsx", ".cache.xlsx", "bilan.xls", "é.xlsx", "", "x.xlsx\n"])
def test_a_name_that_is_not_ours_is_refused(name: str, workbook: bytes, tmp_path: Path) -> None:
    with pytest.raises(PublicationRefused, match="n’est pas un nom de fichier d’édition"):
        publish(workbook, tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_put_in_a_folder_made_for_it(workbook: bytes, tmp_path: Path) -> None:
    path = publish(workbook, tmp_path / "41" / "2026-S1", NAME)
    assert path == tmp_path / "41" / "2026-S1" / NAME
    assert path.read_bytes() == workbook
    assert [p.name for p in path.parent.iterdir()] == [NAME]


def test_doing_it_again_leaves_the_same_file_untouched(workbook: bytes, tmp_path: Path) -> None:
    path = publish(workbook, tmp_path, NAME)
    before = path.stat()
    publish(workbook, tmp_path, NAME)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_another_content_never_takes_the_name_of_an_edition(workbook: bytes, tmp_path: Path) -> None:
    publish(workbook, tmp_path, NAME)
    with pytest.raises(PublicationRefused, match="existe déjà avec un autre contenu"):
        publish(big_workbook(1, 100), tmp_path, NAME)
    assert (tmp_path / NAME).read_bytes() == workbook


@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04 coup\xc3\xa9"])
def test_what_is_not_a_workbook_is_never_published(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(PublicationRefused, match="n’est pas un classeur Excel"):
        publish(content, tmp_path, NAME)
    assert list(tmp_path.iterdir()) == []


def test_a_truncated_workbook_is_never_published(workbook: bytes, tmp_path: Path) -> None:
    with pytest.raises(PublicationRefused):
        publish(workbook[:-500], tmp_path, NAME)
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_a_killed_writer_are_removed_and_those_of_a_living_one_are_not(
    workbook: bytes, tmp_path: Path
) -> None:
    import fcntl

    dead, alive = (tmp_path / f".{NAME}.{kind}.en-cours" for kind in ("aaaa", "bbbb"))
    dead.write_bytes(b"PK")
    alive.write_bytes(b"PK")
    with alive.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        publish(workbook, tmp_path, NAME)
        assert not dead.exists()
        assert alive.exists()


def test_several_at_once_publish_one_whole_file(workbook: bytes, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _: publish(workbook, tmp_path, NAME), range(24)))
    assert {p.read_bytes() for p in paths} == {workbook}
    assert [p.name for p in tmp_path.iterdir()] == [NAME]


@pytest.mark.lent
def test_91_killed_at_any_moment_only_whole_files_are_there(tmp_path: Path) -> None:
    moments = random.Random(41)
    for _ in range(12):
        writer = subprocess.Popen(
            [sys.executable, "-m", "tests.reporting.publieur", str(tmp_path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == "prêt\n"
        time.sleep(moments.uniform(0, 0.25))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        for path in tmp_path.glob("*"):
            assert path.name.startswith(".") or zipfile.ZipFile(path).testzip() is None
    publish(big_workbook(99, 100), tmp_path, OTHER.replace("-2.", "-99."))
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_93_a_full_disk_leaves_the_former_file_whole(workbook: bytes, tmp_path: Path) -> None:
    with _small_disk(tmp_path / "petit") as small:
        publish(workbook, small, NAME)
        with pytest.raises(PublicationRefused, match=r"Le fichier n’a pas pu être déposé .* disque"):
            publish(big_workbook(2), small, OTHER)
        assert (small / NAME).read_bytes() == workbook
        assert [p.name for p in small.iterdir()] == [NAME]


@contextmanager
def _small_disk(directory: Path) -> Iterator[Path]:
    """A folder that takes 300 kB: a real small disk where we may mount one, a limit of size elsewhere."""
    directory.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", directory], check=False, capture_output=True
        ).returncode
    )
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    if not mounted:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limits[1]))
    try:
        yield directory
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        if mounted:
            subprocess.run(["umount", directory], check=True)


def test_93_a_limit_of_size_leaves_the_former_file_whole(workbook: bytes, tmp_path: Path) -> None:
    publish(workbook, tmp_path, NAME)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        with pytest.raises(PublicationRefused, match="cette taille"):
            publish(big_workbook(2), tmp_path, OTHER)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [p.name for p in tmp_path.iterdir()] == [NAME]
    assert (tmp_path / NAME).read_bytes() == workbook


def test_95_a_folder_that_cannot_be_written_is_said_in_a_sentence(workbook: bytes, tmp_path: Path) -> None:
    publish(workbook, tmp_path / "41", NAME)
    with _read_only(tmp_path / "41") as folder:
        with pytest.raises(PublicationRefused, match=r"lecture seule|n’en a pas le droit"):
            publish(big_workbook(2, 100), folder, OTHER)
        assert [p.name for p in folder.iterdir()] == [NAME]


@contextmanager
def _read_only(directory: Path) -> Iterator[Path]:
    """A folder nobody may write into: modes suffice unless root, whom only a read-only mount stops."""
    if os.geteuid() != 0:
        directory.chmod(0o555)
        yield directory
        directory.chmod(0o755)
        return
    subprocess.run(["mount", "--bind", directory, directory], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", directory], check=True)
    try:
        yield directory
    finally:
        subprocess.run(["umount", directory], check=True)


def test_95_a_path_that_is_not_a_folder_is_said_in_a_sentence(workbook: bytes, tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("un fichier")
    with pytest.raises(PublicationRefused, match="n’a pas pu être déposé"):
        publish(workbook, tmp_path / "reports", NAME)


def test_a_disk_that_gives_back_something_else_is_noticed(
    workbook: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda p: read(p)[:-1] if p.name.endswith(".en-cours") else read(p))
    with pytest.raises(PublicationRefused, match="diffère de ce qui a été écrit"):
        publish(workbook, tmp_path, NAME)
    assert list(tmp_path.iterdir()) == []


def test_a_share_without_hard_links_still_gets_a_whole_file(
    workbook: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert publish(workbook, tmp_path, NAME).read_bytes() == workbook
    assert [p.name for p in tmp_path.iterdir()] == [NAME]


def test_R23_internal_files_are_read_by_their_owner_alone(tmp_path: Path) -> None:
    folder, mask = tmp_path / "reports" / "41" / "2026-S1", os.umask(0o022)
    public = file_name(replace(exemple(), diffusion="publiable"))
    try:
        for name in (NAME, public):
            publish(big_workbook(1), folder, name)
        modes = {path.relative_to(tmp_path).as_posix(): path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
        assert modes == {
            "reports": 0o700,
            "reports/41": 0o700,
            "reports/41/2026-S1": 0o700,
            f"reports/41/2026-S1/{NAME}": 0o600,
            f"reports/41/2026-S1/{public}": 0o644,
        }
    finally:
        os.umask(mask)


def test_R23_what_was_published_open_to_all_is_closed_in_passing(tmp_path: Path) -> None:
    path = publish(big_workbook(1), tmp_path / "41", NAME)
    path.chmod(0o644)
    path.parent.chmod(0o755)
    publish(big_workbook(1), tmp_path / "41", NAME)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
