"""Commands a person types: each parses, calls one use case, tells what was done."""

from __future__ import annotations

import sys

from paqte.cli.commandes import paqte


def main() -> None:
    """The `paqte` command. Ends with 0 only when what was asked is done; a refusal is one sentence."""
    from paqte.cli.socle.sortie import run

    for stream in (sys.stdout, sys.stderr):
        # A terminal of another age shows a question mark in the place of a letter it lacks; it does not stop anything.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(run(paqte, sys.argv[1:]))
