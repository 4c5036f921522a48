"""The other départements of the demonstration: a région and a nation worth looking at, invented from end to end."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from paqte import create_app
from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.domain.documents.registre import COMPTE_RENDU
from paqte.domain.personnes.acteurs import NATIONAL, Acteur
from paqte.jeux.demonstration import load_nation
from paqte.jeux.fictif import is_fictitious
from paqte.models import BilanRecu, Edition, Signataire, Utilisateur, db
from paqte.ops import clock
from paqte.ops.base.damage import BaseDamaged, check_content
from paqte.queries.comptes.comptes import actor_of
from paqte.queries.editions.nation import list_awaited, read_texts
from paqte.queries.suivi.region import read_region
from paqte.services.editions.national import (
    consolidate_in_time,
    consolidate_nation,
    consolidate_over,
    consolidate_territory,
)
from paqte.services.planificateur.due import produce_due
from paqte.services.planificateur.taches import Workshop
from tests.reponses_comptees import answers_as_rows

pytestmark = pytest.mark.lent

NADIA = Acteur(None, "Nadia", NATIONAL)


@pytest.fixture(scope="module")
def nation(demonstration_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session on a copy of the demonstration with its nation, to read."""
    folder = tmp_path_factory.mktemp("nation")
    shutil.copy(demonstration_file, folder / "paqte.sqlite3")
    url = f"sqlite:///{folder / 'paqte.sqlite3'}"
    app = create_app({"PAQTE_INSTANCE": str(folder), "PAQTE_DATABASE_URL": url})
    with app.app_context():
        told = load_nation(now=clock.now(), reports=folder / "reports")
        assert told == "4 autres départements, dont 1 par classeur"
        yield db.session
        db.session.remove()
        db.engine.dispose()


def semester() -> Any:
    return last_closed(local_date(clock.now(), "41"), "S")


def test_five_departements_of_two_regions_one_overseas_one_late_and_one_by_workbook(nation: Any) -> None:
    whole = consolidate_nation(actor=NADIA, periode=semester())
    assert [(p.departement, p.recue is not None) for p in whole.parts] == [
        ("36", True),
        ("37", False),
        ("41", False),
        ("972", False),
    ]
    assert whole.ecarts == () and whole.marquees == ()
    awaited = list_awaited(actor=NADIA, periode=semester(), now=clock.now())
    assert [one.departement.code for one in awaited] == ["45"]
    assert awaited[0].validees > 0 and awaited[0].referents[0].nom == "Lise Aubry (fictif)"
    assert {one.departement for one in read_texts(actor=NADIA, periode=semester())} == {"37", "41", "972"}


def test_a_sum_has_two_semesters_before_it_with_what_the_late_one_sent_then(nation: Any) -> None:
    """A curve of three points, and a comparison where one département alone is missing."""
    over = consolidate_over(actor=NADIA, periode=semester(), count=4)
    by_file = [[p.departement for p in whole.parts if p.recue] for _, whole in over]
    assert by_file == [[], ["36", "41"], ["36", "41"], ["36"]]
    issued = [[p.departement for p in whole.parts if not p.recue] for _, whole in over]
    assert issued == [[], ["37", "45", "972"], ["37", "45", "972"], ["37", "41", "972"]]
    assert [whole.ecarts + whole.marquees for _, whole in over] == [()] * 4
    assert all(whole.chiffres["S2", "entreprise"].valeur for _, whole in over[1:])
    owed = [{p.departement: p.dus for p in whole.parts} for _, whole in over[1:]]
    assert all(min(told.values()) > 0 for told in owed), "answers were owed then too"
    assert consolidate_in_time(actor=NADIA, periode=semester()).not_alike == ("Loiret (45)",)


def test_R8_the_quarters_of_the_plan_may_be_read_too(nation: Any) -> None:
    """The 41 issues its own as a bilan does: on its day, by the scheduler."""
    for quarter in semester().parts("T"):
        whole = consolidate_territory(actor=NADIA, periode=quarter)
        assert {p.departement for p in whole.parts} >= {"37", "972"} and whole.ecarts == ()


def test_R12_the_scheduler_leaves_the_late_one_late_and_makes_no_export_of_the_years_before(nation: Any) -> None:
    place = Workshop("essai", Path(db.engine.url.database or "").parent / "reports", "")
    made = [prise.departement for prise, _ in produce_due(place=place, clock=clock.now)]
    assert set(made) <= {"41"}
    awaited = list_awaited(actor=NADIA, periode=semester(), now=clock.now())
    assert [one.departement.code for one in awaited] == ["45"]
    voisins = Edition.departement_code != "41"
    exports = select(Edition.departement_code, Edition.periode).where(voisins, Edition.genre_document == COMPTE_RENDU)
    quarters = [one.code for one in semester().parts("T")]
    assert sorted(map(tuple, nation.execute(exports))) == [(code, q) for code in ("37", "972") for q in quarters]


