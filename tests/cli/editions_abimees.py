"""One edition in a base, whole, changed, or half written."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path


def an_edition(path: Path, **spoiled: str) -> None:
    """One edition, whole but for what is given."""
    octets, empty = b"classeur", hashlib.sha256(b"{}").hexdigest()
    kept = {"contenu": "{}", "faits": "pas du JSON", "sha256": empty, "publiable": "{}", **spoiled}
    digest = hashlib.sha256(octets).hexdigest()
    with sqlite3.connect(path) as base:
        base.execute("INSERT INTO departement (code, nom, prefecture) VALUES ('41', 'Loir-et-Cher', 'Préfecture')")
        base.execute(
            "INSERT INTO gabarit (id, nom, sha256, octets, en_vigueur_le, genre, installe_par, created_at) "
            "VALUES (1, 'm', ?, ?, '2026-01-01', 'bilan', '', '2026-01-01 00:00:00')",
            (digest, octets),
        )
        base.execute(
            "INSERT INTO edition (genre_document, departement_code, periode, numero, contenu, faits, sha256, "
            "publiable, fichier, fichier_sha256, fichier_nom, gabarit_id, catalogue, produite_par, created_at) "
            "VALUES ('bilan', '41', '2026-S1', 1, :contenu, :faits, :sha256, :publiable, :octets, :digest, 'b.xlsx', "
            "1, '2019.1', '', '2026-01-01 00:00:00')",
            {**kept, "octets": octets, "digest": digest},
        )
    base.close()


def changed_edition(path: Path) -> None:
    an_edition(path, contenu='{"x":1}')


def half_a_publishable_edition(path: Path) -> None:
    """The pages that compare with it would stop on it."""
    an_edition(path, publiable='{"x":')
