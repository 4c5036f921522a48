"""Bilans received as workbooks stand beside the base's own editions in every national sum, with their source (R20)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL, PLANIFICATEUR, REFERENT, REGION, Acteur
from paqte.domain.statuts.recus import A_DECIDER, ECARTE, REMPLACE, RETENU, RETIRE
from paqte.models import BilanRecu, Departement, Journal, db
from paqte.queries.editions.nation import departements_awaited, issued_semesters
from paqte.queries.editions.recus import file_received, list_received, read_received
from paqte.services.editions import recus_lus
from paqte.services.editions.depots import (
    DepositOutcome,
    deposit_bilans,
    discard_received,
    hand_received,
    keep_received,
    withdraw_received,
)
from paqte.services.editions.national import consolidate_nation
from paqte.services.editions.recus_lus import WorkbookReceived
from paqte.services.transaction import transaction
from tests.editions import produce_bilan
from tests.factories import a_departement
from tests.services.editions.recus.test_recus import ODD, S1, _read, workbook, workbook_of
from tests.services.editions.recus.test_recus_gardes import CALLED, filled, in_this_process
from tests.services.editions.test_national import answered

pytestmark = pytest.mark.lent
__all__ = ["in_this_process"]
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
NADIA = Acteur(9, "Nadia", NATIONAL)
TOURS = Acteur(11, "Rémi", REGION, departements=frozenset({"18", "36", "41"}))


@pytest.fixture(autouse=True)
def places(session: Any) -> None:
    a_departement("41")
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.add_all(
            Departement(code=c, nom=n) for c, n in (("18", "Cher"), ("28", "Eure-et-Loir"), ("36", "Indre"))
        )


def handed(*files: tuple[str, bytes]) -> list[DepositOutcome]:
    return deposit_bilans(actor=NADIA, fichiers=[WorkbookReceived(*one) for one in files], periode=S1, now=NOW)


def total(code: str = "S2") -> Any:
    return next((one.valeur for one in consolidate_nation(actor=NADIA, periode=S1).lignes if one.code == code), None)


def states() -> list[tuple[str, str]]:
    return [(one.departement, one.etat) for one in list_received(actor=NADIA, periode=S1)]


def test_R20_what_is_received_is_added_to_what_this_base_issued(tmp_path: Path) -> None:
    answered("41", 4)
    produce_bilan(actor=PLANIFICATEUR, departement="41", periode=S1, reports=tmp_path, now=NOW)
    dealt = handed(("18.xlsx", workbook(1)), ("28.xlsx", workbook(2)))
    assert [(one.departement, one.is_counted) for one in dealt] == [("18", True), ("28", True)]
    assert total() == 4 + 3 + 6
    parts = consolidate_nation(actor=NADIA, periode=S1).parts
    assert [(p.departement, p.numero, p.recue is not None) for p in parts] == [
        ("18", 1, True),
        ("28", 2, True),
        ("41", 1, False),
    ]
    (semester,) = [s for s in issued_semesters(actor=NADIA) if s.periode == S1]
    assert (semester.editions, semester.recus) == (1, 2)


def test_a_departement_that_has_its_own_edition_here_takes_no_workbook(tmp_path: Path) -> None:
    answered("41", 4)
    produce_bilan(actor=PLANIFICATEUR, departement="41", periode=S1, reports=tmp_path, now=NOW)
    (dealt,) = handed(("41.xlsx", workbook(5)))
    assert dealt.phrase == (
        "Loir-et-Cher (41) a produit son bilan dans l’application (édition n° 1) : c’est lui qui compte."
    )
    assert states() == []


def test_its_own_edition_counts_as_soon_as_it_is_issued_and_never_both(tmp_path: Path) -> None:
    handed(("41.xlsx", workbook(5)))
    assert total() == 15
    answered("41", 4)
    produce_bilan(actor=PLANIFICATEUR, departement="41", periode=S1, reports=tmp_path, now=NOW)
    assert total() == 4
    (one,) = list_received(actor=NADIA, periode=S1)
    assert (one.etat, one.is_overtaken, one.is_counted) == (RETENU, True, False)


def test_one_that_sent_its_bilan_is_awaited_no_more() -> None:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    assert [d.code for d in departements_awaited(actor=NADIA, periode=S1, now=now)] == ["41"]
    handed(("41.xlsx", workbook(5)))
    assert departements_awaited(actor=NADIA, periode=S1, now=now) == []


def test_each_file_is_told_and_one_that_is_odd_holds_no_other_back() -> None:
    dealt = handed(("a.xlsx", ODD["foreign"][0]()), ("b.xlsx", workbook(2)), ("c.xlsx", ODD["period"][0]()))
    assert [(one.nom, bool(one.recu_id), one.phrase[:30]) for one in dealt] == [
        ("a.xlsx", False, "ce n’est pas un bilan du PAQTE"),
        ("b.xlsx", True, "Reçu, intact : ses chiffres co"),
        ("c.xlsx", False, "c’est le bilan du 2e semestre "),
    ]
    assert total() == 6
    refused = select(func.count()).select_from(Journal).where(Journal.acte == "refuser", Journal.objet == "bilan_recu")
    assert db.session.scalar(refused) == 2


def test_what_nothing_proves_waits_and_counts_by_decision_alone_with_its_reason() -> None:
    (dealt,) = handed(("36.xlsx", filled(("S2", "", 7))))
    assert not dealt.is_counted
    assert total() is None
    with pytest.raises(Refused):
        keep_received(actor=NADIA, recu_id=dealt.recu_id, version=1, raison=" ", now=NOW)
    keep_received(actor=NADIA, recu_id=dealt.recu_id, version=1, raison=CALLED, now=NOW)
    nation = consolidate_nation(actor=NADIA, periode=S1)
    assert total() == 7
    assert [one.marques for one in nation.lignes] == [("Indre (36)",)]
    assert nation.marquees[0].recue.phrase == f"rempli à la main, gardé par décision : {CALLED}"  # type: ignore[union-attr]


def test_a_later_file_replaces_by_decision_and_the_former_stays_to_be_read() -> None:
    (first,) = handed(("18.xlsx", workbook(1)))
    (second,) = handed(("18 bis.xlsx", workbook_of("18", 2)))
    assert "celui-ci le remplacerait" in second.phrase
    assert read_received(actor=NADIA, recu_id=second.recu_id).constats == second.phrase, "whoever decides reads it"
    assert total() == 3
    keep_received(actor=NADIA, recu_id=second.recu_id, version=1, raison="", now=NOW)
    assert total() == 6
    assert states() == [("18", RETENU), ("18", REMPLACE)]
    former = read_received(actor=NADIA, recu_id=first.recu_id)
    assert former.motif == "Remplacé par 18 bis.xlsx, reçu plus tard."
    assert file_received(actor=NADIA, recu_id=first.recu_id).octets == workbook(1)


def test_two_files_of_one_departement_wait_both() -> None:
    dealt = handed(("18.xlsx", workbook(1)), ("copie.xlsx", workbook_of("18", 2)))
    told = "plusieurs fichiers de ce dépôt sont de ce département : un seul peut compter."
    assert dealt[0].phrase == told and dealt[1].phrase.endswith(told)
    kept = [read_received(actor=NADIA, recu_id=one.recu_id).constats for one in dealt]
    assert [" ".join(one.splitlines()) for one in kept] == [one.phrase for one in dealt], "each reason, a line each"
    assert states() == [("18", A_DECIDER), ("18", A_DECIDER)]
    assert total() is None


def test_each_reason_to_decide_begins_as_a_sentence_after_the_first() -> None:
    handed(("18.xlsx", workbook(1)))
    dealt = handed(("18 bis.xlsx", workbook_of("18", 2)), ("18 ter.xlsx", workbook_of("18", 3)))
    assert ["remplacerait. Plusieurs fichiers" in one.phrase for one in dealt] == [True, True]


def test_the_same_file_again_changes_nothing() -> None:
    handed(("18.xlsx", workbook(1)))
    (again,) = handed(("autre nom.xlsx", workbook(1)))
    assert (again.recu_id, again.phrase) == (0, "ce fichier est déjà reçu (additionné).")
    assert states() == [("18", RETENU)]


def test_what_is_withdrawn_says_why_and_counts_no_more() -> None:
    (dealt,) = handed(("18.xlsx", workbook(1)))
    with pytest.raises(Refused):
        withdraw_received(actor=NADIA, recu_id=dealt.recu_id, version=1, motif="", now=NOW)
    withdraw_received(actor=NADIA, recu_id=dealt.recu_id, version=1, motif="Envoyé par erreur.", now=NOW)
    assert total() is None
    one = read_received(actor=NADIA, recu_id=dealt.recu_id)
    assert (one.etat, one.motif, one.decide_par) == (RETIRE, "Envoyé par erreur.", "Nadia")


def test_what_is_given_up_may_be_sent_again_and_is_never_kept_twice() -> None:
    (dealt,) = handed(("36.xlsx", filled(("S2", "", 7))))
    discard_received(actor=NADIA, recu_id=dealt.recu_id, version=1, now=NOW)
    assert states() == [("36", ECARTE)]
    with pytest.raises(Refused, match="« écarté » : ce n’est plus possible"):
        keep_received(actor=NADIA, recu_id=dealt.recu_id, version=2, raison=CALLED, now=NOW)


def test_a_decision_on_what_changed_meanwhile_is_refused() -> None:
    (dealt,) = handed(("18.xlsx", workbook(1)))
    with pytest.raises(Conflict) as moved:
        withdraw_received(actor=NADIA, recu_id=dealt.recu_id, version=7, motif="x", now=NOW)
    told = "Ce bilan reçu a changé depuis que vous avez ouvert cette page : regardez où il en est."
    assert (str(moved.value), list(moved.value.current)) == (told, ["version"])


def test_its_workbook_is_handed_out_as_it_came_with_a_line_in_the_journal() -> None:
    (dealt,) = handed(("18.xlsx", workbook(1)))
    assert hand_received(actor=TOURS, recu_id=dealt.recu_id, now=NOW).octets == workbook(1)
    line = select(Journal.acte).where(Journal.objet == "bilan_recu", Journal.acte == "telecharger")
    assert db.session.scalars(line).all() == ["telecharger"]


def test_a_region_reads_those_of_its_departements_and_nobody_else_writes() -> None:
    handed(("18.xlsx", workbook(1)), ("28.xlsx", workbook(2)))
    keys = dict(db.session.execute(select(BilanRecu.departement_code, BilanRecu.id)).all())
    db.session.rollback()
    assert [one.departement for one in list_received(actor=TOURS, periode=S1)] == ["18"]
    cher = Acteur(3, "Chantal", REFERENT, "18")
    for actor, key in ((TOURS, keys["28"]), (cher, keys["18"])):
        with pytest.raises(NotFound):
            read_received(actor=actor, recu_id=key)
    for actor in (TOURS, cher):
        with pytest.raises(NotFound):
            withdraw_received(actor=actor, recu_id=keys["18"], version=1, motif="x", now=NOW)
        with pytest.raises(NotFound):
            deposit_bilans(actor=actor, fichiers=[], periode=S1, now=NOW)
    withdraw_received(actor=Acteur(1, "Alix", ADMIN), recu_id=keys["18"], version=1, motif="Essai.", now=NOW)


def test_figures_kept_in_the_base_are_those_of_the_file_to_the_last_decimal() -> None:
    handed(("18.xlsx", workbook(1)))
    (kept,) = consolidate_nation(actor=NADIA, periode=S1).parts
    (alone,) = recus_lus.read_files([WorkbookReceived("18.xlsx", workbook(1))], S1)
    assert alone.part is not None
    assert dict(kept.sommes) == dict(alone.part.sommes)
    assert (kept.dus, kept.repondus, kept.entreprises, kept.autres) == (14, 7, 1, 2)
    assert _read(workbook(1)).sha256 == kept.sha256  # type: ignore[union-attr]