def test_nothing_of_the_one_that_sends_a_workbook_stands_in_the_base(nation: Any) -> None:
    assert nation.scalar(select(func.count()).where(Signataire.departement_code == "36")) == 0
    assert nation.scalar(select(func.count()).where(Edition.departement_code == "36")) == 0
    assert nation.scalar(select(BilanRecu.etat).where(BilanRecu.departement_code == "36")) == "retenu"


def test_R20_R22_the_sum_is_that_of_the_rows_of_the_base_and_of_the_workbook(nation: Any) -> None:
    """By hand of the 36: 6 pupils a year over three, 2 and 3 in the semester; of the rest, asked of the base."""
    line = consolidate_nation(actor=NADIA, periode=semester()).chiffres["S2", "entreprise"]
    codes = ", ".join(repr(p.code) for p in (semester(), *semester().parts("T")))
    asked = (
        "JOIN convention c ON c.id = e.convention_id JOIN signataire s ON s.id = c.signataire_id "
        "WHERE e.indicateur = 'S2' AND s.nature = 'entreprise' AND c.dispositif <> 'charte' "
        "AND c.departement_code IN ('37', '972') "
    )
    aims = "SELECT sum(o.cible) FROM objectif o JOIN engagement e ON e.id = o.engagement_id"
    answers = (
        f"SELECT sum(r.valeur) FROM {answers_as_rows()} r JOIN declaration d ON d.id = r.declaration_id "
        "JOIN engagement e ON e.id = r.engagement_id"
    )
    aimed = nation.scalar(text(f"{aims} {asked}"))
    done = nation.scalar(text(f"{answers} {asked} AND d.etat = 'validee' AND d.periode IN ({codes})"))
    brought = {p.departement: p for p in consolidate_nation(actor=NADIA, periode=semester()).parts}
    mine = brought["41"].somme("S2", "entreprise")
    own = brought["41"].objectif("S2")
    assert mine is not None and own is not None and mine.valeur is not None and own.vise is not None
    assert line.valeur == Decimal(str(done)) + 5 + mine.valeur
    assert line.cible.valeur == Decimal(str(aimed)) + 18 + own.vise


def test_everybody_there_is_invented_too(nation: Any) -> None:
    for row in nation.execute(select(Signataire.nom, Signataire.identifiant)):
        assert row.nom.endswith("(fictif)") and is_fictitious(row.identifiant)
    assert all(nom.endswith("(fictif)") for nom in nation.scalars(select(Utilisateur.nom)))


def test_the_prefecture_of_the_region_reads_its_four_and_not_the_one_overseas(nation: Any) -> None:
    rose = actor_of(nation.scalars(select(Utilisateur).where(Utilisateur.role == "region")).one())
    page = read_region(actor=rose, now=clock.now())
    assert {one.code for one in page.departements} >= {"36", "37", "41", "45"}
    assert "972" not in {one.code for one in page.departements}
    before = {one.code: (one.ancienne is not None, one.ancien_recu is not None) for one in page.departements}
    assert {code: before[code] for code in ("18", "36", "37", "41", "45")} == {
        "18": (False, False), "36": (False, True), "37": (True, False), "41": (False, True), "45": (True, False),
    }  # fmt: skip
    assert [p.departement for p in consolidate_nation(actor=rose, periode=semester()).parts] == ["36", "37", "41"]


def test_what_every_table_holds_bears_its_hash_and_a_byte_less_is_seen(nation: Any, tmp_path: Path) -> None:
    """A workbook received says the hash of an edition made elsewhere: no sign of damage. Each file of its own is."""
    url = nation.get_bind().url.database
    nation.remove()
    check_content(Path(url))
    for table, column in (("bilan_recu", "octets"), ("edition", "contenu"), ("fichier", "octets")):
        copy = tmp_path / f"{table}.sqlite3"
        with sqlite3.connect(url) as whole, sqlite3.connect(copy) as base:
            whole.backup(base)
            changed = f"UPDATE {table} SET {column} = substr({column}, 1, length({column}) - 1) || ' ' "
            assert base.execute(changed + f"WHERE id = (SELECT min(id) FROM {table})").rowcount == 1
        with pytest.raises(BaseDamaged, match=f"un fichier de la table {table} n’a plus son empreinte"):
            check_content(copy)
