"""Names stand in the order of a French dictionary, on pages, in workbooks and in files, whatever the base."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.saisie.textes import french_order
from paqte.queries.comptes.invitations import signatories_to_give
from paqte.queries.conventions.signataires import SignatairesSought, export_signataires
from paqte.queries.declarations.listes.declarations import owed_declarations
from tests.editions import compute_bilan
from tests.factories import CAMILLE, a_convention, a_signataire

# As a dictionary has them.
NAMES = ["Ecole de la Loire", "Énergies du Val", "énergies vertes", "Étoile", "L’Œuvre", "Łódź", "Vignobles", "Zinc"]
S1 = Periode.from_code("2026-S1")


def test_one_order_from_the_list_to_the_bilan(session: Any, now: datetime) -> None:
    for name in sorted(NAMES):  # as machines sort: E, L, V, Z, then É, Ł, é
        a_convention(a_signataire(name), "S2")
    listed = [s.nom for s in export_signataires(actor=CAMILLE, criteres=SignatairesSought(), now=now)]
    turned = [s.nom for s in export_signataires(actor=CAMILLE, criteres=SignatairesSought(tri="-nom"), now=now)]
    owed = owed_declarations(actor=CAMILLE, departement="41", periodes=[S1], now=now)
    bilan = compute_bilan(actor=CAMILLE, departement="41", periode=S1, now=now)
    assert listed == NAMES
    assert listed == turned[::-1] == [s.nom for s in signatories_to_give(actor=CAMILLE)]
    assert listed == list(dict.fromkeys(one.signataire for one in owed.lignes))
    assert listed == list(dict.fromkeys(one.nom for one in bilan.signataires))
    assert listed == list(dict.fromkeys(one.signataire for one in bilan.reponses))
    if session.get_bind().dialect.name == "postgresql":
        query = (
            "SELECT c.collname FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation "
            "WHERE a.attrelid = 'signataire'::regclass AND a.attname = 'recherche'"
        )
        assert session.scalar(text(query)) == "C"


@given(st.text(max_size=12), st.text(max_size=12))
def test_an_accent_or_a_capital_never_parts_two_names(first: str, second: str) -> None:
    assert french_order(f"É{first}")[0] == french_order(f"e{first}")[0]
    assert (french_order(first) == french_order(second)) == (first == second)
