"""Rows of data and lists of signatories at their edges, read whole (R5, R11, R12, R13, R34)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.donnees import SHIPPED, ChiffreLu
from paqte.domain.assemblage.tableaux.completude import in_time, over
from paqte.domain.consolidation import Fait
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.sommes import Answers, Given
from paqte.domain.statuts.declarations import VALIDEE
from tests.domain.assemblage.petit_monde import bilan, export, told
from tests.domain.loir_et_cher import NOW, S1, convention, corrected, declaration, donnees, engagement, fait


def test_R5_what_was_answered_and_is_borne_no_more_is_a_row_in_the_words_of_the_grid() -> None:
    firm = convention(1, engagement(11, "S2"))
    faits = [
        fait(firm, engagement(99, "R3"), "2026-T2", 4),
        fait(firm, engagement(98, "INCONNU"), "2026-T2", 8),
    ]
    found = export(donnees([firm], faits)).donnees
    i = catalogue().indicateurs["R3"]
    assert [told(d, "identifiant", "signataire", "convention") for d in found if d.indicateur != "S2"] == [
        f"paqte | RECRUTER | — | R3 | {i.libelle} | {i.unite} | 2026-T2 | nombre | 4 | — | — | entreprise"
    ]
    assert [(d.indicateur, d.etat) for d in found if d.indicateur == "S2"] == [("S2", "sans_reponse")]


def test_R13_rows_of_data_stand_by_name_whatever_its_capitals_then_by_convention() -> None:
    named = [(1, "zinc"), (2, "Alpha"), (3, "alpha"), (4, "Bois")]
    firms = [convention(key, engagement(key, "S2"), nom=nom) for key, nom in named]
    assert [d.signataire for d in export(donnees(firms)).donnees] == ["Alpha", "alpha", "Bois", "zinc"]


def test_R13_of_two_of_one_name_the_one_recorded_first_stands_first_in_whatever_order_they_are_read() -> None:
    firms = [convention(key, engagement(key, "S2"), nom="Val", signataire_id=key) for key in (7, 5, 9)]
    for given in (firms, firms[::-1]):
        found, quarter = bilan(donnees(given)), export(donnees(given))
        assert [d.convention for d in quarter.donnees] == ["41-2025-005", "41-2025-007", "41-2025-009"]
        assert [r.convention for r in found.reponses][::2] == ["41-2025-005", "41-2025-007", "41-2025-009"]


def test_R11_who_answers_by_semester_and_answered_the_quarter_has_its_answer_alone() -> None:
    firm = convention(1, engagement(11, "S2"), engagement(12, "R3"), rythme="S")
    found = export(donnees([firm], [fait(firm, firm.engagements[0], "2026-T2", 4)])).donnees
    assert [(d.indicateur, d.periode, d.etat, d.valeur) for d in found] == [
        ("S2", "2026-T2", "nombre", 4),
        ("R3", "2026-T2", "semestriel", None),
    ]


def test_R13_the_state_of_a_declaration_says_why_an_answer_is_not_there() -> None:
    firm = convention(1, engagement(11, "S2"))
    sent = declaration(fait(firm, firm.engagements[0], "2026-T2", 1))
    for etat, why in ((VALIDEE, "sans_reponse"), ("transmise", "non_validee"), ("brouillon", "non_transmise")):
        rows = donnees([firm], declarations=(replace(sent, etat=etat),))
        assert [(d.etat, d.valeur) for d in export(rows).donnees] == [(why, None)], etat


def test_R2_a_signatory_without_category_says_nothing_of_it() -> None:
    rows = donnees([convention(1, categorie="", signee_le=None)])
    assert [(s.categorie, s.signee_le) for s in bilan(rows).signataires] == [("", "")]
    assert [e.categorie for e in export(rows).entreprises] == [""]


def test_R13_an_answer_to_a_period_that_nobody_asked_counts_in_no_completeness() -> None:
    firm = convention(1, engagement(11, "S2"))
    ended = convention(2, engagement(21, "S2"), fin=firm.dates.debut.replace(year=2026, month=3, day=31))
    asked = fait(firm, firm.engagements[0], "2026-T1", 1)
    extra = fait(ended, ended.engagements[0], "2026-T2", 1)
    found = over(
        [firm, ended], Answers.of([asked, extra]), S1, frozenset({asked.declaration, extra.declaration}), catalogue()
    )
    assert tuple(found.ensemble) == (3, 1, 1)


def test_R42_a_period_asked_late_is_due_from_the_day_it_was_asked() -> None:
    """The first quarter, due on 20 April, was asked on 10 July: sent on 20 July it is in time, unless it was not so."""
    firm = convention(1, engagement(11, "S2"))
    sent = datetime(2026, 7, 20, 9, tzinfo=UTC)
    answer = replace(declaration(fait(firm, firm.engagements[0], "2026-T1", 1)), premier_envoi_le=sent)
    late = replace(firm, anterieures={"2026-T1": sent.date().replace(day=10)})
    assert in_time([answer], [late], "41", SHIPPED) == {answer.id}
    assert in_time([answer], [firm], "41", SHIPPED) == frozenset()


def test_R13_the_names_of_a_quality_table_stand_in_order_whatever_their_capitals() -> None:
    named = [(1, "zinc"), (2, "Alpha"), (3, "alpha"), (4, "Bois")]
    firms = [convention(key, engagement(key, "S2"), nom=nom) for key, nom in named]
    found = bilan(donnees(firms))
    assert [c.libelle for c in found.completude if c.genre == "signataire"] == ["Alpha", "alpha", "Bois", "zinc"]
    assert [r.signataire for r in found.reponses][::2] == ["Alpha", "alpha", "Bois", "zinc"]
    assert [s.nom for s in found.signataires] == ["Alpha", "alpha", "Bois", "zinc"]


def test_R26_a_context_figure_is_the_last_of_the_period_or_else_the_first_that_follows() -> None:
    def chosen(*days: date) -> str:
        given = tuple(ChiffreLu("qpv", Decimal(n), day, "", "") for n, day in enumerate(days))
        return bilan(donnees([], chiffres=given)).contexte[0].date

    early, last, after, later = date(2025, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 9, 1)
    assert chosen(last, early, after) == "2026-06-30"
    assert chosen(later, after) == "2026-07-01"
    assert chosen(after) == "2026-07-01"


def test_R5_what_the_grid_knows_no_more_stops_no_document_and_adds_no_axis() -> None:
    firm = convention(1, engagement(11, "S2"), engagement(12, "INCONNU"))
    rows = donnees([firm], [fait(firm, firm.engagements[1], "2026-T2", 3)])
    found, quarter = bilan(rows), export(rows)
    assert [s.axes for s in found.signataires] == [e.axes for e in quarter.entreprises] == ["Sensibiliser"]
    assert [(r.dus, r.manquants) for r in found.reponses] == [(1, "S2"), (1, "S2")]
    assert "INCONNU" not in {i.code for i in (*found.indicateurs, *quarter.indicateurs)}
    assert [d.indicateur for d in quarter.donnees] == ["S2"]


def test_R19_a_correction_says_its_reason_or_that_it_came_late_or_nothing() -> None:
    firm = convention(1, engagement(11, "S2"), engagement(12, "R3"))
    s2, r3 = firm.engagements
    before = [fait(firm, s2, "2026-T1", 3), fait(firm, s2, "2026-T2", 1), fait(firm, r3, "2026-T2", 5)]
    now = [fait(firm, s2, "2026-T1", 4), fait(firm, s2, "2026-T2", 2), fait(firm, r3, "2026-T1", reponse="neant")]
    rows = donnees([firm], now)
    reopened = tuple(
        replace(d, motif_reouverture="une erreur de saisie") if d.periode == "2026-T2" else d for d in rows.declarations
    )
    now_said = replace(rows, declarations=reopened)
    given = corrected(before, now_said)
    made = assemble(now_said, catalogue(), edition=2, now=NOW, gabarit="", corrections=given)
    late, first, second = "déclaration validée après l’édition précédente", "1er", "2e"
    assert [told(c, "signataire") for c in made.corrections] == [
        f"{first} trimestre 2026 | S2 | 3 | 4 | —",
        f"{first} trimestre 2026 | R3 | sans réponse | zéro confirmé | {late}",
        f"{second} trimestre 2026 | S2 | 1 | 2 | une erreur de saisie",
        f"{second} trimestre 2026 | R3 | 5 | sans réponse | une erreur de saisie",
    ]


def test_R7_a_document_tells_the_corrections_of_a_charter_by_its_name_and_no_one_else_s() -> None:
    gone = fait(convention(9, engagement(91, "S2")), engagement(91, "S2"), "2026-T1", 3)
    rows = donnees([])
    made = assemble(rows, catalogue(), edition=2, now=NOW, gabarit="", corrections=corrected([gone], rows))
    assert [(c.signataire, c.avant, c.apres) for c in made.corrections] == [("", "3", "sans réponse")]
    charter = convention(9, dispositif="charte")
    rows = donnees([charter])
    named = assemble(rows, catalogue(), edition=2, now=NOW, gabarit="", corrections=corrected([gone], rows))
    assert [c.signataire for c in named.corrections] == [charter.nom]


class Keeping(Given):
    """Answers of which what was made stays from one reading to the next, as in a process that serves."""

    def __init__(self, faits: Iterable[Fait]) -> None:
        super().__init__(faits)
        self.kept: dict[Hashable, Any] = {}

    def again(self, subject: Hashable, make: Callable[[Any], Any]) -> Any:
        self.kept[subject] = make(self.kept.get(subject))
        return self.kept[subject]


def test_rows_of_data_made_before_serve_again_but_those_of_a_convention_or_a_state_that_moved() -> None:
    firm, other = convention(1, engagement(11, "S2"), nom="Val"), convention(2, engagement(21, "S2"), nom="Autre")
    asked = fait(firm, firm.engagements[0], "2026-T2", 4)
    source = Keeping([asked])
    first = replace(donnees([firm, other], [asked]), faits=Answers(source, source.codes))
    before = export(first).donnees
    assert [(d.signataire, d.valeur, d.etat) for d in before] == [
        ("Autre", None, "non_transmise"),
        ("Val", 4, "nombre"),
    ]
    bilan(first)
    sums = {subject: made for subject, made in source.kept.items() if subject[0][0] in ("totaux", "lignes")}
    again = export(first).donnees
    bilan(first)
    assert all(one is other for one, other in zip(again, before, strict=True))
    assert all(made and source.kept[subject] is made for subject, made in sums.items())
    # Each window has its own, and the whole until the period.
    windows = {subject[0][1] for subject in sums if subject[0][0] == "totaux"}
    assert windows >= {S1, S1.precedente, S1.un_an_avant, None}
    renamed = export(replace(first, conventions=(replace(firm, nom="Val et fils"), other))).donnees
    assert [d.signataire for d in renamed] == ["Autre", "Val et fils"] and renamed[0] is before[0]
    for etat, why in (("transmise", "non_validee"), ("validee", "sans_reponse"), ("brouillon", "non_transmise")):
        begun = replace(declaration(asked), id=77, convention_id=2, etat=etat)
        told = export(replace(first, declarations=(*first.declarations, begun))).donnees
        assert [(d.signataire, d.etat) for d in told] == [("Autre", why), ("Val", "nombre")], etat
