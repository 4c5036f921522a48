"""Conventions typed in and corrected: dates, number, status, what contradicts itself (R1–R8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from paqte.domain.conventions.engagements import EngagementSaisi
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.conventions import EN_COURS, PROJET, SIGNEE
from paqte.models import Convention, Declaration, Journal
from paqte.queries.conventions.conventions import ConventionPage, read_convention
from paqte.services.conventions.conventions import (
    ConventionSaved,
    change_convention,
    create_convention,
)
from paqte.services.conventions.engagements import set_engagements
from paqte.services.conventions.retraits import delete_convention
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_signataire, bruno, some_termes

pytestmark = pytest.mark.usefixtures("session")


@dataclass
class Bureau:
    """Camille at work on the conventions of one signatory."""

    now: datetime
    signataire: int

    def create(self, *, actor: Any = CAMILLE, **changes: Any) -> ConventionSaved:
        return create_convention(
            actor=actor, signataire_id=self.signataire, termes=some_termes(**changes), now=self.now
        )

    def change(self, key: int, *, actor: Any = CAMILLE, version: int | None = None, **changes: Any) -> ConventionSaved:
        version = version or self.seen(key).version
        termes = some_termes(**changes)
        return change_convention(actor=actor, convention_id=key, version=version, termes=termes, now=self.now)

    def delete(self, key: int, *, actor: Any = CAMILLE, version: int | None = None) -> int:
        version = version or self.seen(key).version
        return delete_convention(actor=actor, convention_id=key, version=version, now=self.now)

    def seen(self, key: int) -> ConventionPage:
        return read_convention(actor=CAMILLE, convention_id=key, now=self.now)

    def promise(self, key: int, axe: str, *saisis: EngagementSaisi) -> None:
        version = self.seen(key).version
        set_engagements(actor=CAMILLE, convention_id=key, version=version, axe=axe, saisis=saisis, now=self.now)


@pytest.fixture
def bureau(session: Any, now: datetime) -> Bureau:
    a_signataire("Ailleurs", "972")
    return Bureau(now, a_signataire())


def declare(convention_id: int, periode: str, now: datetime) -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        session.add(
            Declaration(
                convention_id=convention_id, departement_code="41", periode=periode, etat="brouillon", created_at=now
            )
        )


@pytest.mark.parametrize(
    ("debut", "fin"),
    [
        (date(2025, 1, 1), date(2027, 12, 31)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2025, 3, 1), date(2028, 2, 29)),
        (date(2020, 2, 29), date(2023, 2, 28)),
    ],
)
def test_R1_an_end_left_empty_is_three_years_minus_one_day(bureau: Bureau, debut: date, fin: date) -> None:
    saved = bureau.create(debut=debut, signee_le=debut)
    assert bureau.seen(saved.convention_id).fin == fin
    assert saved.avertissements == ()


def test_R1_another_duration_is_kept_with_a_warning(bureau: Bureau) -> None:
    saved = bureau.create(fin=date(2026, 12, 31))
    assert bureau.seen(saved.convention_id).fin == date(2026, 12, 31)
    assert ["31/12/2027" in sentence for sentence in saved.avertissements] == [True]


def test_R1_a_charte_of_another_duration_is_not_warned_about(bureau: Bureau) -> None:
    assert bureau.create(dispositif="charte", fin=date(2026, 12, 31)).avertissements == ()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"debut": None}, {"debut"}),
        ({"fin": date(2024, 12, 31)}, {"fin"}),
        ({"debut": date(1999, 1, 1)}, {"debut"}),
        ({"fin": date(2045, 1, 1)}, {"fin"}),
        ({"dispositif": "autre"}, {"dispositif"}),
        ({"rythme": "M"}, {"rythme"}),
        ({"signee_le": date(2026, 11, 23)}, {"signee_le"}),
        ({"signee_le": date(2026, 6, 1), "fin": date(2026, 5, 31)}, {"signee_le"}),
        ({"cosignataire": "a" * 201, "notes": "a" * 4001}, {"cosignataire", "notes"}),
    ],
)
def test_a_fault_is_said_beside_its_field_and_nothing_is_saved(
    bureau: Bureau, session: Any, changes: dict[str, Any], fields: set[str]
) -> None:
    with pytest.raises(Refused) as refusal:
        bureau.create(**changes)
    assert set(refusal.value.errors) == fields
    assert session.scalar(select(func.count()).select_from(Convention)) == 0


def test_R4_with_a_date_of_signature_it_is_signed_and_its_running_state_follows_from_the_day(bureau: Bureau) -> None:
    seen = bureau.seen(bureau.create().convention_id)
    assert (seen.statut, seen.etat) == (SIGNEE, EN_COURS)


def test_R4_without_one_it_is_a_projet_until_a_date_is_given(bureau: Bureau) -> None:
    key = bureau.create(signee_le=None).convention_id
    assert (bureau.seen(key).statut, bureau.seen(key).etat) == (PROJET, PROJET)
    bureau.change(key)
    assert bureau.seen(key).statut == SIGNEE


def test_R4_a_signed_convention_keeps_a_date_of_signature_and_its_dispositif(bureau: Bureau) -> None:
    key = bureau.create().convention_id
    with pytest.raises(Refused) as refusal:
        bureau.change(key, signee_le=None, dispositif="charte")
    assert set(refusal.value.errors) == {"signee_le", "dispositif"}


def test_R4_today_is_that_of_the_departement(session: Any) -> None:
    """At 03:00 UTC on 1 December it is still 30 November in Martinique (R12)."""
    ailleurs = a_signataire("Ailleurs", "972")
    night = datetime.fromisoformat("2026-12-01T03:00+00:00")
    termes = some_termes(signee_le=date(2026, 12, 1))
    with pytest.raises(Refused, match="à venir"):
        create_convention(actor=ZOE, signataire_id=ailleurs, termes=termes, now=night)
    ici = a_signataire("Ici", "41", siren="732829320")
    assert create_convention(actor=CAMILLE, signataire_id=ici, termes=termes, now=night)


def test_numbers_follow_each_other_by_departement_and_year_of_start(bureau: Bureau, now: datetime) -> None:
    keys = [bureau.create(debut=date(year, 5, 1), signee_le=None).convention_id for year in (2025, 2025, 2026)]
    assert [bureau.seen(key).numero for key in keys] == ["41-2025-001", "41-2025-002", "41-2026-001"]
    theirs = create_convention(actor=ZOE, signataire_id=1, termes=some_termes(), now=now).convention_id
    assert read_convention(actor=ZOE, convention_id=theirs, now=now).numero == "972-2025-001"


def test_numbers_go_on_after_999(bureau: Bureau, session: Any, now: datetime) -> None:
    for numero in ("41-2025-999", "41-2025-1000"):
        key = bureau.create(signee_le=None).convention_id
        with transaction(actor=CAMILLE, now=now) as writing:
            writing.get_one(Convention, key).numero = numero
    assert bureau.seen(bureau.create().convention_id).numero == "41-2025-1001"


def test_R8_joining_the_plan_is_being_in_it(bureau: Bureau) -> None:
    assert bureau.seen(bureau.create(dispositif="plan_10000").convention_id).is_in_plan_10000


def test_a_convention_over_the_dates_of_another_is_kept_with_a_warning(bureau: Bureau) -> None:
    bureau.create()
    assert "41-2025-001" in bureau.create(debut=date(2027, 12, 31), signee_le=date(2026, 1, 1)).avertissements[0]
    assert bureau.create(dispositif="charte").avertissements == ()


def test_R11_the_rhythm_stays_once_something_is_declared(bureau: Bureau, now: datetime) -> None:
    key = bureau.create().convention_id
    bureau.change(key, rythme="S")
    declare(key, "2025-S1", now)
    with pytest.raises(Refused) as refusal:
        bureau.change(key, rythme="T")
    assert set(refusal.value.errors) == {"rythme"}


def test_R45_dates_that_would_leave_an_answered_declaration_outside_are_refused(bureau: Bureau, now: datetime) -> None:
    key = bureau.create().convention_id
    declare(key, "2025-T1", now)
    with transaction(actor=CAMILLE, now=now) as writing:
        writing.execute(update(Declaration).values(etat="transmise"))
    with pytest.raises(Refused, match="1er trimestre 2025"):
        bureau.change(key, debut=date(2025, 4, 1))
    bureau.change(key, debut=date(2025, 3, 31))


def test_R45_the_sentence_stands_beside_the_date_that_leaves_the_declaration_outside(
    bureau: Bureau, now: datetime
) -> None:
    key = bureau.create().convention_id
    declare(key, "2026-T1", now)
    with transaction(actor=CAMILLE, now=now) as writing:
        writing.execute(update(Declaration).values(etat="transmise"))
    for field, day in (("debut", date(2026, 4, 1)), ("fin", date(2025, 12, 31))):
        with pytest.raises(Refused) as refusal:
            bureau.change(key, **{field: day})
        assert set(refusal.value.errors) == {field}
        assert "1er trimestre 2026" in refusal.value.errors[field]


def test_R45_what_another_convention_answered_holds_no_date_of_this_one(bureau: Bureau, now: datetime) -> None:
    former, mine = (bureau.create().convention_id for _ in range(2))
    declare(former, "2025-T1", now)
    with transaction(actor=CAMILLE, now=now) as writing:
        writing.execute(update(Declaration).values(etat="transmise"))
    bureau.change(mine, debut=date(2025, 4, 1))


def test_R45_an_early_end_holds_the_dates_that_would_leave_it_outside_and_no_others(
    bureau: Bureau, now: datetime
) -> None:
    key = bureau.create().convention_id
    with transaction(actor=CAMILLE, now=now) as writing:
        early = {"statut": "resiliee", "resiliee_le": date(2026, 3, 15), "motif_resiliation": "Fin."}
        writing.execute(update(Convention).where(Convention.id == key).values(**early))
    bureau.change(key, fin=date(2026, 3, 15))
    with pytest.raises(Refused) as refusal:
        bureau.change(key, fin=date(2026, 3, 14))
    assert refusal.value.errors == {"fin": "La fin anticipée du 15/03/2026 tomberait hors de ces dates."}


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"notes": "  Rencontrée\x00 le 3 mars\r\nÀ rappeler  "}, "notes", "Rencontrée le 3 mars\nÀ rappeler"),
        ({"cosignataire": "Agglopolys"}, "cosignataire", "Agglopolys"),
        ({"signee_le": date(2025, 1, 15)}, "signee_le", date(2025, 1, 15)),
        ({"is_in_plan_10000": True}, "is_in_plan_10000", True),
        ({"fin": date(2028, 6, 30)}, "fin", date(2028, 6, 30)),
        ({"debut": date(2024, 12, 1)}, "debut", date(2024, 12, 1)),
    ],
    ids=["notes", "cosignataire", "signature", "plan", "end", "start"],
)
@pytest.mark.parametrize("etat", ["brouillon", "validee"])
def test_R45_what_belies_no_declaration_is_corrected_and_each_declaration_stays(
    changes: dict[str, Any], field: str, value: Any, etat: str, bureau: Bureau, session: Any, now: datetime
) -> None:
    key = bureau.create().convention_id
    for periode in ("2025-T1", "2025-T2"):
        declare(key, periode, now)
    with transaction(actor=CAMILLE, now=now) as writing:
        sealed = {"validee_le": now, "sceau": "{}"} if etat == "validee" else {}
        writing.execute(update(Declaration).values(etat=etat, **sealed))
    bureau.change(key, **changes)
    assert getattr(bureau.seen(key), field) == value
    session.rollback()
    kept = session.execute(select(Declaration.periode, Declaration.etat).order_by(Declaration.periode)).all()
    assert [tuple(row) for row in kept] == [("2025-T1", etat), ("2025-T2", etat)]


def test_R6_a_term_too_short_for_its_yearly_targets_is_refused(bureau: Bureau) -> None:
    key = bureau.create().convention_id
    bureau.promise(key, "FORMER", EngagementSaisi("F1", True, annees={3: Decimal(4)}))
    with pytest.raises(Refused, match="année 3"):
        bureau.change(key, fin=date(2026, 12, 31))
    bureau.change(key, fin=date(2027, 1, 1))


def test_R8_the_plan_is_left_only_once_its_measures_are(bureau: Bureau) -> None:
    key = bureau.create(is_in_plan_10000=True).convention_id
    bureau.promise(key, "PLAN", EngagementSaisi("P01", True))
    with pytest.raises(Refused) as refusal:
        bureau.change(key, is_in_plan_10000=False)
    assert set(refusal.value.errors) == {"is_in_plan_10000"}
    bureau.promise(key, "PLAN", EngagementSaisi("P01", False))
    bureau.change(key, is_in_plan_10000=False)


def test_a_projet_with_promises_does_not_change_to_a_dispositif_that_has_not_their_axis(bureau: Bureau) -> None:
    key = bureau.create(signee_le=None).convention_id
    bureau.promise(key, "FORMER", EngagementSaisi("F1", True))
    with pytest.raises(Refused) as refusal:
        bureau.change(key, signee_le=None, dispositif="plan_10000")
    assert set(refusal.value.errors) == {"dispositif"}


def test_a_projet_without_declarations_may_be_deleted_with_its_promises(bureau: Bureau, session: Any) -> None:
    key = bureau.create(signee_le=None).convention_id
    bureau.promise(key, "FORMER", EngagementSaisi("F1", True, duree=Decimal(3)))
    assert bureau.delete(key) == bureau.signataire
    assert session.get(Convention, key) is None
    line = session.scalars(select(Journal).where(Journal.acte == "supprimer_convention")).one()
    assert (line.objet, line.objet_id, line.qui) == ("signataire", str(bureau.signataire), CAMILLE.nom)


def test_a_signed_convention_and_a_projet_with_declarations_are_kept(bureau: Bureau, now: datetime) -> None:
    signed, projet = bureau.create().convention_id, bureau.create(signee_le=None).convention_id
    declare(projet, "2025-T1", now)
    for key in (signed, projet):
        with pytest.raises(Refused):
            bureau.delete(key)
        assert bureau.seen(key)


def test_saving_over_somebody_else_is_a_conflict_that_shows_the_values_in_the_base(bureau: Bureau) -> None:
    key = bureau.create().convention_id
    version = bureau.seen(key).version
    bureau.change(key, version=version, notes="Note de Julien")
    with pytest.raises(Conflict) as conflict:
        bureau.change(key, version=version, notes="Note de Camille")
    current = conflict.value.current
    assert (current["notes"], current["debut"], current["signee_le"]) == ("Note de Julien", "01/01/2025", "01/01/2025")
    assert int(current["version"]) == bureau.seen(key).version


@pytest.mark.parametrize("version", [None, 0, 99])
def test_a_version_that_never_was_is_a_conflict_too(bureau: Bureau, version: int | None) -> None:
    key = bureau.create().convention_id
    with pytest.raises(Conflict):
        change_convention(actor=CAMILLE, convention_id=key, version=version, termes=some_termes(), now=bureau.now)


@pytest.mark.parametrize("actor", [ZOE, bruno(1, 2)], ids=["zoe", "bruno"])
def test_nobody_else_creates_changes_or_deletes_a_convention_of_camille(
    bureau: Bureau, actor: Any, session: Any
) -> None:
    key = bureau.create(signee_le=None).convention_id
    lines = session.scalar(select(func.count()).select_from(Journal))
    for act in (lambda: bureau.create(actor=actor), lambda: bureau.change(key, actor=actor)):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotFound):
        bureau.delete(key, actor=actor)
    assert bureau.seen(key).statut == PROJET
    assert session.scalar(select(func.count()).select_from(Journal)) == lines


def test_zoe_gets_the_same_answer_for_camille_s_convention_and_for_none(bureau: Bureau) -> None:
    sentences = set()
    for key in (bureau.create().convention_id, 999_999):
        with pytest.raises(NotFound) as refusal:
            read_convention(actor=ZOE, convention_id=key, now=bureau.now)
        sentences.add(str(refusal.value))
    assert len(sentences) == 1


def test_every_change_of_a_convention_says_who_when_before_and_after(
    bureau: Bureau, session: Any, now: datetime
) -> None:
    key = bureau.create().convention_id
    bureau.change(key, cosignataire="Agglopolys")
    query = select(Journal).where(Journal.objet == "convention", Journal.objet_id == str(key)).order_by(Journal.id)
    created, changed = session.scalars(query)
    assert (created.acte, changed.acte) == ("creer", "modifier")
    assert (changed.qui, changed.quand) == (CAMILLE.nom, now)
    assert (changed.avant, changed.apres) == ('{"cosignataire": ""}', '{"cosignataire": "Agglopolys"}')
