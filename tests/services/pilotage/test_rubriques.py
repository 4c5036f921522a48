"""A text belongs to a period: a new one opens with the former, an edition is made with its own (R36)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Edition, Rubrique
from paqte.queries.pilotage.rubriques import history_of, read_chosen, read_rubrique, read_rubriques
from paqte.queries.suivi.accueil import home
from paqte.services.pilotage.rubriques import confirm_rubrique, write_rubrique
from tests.editions import compute_bilan, compute_compte_rendu, freeze_bilan, freeze_compte_rendu
from tests.factories import CAMILLE, ZOE, a_convention, a_departement, a_signataire

# Camille writes in January 2026, then again in November.
JANUARY, NOVEMBER = datetime(2026, 1, 20, 9, tzinfo=UTC), datetime(2026, 11, 22, 9, tzinfo=UTC)
S1, S2 = Periode.from_code("2026-S1"), Periode.from_code("2026-S2")


@pytest.fixture(autouse=True)
def blois(session: Any) -> None:
    a_departement("41")


def write(periode: str, texte: str, version: int | None = None, code: str = "obstacles", **given: Any) -> None:
    where = {"actor": CAMILLE, "now": NOVEMBER, "departement": "41", **given}
    write_rubrique(periode=Periode.from_code(periode), code=code, version=version, texte=texte, **where)


def read(periode: str, code: str = "obstacles") -> Any:
    return read_rubrique(actor=CAMILLE, departement="41", periode=Periode.from_code(periode), code=code)


def confirm(periode: str, seen: str, version: int | None = None) -> None:
    window = Periode.from_code(periode)
    confirm_rubrique(
        actor=CAMILLE, now=NOVEMBER, departement="41", periode=window, code="obstacles", version=version, seen=seen
    )


def issue(periode: Periode, freeze: Callable[..., Any] = freeze_bilan, actor: Any = CAMILLE) -> Any:
    return freeze(actor=actor, departement="41", periode=periode, now=NOVEMBER)


def printed(periode: Periode) -> str:
    return compute_bilan(actor=CAMILLE, departement="41", periode=periode, now=NOVEMBER).obstacles


def test_R36_changing_the_obstacles_today_changes_no_former_semester(session: Any) -> None:
    write("2025-S2", "Les transports.")
    write("2026-S1", "La garde d’enfants.")
    write("2026-S2", "Le permis de conduire.")
    texts = {code: printed(Periode.from_code(code)) for code in ("2025-S1", "2025-S2", "2026-S1", "2026-S2")}
    assert texts == {
        "2025-S1": "",
        "2025-S2": "Les transports.",
        "2026-S1": "La garde d’enfants.",
        "2026-S2": "Le permis de conduire.",
    }


def test_R36_a_new_semester_opens_with_the_text_of_the_former_said_to_be_repris_until_confirmed(session: Any) -> None:
    write("2025-S2", "Les transports.")
    opened = read("2026-S2")
    assert (opened.texte, opened.is_repris, opened.origine) == ("Les transports.", True, "2e semestre 2025")
    assert printed(S2) == "Les transports."
    confirm("2026-S2", opened.empreinte)
    kept = read("2026-S2")
    assert (kept.texte, kept.is_repris, kept.origine, kept.version) == ("Les transports.", False, "", 1)
    assert read("2026-S1").is_repris, "the semester between was confirmed by nobody"
    write("2025-S2", "Les transports, encore.", 1)
    assert (printed(S1), printed(S2)) == ("Les transports, encore.", "Les transports.")


def test_R36_what_an_edition_printed_stays_the_text_of_its_period_and_stays_repris(session: Any) -> None:
    write("2025-S2", "Les transports.")
    issue(S1)
    write("2025-S2", "Autre chose.", 1)
    assert printed(S1) == "Les transports."
    assert (read("2026-S1").is_repris, read("2026-S1").origine) == (True, "2e semestre 2025")
    assert issue(S1).is_new is False
    write("2026-S1", "La garde d’enfants.", version=None)
    second = issue(S1)
    frozen = list(session.scalars(select(Edition.contenu).order_by(Edition.numero)))
    assert second.numero == 2
    assert ['"obstacles":"Les transports."' in text for text in frozen] == [True, False]
    assert '"obstacles":"La garde d’enfants."' in frozen[1]


def test_R36_a_semester_issued_without_text_takes_none_from_what_is_written_later_for_the_one_before(
    session: Any,
) -> None:
    issue(S1, actor=PLANIFICATEUR)
    write("2025-S2", "Écrit après coup.")
    assert (printed(S1), read("2026-S1").is_repris) == ("", False)
    assert printed(S2) == ""


def test_R36_the_texts_of_the_plan_have_the_rhythm_of_the_quarter(session: Any) -> None:
    write("2026-T2", "Les forums attirent peu.", code="efficacite")
    t3, t2 = Periode.from_code("2026-T3"), Periode.from_code("2026-T2")
    assert read("2026-T3", "efficacite").origine == "2e trimestre 2026"
    write("2026-T3", "Les visites marchent.", code="efficacite")
    told = [compute_compte_rendu(actor=CAMILLE, departement="41", periode=p, now=NOVEMBER).efficacite for p in (t2, t3)]
    assert told == ["Les forums attirent peu.", "Les visites marchent."]
    issue(t3, freeze_compte_rendu)
    assert [r.code for r in read_rubriques(actor=CAMILLE, departement="41", periode=t3)] == [
        "efficacite",
        "propositions",
    ]
    for code, periode in (("efficacite", "2026-S1"), ("obstacles", "2026-T1"), ("humeur", "2026-S1")):
        with pytest.raises(NotFound):
            write(periode, "Non.", code=code)


def test_R36_the_text_of_a_period_to_come_is_refused_and_history_tells_the_others(session: Any) -> None:
    with pytest.raises(Refused, match="n’a pas commencé"):
        write("2027-S1", "Trop tôt.")
    write("2025-S2", "Un.")
    write("2026-S2", "Deux.")
    history = history_of(actor=CAMILLE, departement="41", periode=S1, code="obstacles")
    assert [(r.periode, r.texte) for r in history] == [("2026-S2", "Deux."), ("2025-S2", "Un.")]


def test_R36_the_page_opens_on_the_semester_whose_bilan_is_awaited_then_on_the_present_one(session: Any) -> None:
    a_convention(a_signataire())

    def shown(asked: str | None = None) -> tuple[str, int]:
        found = read_chosen(actor=CAMILLE, departement="41", genre="S", asked=asked, now=NOVEMBER)
        return found.periode.code, len(found.offertes)

    assert shown() == ("2026-S1", 4)
    assert shown("2025-S1") == ("2025-S1", 4)
    assert shown("1999-S1") == ("2026-S1", 4)
    issue(S1)
    assert shown() == ("2026-S2", 4)


def test_R36_home_tells_which_texts_of_the_awaited_bilan_nobody_confirmed(session: Any) -> None:
    write("2025-S2", "Les transports.")
    assert home(actor=CAMILLE, now=NOVEMBER).textes_repris == ("Obstacles rencontrés",)
    assert home(actor=CAMILLE, now=NOVEMBER).rubriques_vides == (
        "Organisation retenue de suivi et d’animation du PAQTE",
        "Stratégie définie",
    )
    confirm("2026-S1", read("2026-S1").empreinte)
    assert home(actor=CAMILLE, now=NOVEMBER).textes_repris == ()


# --- at the same time --------------------------------------------------------------------------------------


def test_a_text_is_written_once_by_each_without_overwriting_unseen(session: Any) -> None:
    write("2026-S1", "De Camille")
    with pytest.raises(Conflict) as conflict:
        write("2026-S1", "D’un autre onglet")
    assert conflict.value.current == {"texte": "De Camille", "version": "1"}
    write("2026-S1", "Relu", 1)
    assert (read("2026-S1").texte, read("2026-S1").version) == ("Relu", 2)


def test_R36_a_text_is_not_confirmed_when_it_is_no_longer_the_one_seen(session: Any) -> None:
    write("2025-S2", "Les transports.")
    seen = read("2026-S2").empreinte
    write("2025-S2", "Autre chose.", 1)
    with pytest.raises(Conflict, match="relisez-le"):
        confirm("2026-S2", seen)
    assert read("2026-S2").is_repris
    write("2026-S2", "Écrit entre-temps.")
    with pytest.raises(Conflict):
        confirm("2026-S2", read("2026-S2").empreinte, version=None)


def test_an_edition_issued_while_a_text_is_typed_is_nobody_s_writing(session: Any) -> None:
    write("2025-S2", "Les transports.")
    opened = read("2026-S1").version
    issue(S1, actor=PLANIFICATEUR)
    write("2026-S1", "Tapé pendant ce temps.", opened)
    assert (read("2026-S1").texte, read("2026-S1").is_repris) == ("Tapé pendant ce temps.", False)


def test_a_text_fit_for_a_cell_is_kept_and_a_longer_one_refused_whole(session: Any) -> None:
    write("2026-S1", "🌳" * 16_000)
    assert len(read("2026-S1").texte.encode("utf-16-le")) // 2 <= 32_767, "an Excel cell holds it"
    with pytest.raises(Refused) as refused:
        write("2026-S1", "a" * 16_001, 1)
    assert list(refused.value.errors) == ["texte"]


def test_ten_people_writing_the_same_new_text_write_it_once(app: Any, session: Any) -> None:
    def wrote(rank: int) -> str:
        with app.app_context():
            try:
                write("2026-S1", f"Texte {rank}")
            except Conflict:
                return ""
            return f"Texte {rank}"

    with ThreadPoolExecutor(10) as pool:
        written = [text for text in pool.map(wrote, range(10)) if text]
    session.rollback()
    assert written == [r.texte for r in session.scalars(select(Rubrique))]


def test_zoe_reads_and_writes_no_text_of_the_41(session: Any) -> None:
    write("2026-S1", "De Camille")
    attempts: tuple[Callable[[], Any], ...] = (
        lambda: write("2026-S1", "De Zoé", 1, actor=ZOE),
        lambda: read_rubrique(actor=ZOE, departement="41", periode=S1, code="obstacles"),
        lambda: read_rubriques(actor=ZOE, departement="41", periode=S1),
        lambda: history_of(actor=ZOE, departement="41", periode=S2, code="obstacles"),
        lambda: read_chosen(actor=ZOE, departement="41", genre="S", asked=None, now=NOVEMBER),
        lambda: confirm_rubrique(
            actor=ZOE, now=NOVEMBER, departement="41", periode=S1, code="obstacles", version=1, seen=""
        ),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    assert read("2026-S1").texte == "De Camille"
