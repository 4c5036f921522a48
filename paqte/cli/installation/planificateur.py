"""paqte scheduler"""

from __future__ import annotations

import os
import sys

import click


@click.command()
def scheduler() -> None:
    """Lance le planificateur seul.

    Il produit ce qui est dû et envoie les courriels.
    """
    # The command becomes that process: one number to stop, and no door that knows another.
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "paqte.scheduling"])
