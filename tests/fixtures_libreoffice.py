"""A real LibreOffice, in French, that saves workbooks again and says what their cells show."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

NAMES = ("soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
NO_OFFICE = (
    "Aucun LibreOffice Calc : ce test demande un vrai tableur. "
    "Lancez « make test », qui en installe un, ou donnez son chemin dans PAQTE_SOFFICE."
)
SECONDS = 300
# Every sheet, each in a file of its own, its cells as they show: tabulations, UTF-8, texts between quotes.
AS_SHOWN = "csv:Text - txt - csv (StarCalc):9,34,76,1,,0,false,true,true,false,false,-1"
# Headless, LibreOffice follows this setting and not the locale of the process, which the machine may lack.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{}</value>
</prop></item></oor:items>
"""


@dataclass(frozen=True, slots=True)
class Bureau:
    """LibreOffice with a profile of its own under `folder`; one process converts all the files it is given."""

    soffice: str
    folder: Path

    def saved(self, files: Mapping[str, bytes], locale: str = "fr-FR") -> dict[str, bytes]:
        """Workbooks by name, as LibreOffice saves them again."""
        out = self._convert(files, "xlsx:Calc MS Excel 2007 XML", locale)
        return {name: (out / f"{name}.xlsx").read_bytes() for name in files}

    def printed(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Workbooks by name, as the PDF of what LibreOffice prints of them."""
        out = self._convert(files, "pdf", "fr-FR")
        return {name: (out / f"{name}.pdf").read_bytes() for name in files}

    def shown(self, files: Mapping[str, bytes], locale: str = "fr-FR") -> dict[str, dict[str, list[list[str]]]]:
        """By workbook and sheet, what each cell shows. No name may begin with another and a hyphen."""
        out = self._convert(files, AS_SHOWN, locale)
        return {name: dict(_sheets(out.glob(f"{name}-*.csv"), name)) for name in files}

    def flat(self, files: Mapping[str, bytes], locale: str = "fr-FR") -> dict[str, bytes]:
        """Workbooks by name, as one XML file each that says what every cell holds."""
        out = self._convert(files, "fods", locale)
        return {name: (out / f"{name}.fods").read_bytes() for name in files}

    def of_flat(self, files: Mapping[str, bytes], extension: str) -> dict[str, bytes]:
        """Such XML files by name, as LibreOffice saves them: .xlsx or .ods."""
        to = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "ods": "ods"}[extension]
        out = self._convert(files, to, "fr-FR", "fods")
        return {name: (out / f"{name}.{extension}").read_bytes() for name in files}

    def _convert(self, files: Mapping[str, bytes], to: str, locale: str, extension: str = "xlsx") -> Path:
        given, out = (self.folder / f"{len(list(self.folder.iterdir()))}-{kind}" for kind in ("lus", "ecrits"))
        given.mkdir()
        for name, content in files.items():
            (given / f"{name}.{extension}").write_bytes(content)
        command = [self.soffice, f"-env:UserInstallation={self._profile(locale).as_uri()}", "--headless"]
        command += ["--convert-to", to, "--outdir", str(out), *(str(given / f"{name}.{extension}") for name in files)]
        environment = {**os.environ, "LANG": "C.UTF-8", "HOME": str(self.folder)}
        done = subprocess.run(command, env=environment, capture_output=True, timeout=SECONDS, check=False)
        if done.returncode or not out.is_dir():
            pytest.fail(f"LibreOffice n’a rien enregistré : {done.stderr.decode(errors='replace')}", pytrace=False)
        return out

    def _profile(self, locale: str) -> Path:
        profile = self.folder / f"profil-{locale}"
        settings = profile / "user" / "registrymodifications.xcu"
        if not settings.exists():
            settings.parent.mkdir(parents=True)
            settings.write_text(SETTINGS.format(locale), encoding="utf-8")
        return profile


def _sheets(paths: Iterable[Path], name: str) -> Iterable[tuple[str, list[list[str]]]]:
    for path in paths:
        with path.open(encoding="utf-8", newline="") as stream:
            yield path.stem.removeprefix(f"{name}-"), list(csv.reader(stream, delimiter="\t"))


@pytest.fixture(scope="session")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """The LibreOffice given by `make test`, else found on this machine; the test fails without one."""
    found = os.environ.get("PAQTE_SOFFICE") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.fail(NO_OFFICE, pytrace=False)
    return Bureau(found, tmp_path_factory.mktemp("libreoffice"))
