"""Freezing and publishing: an issued edition never changes, a correction makes the next one (R19)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, text
from sqlalchemy.orm import undefer

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.sceau import Scelle, seal
from paqte.domain.documents.bilan import Bilan
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import ENTREPRISE, NATIONAL, PLANIFICATEUR, REFERENT, Acteur
from paqte.models import (
    Convention,
    Declaration,
    Departement,
    Edition,
    Engagement,
    Entreprise,
    Journal,
    Realisation,
    Signataire,
)
from paqte.queries.editions.editions import list_editions, read_edition_file
from paqte.queries.editions.traces import trace
from paqte.services.transaction import transaction
from tests.editions import compute_bilan, freeze_bilan, list_semesters, publish_bilan

S1 = Periode.from_code("2026-S1")
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
CAMILLE = Acteur(None, "Camille", REFERENT, "41")
ZOE = Acteur(None, "Zoé", REFERENT, "972")
BRUNO = Acteur(None, "Bruno", ENTREPRISE, None, frozenset({1}))


def _company(session: Any, rank: int, values: dict[str, int | str | None], code: str = "S2") -> int:
    """A signatory with one engagement; `values` maps a period to a figure, "neant" or None (not answered)."""
    entreprise = Entreprise(siren=f"{rank:09}", created_at=NOW)
    session.add(entreprise)
    session.flush()
    signataire = Signataire(
        entreprise_id=entreprise.id, departement_code="41", identifiant=f"{rank:09}00011",
        nom=f"Société {rank} (fictif)", nature="entreprise", created_at=NOW,
    )  # fmt: skip
    session.add(signataire)
    session.flush()
    convention = Convention(
        signataire_id=signataire.id, departement_code="41", numero=f"41-2025-{rank:03}", dispositif="paqte",
        statut="signee", rythme="T", signee_le=date(2025, 1, 1), debut=date(2025, 1, 1), fin=date(2027, 12, 31),
        created_at=NOW, engagements=[Engagement(indicateur=code)],
    )  # fmt: skip
    session.add(convention)
    session.flush()
    for periode, value in values.items():
        session.add(_declaration(convention, periode, value))
    session.flush()
    return convention.id


def _declaration(convention: Convention, periode: str, value: int | str | None) -> Declaration:
    reponse = "neant" if value == "neant" else "nombre" if value is not None else "manquante"
    figure = {"neant": Decimal(0), "manquante": None}.get(reponse, value)
    engagement = convention.engagements[0]
    row = Realisation(
        engagement=engagement, indicateur=engagement.indicateur, reponse=reponse, valeur=figure,
        saisie_le=NOW, saisie_par="Bruno",
    )  # fmt: skip
    zeros = None if figure is None else int(figure)
    sealed = seal([Scelle(engagement.id, engagement.indicateur, reponse, zeros, None, None)])
    return Declaration(
        sceau=sealed,
        convention_id=convention.id, departement_code="41", periode=periode, etat="validee", validee_le=NOW,
        transmise_le=NOW, created_at=NOW, realisations=[row],
    )  # fmt: skip


@pytest.fixture
def blois(session: Any) -> Any:
    """Two companies of the 41: one answered both quarters, the other a confirmed zero then nothing."""
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.add(Departement(code="41", nom="Loir-et-Cher", prefecture="Blois", premier_semestre="2026-S1"))
        writing.add(Departement(code="972", nom="Martinique", prefecture="Fort-de-France"))
        writing.flush()
        _company(writing, 1, {"2026-T1": 3, "2026-T2": 4})
        _company(writing, 2, {"2026-T1": "neant", "2026-T2": None})
    return session


def _change(value: int, declaration: int = 1) -> None:
    with transaction(actor=CAMILLE, now=NOW) as session:
        row = session.scalars(select(Realisation).where(Realisation.declaration_id == declaration)).one()
        row.valeur = Decimal(value)
        answer = Scelle(row.engagement_id, row.indicateur, "nombre", value, None, None)
        session.get_one(Declaration, declaration).sceau = seal([answer])


def _freeze(now: datetime = NOW) -> Any:
    return freeze_bilan(actor=CAMILLE, departement="41", periode=S1, now=now)


def test_R20_the_figures_of_the_workbook_equal_an_independent_count_by_sql_read_by_two_libraries(blois: Any) -> None:
    octets = read_edition_file(actor=CAMILLE, edition_id=_freeze().id).octets
    counted = blois.execute(
        text("SELECT SUM(r.valeur) FROM realisation r JOIN declaration d ON d.id = r.declaration_id "
             "WHERE d.etat = 'validee' AND d.periode IN ('2026-T1', '2026-T2') AND r.indicateur = 'S2'")
    ).scalar_one()  # fmt: skip
    by_openpyxl = openpyxl.load_workbook(BytesIO(octets))["Indicateurs"].iter_rows(values_only=True)
    by_calamine = CalamineWorkbook.from_filelike(BytesIO(octets)).get_sheet_by_name("Indicateurs").to_python()
    assert counted == 7
    for rows in (list(by_openpyxl), by_calamine):
        line = next(row for row in rows if "S2" in row)
        assert 7 in line


def test_R13_the_page_and_the_edition_say_one_answered_out_of_two(blois: Any) -> None:
    bilan = compute_bilan(actor=CAMILLE, departement="41", periode=S1, now=NOW)
    line = next(i for i in bilan.indicateurs if i.code == "S2")
    assert (line.realise.valeur, line.repondu, line.du) == (7, 1, 2)


def test_R19_an_edition_is_frozen_numbered_and_hashed(blois: Any) -> None:
    issued = _freeze()
    row = blois.get(Edition, issued.id)
    assert (issued.numero, issued.is_new) == (1, True)
    assert hashlib.sha256(row.contenu.encode()).hexdigest() == issued.sha256 == Bilan.from_json(row.contenu).sha256
    assert hashlib.sha256(row.fichier).hexdigest() == issued.fichier_sha256


def test_R19_producing_again_without_any_change_gives_the_same_edition(blois: Any) -> None:
    first = _freeze()
    again = _freeze(NOW + timedelta(days=3))
    assert (again.id, again.is_new) == (first.id, False)


def test_R19_a_correction_makes_the_next_edition_which_shows_it_and_leaves_the_first_as_it_was(blois: Any) -> None:
    first = _freeze()
    before = blois.execute(select(Edition.contenu, Edition.fichier).where(Edition.id == first.id)).one()
    _change(9)
    second = _freeze()
    told = Bilan.from_json(blois.get(Edition, second.id).contenu).corrections
    assert second.numero == 2
    assert [(c.indicateur, c.avant, c.apres) for c in told] == [("S2", "3", "9")]
    assert blois.execute(select(Edition.contenu, Edition.fichier).where(Edition.id == first.id)).one() == before


def test_R19_the_next_edition_says_which_cells_changed_and_which_declarations_caused_it(blois: Any) -> None:
    _freeze()
    _change(9)
    told = Bilan.from_json(blois.get(Edition, _freeze().id).contenu).ecarts
    cause = "Société 1 (fictif), 1er trimestre 2026"
    assert ("Indicateurs", "Réalisé au semestre", "7", "13", cause) in [
        (e.tableau, e.colonne, e.avant, e.apres, e.declarations) for e in told
    ]
    assert {e.tableau for e in told} == {"Indicateurs", "Thématiques"}  # S2 is valued in a thématique (R10)


def test_R19_an_edition_issued_before_completeness_was_told_is_not_changed_by_it(blois: Any) -> None:
    first = _freeze()
    with transaction(actor=PLANIFICATEUR, now=NOW) as session:
        row = session.get_one(Edition, first.id, options=[undefer(Edition.contenu)])
        kept = Bilan.from_json(row.contenu)
        older = replace(kept, completude=(), provenance=(), notes=("Provenance en phrase.",))
        # No edition of before told which columns it knew.
        row.contenu = replace(older, versions=replace(kept.versions, colonnes="")).as_json()
    assert _freeze().id == first.id


def test_R19_the_facts_behind_an_edition_are_kept_with_it(blois: Any) -> None:
    rows = json.loads(blois.get(Edition, _freeze().id).faits)
    assert sorted((row[6], row[7]) for row in rows) == [
        ("2026-T1", "neant"),
        ("2026-T1", "nombre"),
        ("2026-T2", "manquante"),
        ("2026-T2", "nombre"),
    ]


def test_a_semester_that_is_not_over_in_the_legal_time_of_the_departement_is_refused(blois: Any) -> None:
    with pytest.raises(Refused, match="pas terminé"):
        _freeze(datetime(2026, 6, 30, 21, 59, tzinfo=UTC))
    assert _freeze(datetime(2026, 6, 30, 22, 1, tzinfo=UTC)).numero == 1


def test_R12_in_martinique_the_semester_ends_six_hours_after_paris(blois: Any) -> None:
    late = datetime(2026, 7, 1, 1, 30, tzinfo=UTC)
    with pytest.raises(Refused, match="pas terminé"):
        freeze_bilan(actor=ZOE, departement="972", periode=S1, now=late)


def test_a_quarter_is_not_a_bilan(blois: Any) -> None:
    with pytest.raises(Refused, match="semestre"):
        freeze_bilan(actor=CAMILLE, departement="41", periode=Periode.from_code("2026-T1"), now=NOW)


@pytest.mark.parametrize("actor", [ZOE, BRUNO], ids=["Zoé", "Bruno"])
def test_nobody_else_reads_or_issues_the_bilan_of_the_41(blois: Any, actor: Acteur) -> None:
    edition = _freeze().id
    calls = (
        lambda: compute_bilan(actor=actor, departement="41", periode=S1, now=NOW),
        lambda: freeze_bilan(actor=actor, departement="41", periode=S1, now=NOW),
        lambda: read_edition_file(actor=actor, edition_id=edition),
        lambda: trace(actor=actor, departement="41", periode=S1, indicateur="S2"),
    )
    for call in calls:
        with pytest.raises(NotFound):
            call()
    assert list_editions(actor=actor) == []


def test_the_national_team_reads_the_bilan_and_cannot_issue_it(blois: Any) -> None:
    national = Acteur(None, "Nour", NATIONAL)
    assert compute_bilan(actor=national, departement="41", periode=S1, now=NOW).departement == "41"
    with pytest.raises(NotFound):
        freeze_bilan(actor=national, departement="41", periode=S1, now=NOW)


def test_the_file_published_is_the_one_kept_with_the_edition_and_publishing_again_changes_nothing(
    blois: Any, tmp_path: Path
) -> None:
    issued = _freeze()
    path = publish_bilan(actor=CAMILLE, edition_id=issued.id, reports=tmp_path, now=NOW)
    assert path.parent == tmp_path / "41" / "2026-S1"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == issued.fichier_sha256
    assert publish_bilan(actor=CAMILLE, edition_id=issued.id, reports=tmp_path, now=NOW) == path


def test_a_folder_that_cannot_be_written_is_said_and_the_edition_stays_in_the_base(blois: Any, tmp_path: Path) -> None:
    issued = _freeze()
    (tmp_path / "41").write_text("un fichier à la place du dossier")
    with pytest.raises(Refused):
        publish_bilan(actor=CAMILLE, edition_id=issued.id, reports=tmp_path, now=NOW)
    assert read_edition_file(actor=CAMILLE, edition_id=issued.id).octets
    assert blois.get(Edition, issued.id).publiee_le is None


def test_a_departement_with_nobody_gives_a_bilan_that_says_neant(blois: Any) -> None:
    issued = freeze_bilan(actor=ZOE, departement="972", periode=S1, now=NOW)
    assert Bilan.from_json(blois.get(Edition, issued.id).contenu).is_neant


def test_each_edition_leaves_a_journal_line(blois: Any) -> None:
    issued = _freeze()
    query = select(func.count()).where(Journal.acte == "produire", Journal.objet_id == str(issued.id))
    assert blois.scalar(query) == 1


def test_semesters_are_listed_from_the_first_convention_to_today(blois: Any) -> None:
    found = list_semesters(actor=CAMILLE, now=NOW)
    assert [(s.periode.code, s.is_closed) for s in found] == [
        ("2026-S2", False),
        ("2026-S1", True),
        ("2025-S2", True),
        ("2025-S1", True),
    ]


def test_each_figure_leads_to_its_declarations_and_says_who_did_not_answer(blois: Any) -> None:
    found = trace(actor=CAMILLE, departement="41", periode=S1, indicateur="S2").traces
    assert [(t.signataire, t.periode.code, t.reponse, t.is_counted) for t in found] == [
        ("Société 1 (fictif)", "2026-T1", "nombre", True),
        ("Société 1 (fictif)", "2026-T2", "nombre", True),
        ("Société 2 (fictif)", "2026-T1", "neant", True),
        ("Société 2 (fictif)", "2026-T2", "manquante", False),
    ]


def test_an_unknown_indicator_has_no_page(blois: Any) -> None:
    with pytest.raises(NotFound):
        trace(actor=CAMILLE, departement="41", periode=S1, indicateur="ZZ9")
