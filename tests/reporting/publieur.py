"""A process that publishes one edition after another until it is killed, for test_publication.py."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from pathlib import Path

from paqte.reporting.publication import publish


def workbook(number: int, size: int = 3_000_000) -> bytes:
    """The bytes of a package as large as it takes to be caught while it is written, the same for a number."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("xl/workbook.xml"), f"<workbook>{number}</workbook>")
        archive.writestr(zipfile.ZipInfo("xl/media/page.bin"), bytes([number % 251]) * size)
    return buffer.getvalue()


def main(directory: Path) -> None:
    contents = [workbook(number) for number in range(40)]
    print("prêt", flush=True)  # noqa: T201
    for number, content in enumerate(contents):
        publish(content, directory, f"bilan-paqte_41_2026-S1_edition-{number}.xlsx")
    print("fini", flush=True)  # noqa: T201
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
