"""Prints how many kilobytes one bilan adds to its process at its highest, and that height; a process of its own."""

from __future__ import annotations

import re
from pathlib import Path

from paqte.services.editions.gabarit import read_template
from tests.bench.documents.bilan import bench_app, whole_bilan


def main() -> None:
    """The first bilan of a process, everything imported but nothing read."""
    template = read_template().octets
    with bench_app().app_context():
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the highest size counts from now (Linux)
        before = _kilobytes("VmRSS")
        whole_bilan(template)
        print(_kilobytes("VmHWM") - before, _kilobytes("VmHWM"))


def _kilobytes(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    assert found
    return int(found[1])


if __name__ == "__main__":
    main()
