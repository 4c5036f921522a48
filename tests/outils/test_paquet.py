"""`make paquet` in small: a project of one library, made where a registry answers, installed where nothing does.

The whole product is made and installed the same way by the long run (pytest -m long).
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.lent
ROOT = Path(__file__).resolve().parents[2]
SETUP = "[metadata]\nname = essai\nversion = 0.1\n[options]\npy_modules = produit\n"
BUILD = '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "outils_essai"\nbackend-path = ["."]\n'
# What setuptools does for the product, which this project does without.
BACKEND = """
import zipfile
def build_editable(folder, settings=None, metadata=None):
    name = "essai-0.1-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("essai-0.1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: essai\\nVersion: 0.1\\n")
        wheel.writestr("essai-0.1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("essai-0.1.dist-info/RECORD", "")
    return name
build_wheel = build_editable
"""


def a_wheel(folder: Path) -> Path:
    """A library of one module."""
    path = folder / "petite-1.0-py3-none-any.whl"
    parts = {
        "petite.py": "MOT = 41\n",
        "petite-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: petite\nVersion: 1.0\n",
        "petite-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    hashed = {name: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()) for name, text in parts.items()}
    record = "".join(f"{name},sha256={one.decode().rstrip('=')},{len(parts[name])}\n" for name, one in hashed.items())
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in {**parts, "petite-1.0.dist-info/RECORD": record}.items():
            wheel.writestr(name, text)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout with our scripts, a lock of one library, and a registry that is a folder."""
    folder, registry = tmp_path / "projet", tmp_path / "registre"
    for one in (folder / "requirements", folder / "tests", registry):
        one.mkdir(parents=True)
    shutil.copytree(ROOT / "outils", folder / "outils", ignore=shutil.ignore_patterns("__pycache__"))
    digest = hashlib.sha256(a_wheel(registry).read_bytes()).hexdigest()
    told = {"setup.cfg": SETUP, "pyproject.toml": BUILD, "outils_essai.py": BACKEND, "tests/essai.py": "", "p.py": ""}
    told["requirements/run.txt"] = f"petite==1.0 --hash=sha256:{digest}\n"
    for name, text in told.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / ".venv").symlink_to(Path(sys.prefix))
    (folder / ".gitignore").write_text(".venv\ndist\n", encoding="utf-8")
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Essai"]):
        given = ["-c", "user.name=Essai", "-c", "user.email=essai@exemple.test"]
        subprocess.run(["git", *given, *words], cwd=folder, check=True)
    return folder


@pytest.fixture
def make(project: Path) -> Callable[[], Path]:
    """`make()` gives the archive."""

    def run() -> Path:
        registry = str(project.parent / "registre")
        given = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": registry, "PIP_CONFIG_FILE": os.devnull}
        done = subprocess.run(
            ["sh", "outils/paquet.sh"], cwd=project, env=os.environ | given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        (archive,) = (project / "dist").iterdir()
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        assert done.stdout == f"{digest}  {archive.name}\n"
        return archive

    return run


def without_network(*command: str) -> list[str]:
    """The command in a network namespace where nothing answers, where the machine lets one have it."""
    for given in (["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"]):
        if (
            shutil.which("unshare")
            and subprocess.run([*given, "true"], capture_output=True, check=False).returncode == 0
        ):
            return [*given, *command]
    pytest.skip("cette machine ne permet pas d’espace réseau à part (unshare --net)")


def unpack(archive: Path, folder: Path) -> Path:
    """As the guide says: by the system's own command."""
    folder.mkdir()
    subprocess.run(["tar", "xf", str(archive), "-C", str(folder)], check=True)
    (made,) = folder.iterdir()
    return made


def install(folder: Path) -> subprocess.CompletedProcess[str]:
    """As on a server: nothing of the machine that made it, no network."""
    given = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    command = without_network("sh", "installer.sh")
    return subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False)


def test_it_installs_where_nothing_answers(make: Callable[[], Path], project: Path, tmp_path: Path) -> None:
    made = unpack(make(), tmp_path / "serveur")
    shutil.rmtree(project.parent / "registre")
    done = install(made)
    assert done.returncode == 0, done.stderr
    asked = [str(made / ".venv/bin/python"), "-c", "import petite; print(petite.MOT)"]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "41\n"
    assert not (made / "tests").exists()


def test_the_same_commit_gives_the_same_archive(make: Callable[[], Path], project: Path) -> None:
    first = make().read_bytes()
    os.utime(project / "p.py", (1, 1))
    (project / "p.py").chmod(0o600)
    (project / "p.py").write_text("# jamais enregistré\n", encoding="utf-8")
    assert make().read_bytes() == first


@pytest.mark.parametrize("which", ["un fichier du produit", "une bibliothèque"])
def test_what_was_changed_on_its_way_is_refused_and_nothing_is_installed(
    make: Callable[[], Path], tmp_path: Path, which: str
) -> None:
    made = unpack(make(), tmp_path / "serveur")
    changed = made / "p.py" if which == "un fichier du produit" else next((made / "roues").glob("*.whl"))
    changed.write_bytes(changed.read_bytes() + b"#")
    done = install(made)
    assert done.returncode == 1
    assert changed.name in done.stderr and "abîmé ou a été modifié" in done.stderr
    assert not (made / ".venv").exists()


def test_a_library_put_in_the_place_of_another_is_refused_by_the_lock(make: Callable[[], Path], tmp_path: Path) -> None:
    """Whoever changes a library may change the list of hashes too: the lock is looked at all the same."""
    made = unpack(make(), tmp_path / "serveur")
    wheel = next((made / "roues").glob("*.whl"))
    with zipfile.ZipFile(wheel, "a") as held:
        held.writestr("en_plus.py", "")
    listed = (made / "EMPREINTES").read_text(encoding="utf-8").splitlines()
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    told = [f"{digest}  ./roues/{wheel.name}" if line.endswith(wheel.name) else line for line in listed]
    (made / "EMPREINTES").write_text("\n".join(told) + "\n", encoding="utf-8")
    done = install(made)
    assert done.returncode == 1
    assert "n'est pas celui attendu (empreinte différente)" in done.stderr


def test_an_archive_for_another_python_says_for_which_it_is(make: Callable[[], Path], tmp_path: Path) -> None:
    made = unpack(make(), tmp_path / "serveur")
    wheel = next((made / "roues").glob("*.whl"))
    other = wheel.with_name(wheel.name.replace("py3-none-any", "cp27-cp27m-win32"))
    wheel.rename(other)
    listed = (made / "EMPREINTES").read_text(encoding="utf-8").replace(wheel.name, other.name)
    (made / "EMPREINTES").write_text(listed, encoding="utf-8")
    done = install(made)
    assert done.returncode == 1
    assert "Ce paquet est fait pour Python 3." in done.stderr and "make paquet" in done.stderr


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_product_itself_installs_and_makes_its_base_where_nothing_answers(tmp_path: Path) -> None:
    """Asks the registry for every library of the lock."""
    project = tmp_path / "projet"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(project)], check=True)
    (project / ".venv").symlink_to(Path(sys.prefix))
    subprocess.run(["sh", "outils/paquet.sh"], cwd=project, check=True)
    (archive,) = (project / "dist").iterdir()
    made = unpack(archive, tmp_path / "serveur")
    assert install(made).returncode == 0
    command = without_network(str(made / ".venv/bin/paqte"), "base", "migrer")
    done = subprocess.run(command, cwd=made, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[:17]) == (0, "Base mise à jour "), done.stderr
