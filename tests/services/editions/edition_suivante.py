"""What a version of PAQTE whose documents have one more column makes of a base of today, run beside a copy of it.

Told on the standard output as JSON: `python -m tests.services.editions.edition_suivante URL FOLDER`.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from paqte import create_app
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN, COMPTE_RENDU, DOCUMENTS
from paqte.domain.personnes.acteurs import REFERENT, Acteur
from paqte.models import Edition, Signataire, db
from paqte.queries.editions.editions import read_edition_file, read_edition_piece
from paqte.reporting.classeurs.formats import FORMATS
from paqte.reporting.dessin.gabarits.classeur import draw
from paqte.reporting.dessin.gabarits.trimestre import draw_trimestre
from paqte.reporting.relecture.relecture import read_back
from paqte.reporting.remplissage.classeur import fill
from paqte.services.editions import compute_document, template_in_force
from paqte.services.editions.comparaisons import compare_editions
from paqte.services.editions.editions import freeze_edition

CAMILLE = Acteur(None, "Camille", REFERENT, "41")
NOW = datetime(2026, 8, 3, 9, tzinfo=UTC)
ISSUED = {BILAN: ("2026-S1", "t_signataires", draw), COMPTE_RENDU: ("2026-T2", "t_entreprises", draw_trimestre)}


def freeze(genre: str) -> Any:
    periode = Periode.from_code(ISSUED[genre][0])
    return freeze_edition(
        DOCUMENTS[genre], actor=CAMILLE, departement="41", periode=periode, now=NOW, is_first_only=False
    )


def change(**values: str) -> None:
    db.session.execute(update(Signataire).values(**values))
    db.session.commit()


def moved(before: int, after: int) -> list[str]:
    return sorted({e.colonne for e in compare_editions(actor=CAMILLE, avant=before, apres=after).ecarts})


def told(genre: str) -> dict[str, Any]:
    """What becomes of one kind: its former edition, its installed template, its next editions."""
    kind, (periode, table, draw_again) = DOCUMENTS[genre], ISSUED[genre]
    format = FORMATS[kind.gabarit]
    old = db.session.scalars(select(Edition).where(Edition.genre_document == genre)).one()
    found: dict[str, Any] = {"hash": kind.document.from_json(old.contenu).sha256 == old.sha256}
    found["former file"] = len(read_back(old.fichier, format).tableaux[table])
    first, found["unchanged"] = old.id, not freeze(genre).is_new
    used = template_in_force(departement="41", now=NOW, genre=kind.gabarit)
    found["template"] = (used.nom.split(" ")[0], used.remarque)
    change(commune="Romorantin")
    second = freeze(genre)
    found["moved since before"] = moved(first, second.id)
    (row, *_) = read_back(read_edition_file(actor=CAMILLE, edition_id=second.id).octets, format).tableaux[table]
    found["installed shows"] = "Code NAF" in row
    change(categorie="ETI")
    found["moved between two that know"] = moved(second.id, (third := freeze(genre)).id)
    change(commune="Blois", categorie="PME")
    day = Periode.from_code(periode)
    document = compute_document(kind, actor=CAMILLE, departement="41", periode=day, now=NOW)
    (row, *_) = read_back(fill(document, draw_again(), format), format).tableaux[table]
    found["drawn again shows"] = row.get("Code NAF")
    if genre == COMPTE_RENDU:
        octets = read_edition_piece(actor=CAMILLE, edition_id=third.id, format="csv").octets
        found["csv"] = octets.decode("utf-8-sig").splitlines()[0].split(";")[-1]
        octets = read_edition_piece(actor=CAMILLE, edition_id=third.id, format="json").octets
        found["schema"] = json.loads(octets)["schema"]["fields"][-1]["name"]
    return found


if __name__ == "__main__":
    url, folder = sys.argv[1:]
    app = create_app({"PAQTE_DATABASE_URL": url, "PAQTE_INSTANCE": folder, "PAQTE_REPORTS": folder})
    with app.app_context():
        sys.stdout.write(json.dumps({genre: told(genre) for genre in ISSUED}))
