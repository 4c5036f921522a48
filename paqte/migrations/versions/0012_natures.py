"""A SIREN has one nature in a département (R35): records that contradict one another are aligned.

The nature kept is that of the record whose signed convention is the latest, else of the latest record; each change is a
line of the journal, as if a person had made it.

Revision ID: 0012
Revises: 0011
"""

import json
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

AUTHOR = "mise à jour de PAQTE"
RECORDS = sa.text(
    "SELECT s.id, s.entreprise_id, s.departement_code, s.nature, "
    "max(CASE WHEN c.statut <> 'projet' THEN coalesce(c.signee_le, c.debut) END) AS derniere "
    "FROM signataire s LEFT JOIN convention c ON c.signataire_id = s.id "
    "GROUP BY s.id, s.entreprise_id, s.departement_code, s.nature ORDER BY s.id"
)


def upgrade() -> None:
    """Give each contradictory record the nature that stands."""
    align(op.get_bind())


def align(bind: sa.Connection) -> None:
    """One nature a SIREN and département, told in the journal."""
    groups: defaultdict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in bind.execute(RECORDS):
        groups[row.entreprise_id, row.departement_code].append(row)
    for records in groups.values():
        kept = max(records, key=lambda r: (str(r.derniere or ""), r.id)).nature
        for record in records:
            if record.nature != kept:
                _change(bind, record, kept)


def _change(bind: sa.Connection, record: Any, nature: str) -> None:
    set_nature = "UPDATE signataire SET nature = :nature, version = version + 1 WHERE id = :id"
    bind.execute(sa.text(set_nature), {"nature": nature, "id": record.id})
    bind.execute(
        sa.text(
            "INSERT INTO journal (quand, qui, acte, objet, objet_id, departement_code, avant, apres) "
            "VALUES (CURRENT_TIMESTAMP, :qui, 'modifier', 'signataire', :objet_id, :departement, :avant, :apres)"
        ),
        {
            "qui": AUTHOR,
            "objet_id": str(record.id),
            "departement": record.departement_code,
            "avant": json.dumps({"nature": record.nature}),
            "apres": json.dumps({"nature": nature}),
        },
    )
