"""paqte scheduler"""

from __future__ import annotations

import os
import sys

import click


@click.command()
def scheduler() -> None:
    """Le planificateur : produit ce qui est dû, envoie les courriels. Un processus à lui seul."""
    # The command becomes that process: one number to stop, and no door that knows another.
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "paqte.scheduling"])
