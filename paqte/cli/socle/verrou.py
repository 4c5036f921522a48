"""One `paqte lancer` an instance: the kernel holds the lock, so that a killed one leaves none behind."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from paqte.cli.socle.sortie import StartRefused
from paqte.domain.systeme import reason_of

NAME = "en_marche"


@contextmanager
def alone_on(instance: Path) -> Iterator[None]:
    """Hold the instance as long as the block lasts; StartRefused when another process of this machine holds it."""
    try:
        instance.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(instance / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StartRefused(
            f"Le dossier de l’instance, {instance}, ne peut pas servir : {reason_of(error)}. Vérifiez PAQTE_INSTANCE."
        ) from error
    try:
        _take(descriptor, instance)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, instance: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace")
        number = f" (processus {holder})" if holder.isdigit() else ""
        raise StartRefused(
            f"PAQTE tourne déjà sur l’instance {instance}{number} : arrêtez-le d’abord, ou donnez un autre dossier "
            "par PAQTE_INSTANCE. Rien n’a été modifié."
        ) from None
    except OSError:
        return  # some shares know no lock: two could then start, which only the port tells
