"""An extract of the Sirene file, for a machine without a way out: read by the same interface as the State's service."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.importing.sirene import TAKE_IT, read_sirene
from paqte.models.conventions.etablissement import FICHIER
from paqte.services.conventions.entreprises.annuaire import EtablissementChanges, keep_rows
from paqte.services.transaction import note, transaction

BATCH = 500


def import_sirene(*, actor: Acteur, file: BinaryIO, now: datetime) -> EtablissementChanges:
    """Keep the establishments of the file; gives how many were new, changed and closed.

    Those that it does not name stay, and what its columns do not say is left as it was known. Refused with the line at
    fault before anything is kept. Batches are kept one by one, so that nobody waits for a whole département; what was
    interrupted goes on when the file is given again.
    """
    lines = sum(1 for _ in read_sirene(file))
    if not lines:
        raise Refused(f"Aucun établissement dans ce fichier. {TAKE_IT}")
    file.seek(0)
    done: Counter[str] = Counter()
    read, seen = read_sirene(file), 0
    while rows := list(islice(read, BATCH)):
        seen += len(rows)
        with transaction(actor=actor, now=now) as session:
            is_told = done.total() > 0
            done.update(keep_rows(session, rows, FICHIER, now)._asdict())
            if done.total() and seen >= lines:
                note(session, "charger", "etablissement", apres={**done, "lignes": lines})
            elif done.total() and not is_told:
                note(session, "charger", "etablissement", apres={"lignes": lines})
    return EtablissementChanges(done["ajoutes"], done["modifies"], done["fermes"])
