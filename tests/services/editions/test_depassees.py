"""Whatever moves a cell of an issued edition makes the next one propose itself, and nothing else does (R44)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import (
    Convention,
    Declaration,
    Departement,
    Edition,
    Engagement,
    Entreprise,
    Objectif,
    Signataire,
    db,
)
from paqte.queries.editions.editions_depassees import overtaken_editions
from paqte.queries.editions.modifications import changes_since
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.queries.suivi.accueil import home
from paqte.services.declarations.declarations import open_declaration, reopen_declaration, submit_and_validate
from paqte.services.declarations.preuves.actions import ActionTyped, record_action
from paqte.services.pilotage.contexte import ChiffreTyped, add_chiffre
from paqte.services.pilotage.pilotage import (
    PartenaireTyped,
    ReferentTyped,
    add_partenaire,
    add_referent,
    change_referent,
)
from paqte.services.pilotage.rubriques import write_rubrique
from paqte.services.reglages.reglages import save_settings
from paqte.services.transaction import transaction
from tests.editions import (
    compute_bilan,
    freeze_bilan,
    freeze_compte_rendu,
    list_quarters,
    list_semesters,
    revise_compte_rendu,
)
from tests.factories import CAMILLE, ZOE, a_convention, a_departement, a_signataire, engagement_of

NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
LATER, AUTUMN = NOW + timedelta(days=10), datetime(2026, 10, 5, tzinfo=UTC)
S1, T2 = Periode.from_code("2026-S1"), Periode.from_code("2026-T2")
HERE: dict[str, Any] = {"actor": CAMILLE, "now": LATER, "departement": "41"}


class Monde(NamedTuple):
    """A company whose convention (S2, 100 aimed at) answered the first quarter, and the référent."""

    signataire: int
    convention: int
    referent: int


def answer(convention: int, periode: str, valeur: int, now: datetime = LATER) -> int:
    key = open_declaration(actor=CAMILLE, now=now, convention_id=convention, periode=Periode.from_code(periode))
    version = db.session.scalar(select(Declaration.version).where(Declaration.id == key))
    db.session.rollback()
    typed = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(valeur))})
    submit_and_validate(actor=CAMILLE, now=now, declaration_id=key, version=version, saisie=typed)
    return key


def put(model: Any, key: Any, **values: Any) -> None:
    with transaction(actor=CAMILLE, now=LATER) as session:
        row = session.get_one(model, key)
        for name, value in values.items():
            setattr(row, name, value)


def write(periode: str, code: str, texte: str) -> None:
    write_rubrique(**HERE, periode=Periode.from_code(periode), code=code, version=None, texte=texte)


def figure(day: date, valeur: int) -> None:
    add_chiffre(**{**HERE, "now": NOW + timedelta(days=90)}, chiffre=ChiffreTyped("defm", Decimal(valeur), day))


def act(day: date, *, is_proofread: bool) -> None:
    action = ActionTyped(date=day, axe="RECRUTER", titre="Visite", texte="Un atelier.", is_proofread=is_proofread)
    record_action(**HERE, action=action)


def set_delay() -> None:
    save_settings(**HERE, version=version_of(read_settings("41")), values={"destinataires_bilan": "a@exemple.fr"})


def reopen() -> None:
    key, version = db.session.execute(
        select(Declaration.id, Declaration.version).where(Declaration.periode == "2026-T1")
    ).one()
    db.session.rollback()
    reopen_declaration(actor=CAMILLE, now=LATER, declaration_id=key, version=version, motif="Erreur.")


def engage(convention: int) -> None:
    with transaction(actor=CAMILLE, now=LATER) as session:
        session.add(Engagement(convention_id=convention, indicateur="A1", rang=1))


def aim(convention: int) -> None:
    key = engagement_of(convention, "S2")
    with transaction(actor=CAMILLE, now=LATER) as session:
        session.scalars(select(Objectif).where(Objectif.engagement_id == key)).one().cible = Decimal(120)


def refer(convention: int) -> None:
    put(Engagement, engagement_of(convention, "S2"), reference=Decimal(7))


def end(convention: int) -> None:
    put(Convention, convention, statut="resiliee", resiliee_le=date(2026, 5, 15), motif_resiliation="Fin.")


def other_prefecture() -> None:
    a_departement("972")
    add_partenaire(actor=ZOE, now=LATER, departement="972", partenaire=PartenaireTyped("Cap Nord"))


@pytest.fixture
def monde(app: Any, session: Any, kept_bases: Any) -> Monde:
    """Both kinds of edition issued, of the semester and of its second quarter."""
    issued: Monde = kept_bases.write_once(app, f"{__name__}: monde", _issued)
    return issued


def _issued() -> Monde:
    signataire = a_signataire()
    convention = a_convention(signataire, "S2", cibles={"S2": 100})
    answer(convention, "2026-T1", 12, NOW)
    before = {**HERE, "now": NOW}
    referent = add_referent(**before, referent=ReferentTyped("Camille"))
    add_chiffre(**before, chiffre=ChiffreTyped("defm", Decimal(900), date(2026, 5, 31)))
    write_rubrique(**before, periode=S1, code="strategie", version=None, texte="Les stages.")
    for freeze, periode in ((freeze_bilan, S1), (freeze_compte_rendu, T2)):
        freeze(actor=CAMILLE, departement="41", periode=periode, now=NOW)
    return Monde(signataire, convention, referent)


# What is done, and the tables of the bilan and of the export in which something must differ.
NONE: frozenset[str] = frozenset()
CHANGES: dict[str, tuple[Callable[[Monde], Any], set[str] | frozenset[str], set[str] | frozenset[str]]] = {
    "nothing": (lambda m: None, NONE, NONE),
    "the text of the semester": (lambda m: write("2026-S1", "obstacles", "Le bus."), {"Pilotage"}, NONE),
    "the text of the next semester": (lambda m: write("2026-S2", "strategie", "Autre."), NONE, NONE),
    "the text of the former semester": (lambda m: write("2025-S2", "obstacles", "Avant."), NONE, NONE),
    "the text of the quarter": (lambda m: write("2026-T2", "efficacite", "Bien."), NONE, {"Analyse"}),
    "a contact": (
        lambda m: change_referent(
            actor=CAMILLE, now=LATER, referent_id=m.referent, version=1, referent=ReferentTyped("Camille", "Référente")
        ),
        {"Référents"},
        NONE,
    ),
    "a partner": (lambda m: add_partenaire(**HERE, partenaire=PartenaireTyped("Agglopolys")), {"Partenaires"}, NONE),
    "a figure of June": (lambda m: figure(date(2026, 6, 30), 950), {"Contexte"}, NONE),
    "a figure of September": (lambda m: figure(date(2026, 9, 30), 990), NONE, NONE),
    "an action": (lambda m: act(date(2026, 3, 3), is_proofread=True), {"Actions"}, NONE),
    "an action to read": (lambda m: act(date(2026, 3, 3), is_proofread=False), NONE, NONE),
    "an action of the next semester": (lambda m: act(date(2026, 7, 3), is_proofread=True), NONE, NONE),
    "a target": (lambda m: aim(m.convention), {"Indicateurs"}, {"Axes PAQTE"}),
    "a reference": (lambda m: refer(m.convention), {"Indicateurs"}, NONE),
    "an engagement": (
        lambda m: engage(m.convention),
        {"Indicateurs", "Réponses", "Signataires"},
        {"Axes PAQTE", "Entreprises", "Données"},
    ),
    "a convention typed late": (
        lambda m: a_convention(a_signataire("Aciérie (fictif)"), "S2"),
        {"Nombre de signataires", "Signataires", "Réponses"},
        {"Synthèse", "Entreprises"},
    ),
    "a convention that begins later": (
        lambda m: a_convention(a_signataire("Aciérie (fictif)"), "S2", debut=date(2026, 9, 1), fin=date(2029, 8, 31)),
        NONE,
        NONE,
    ),
    "a convention ended": (
        lambda m: end(m.convention),
        {"Signataires"},
        {"Entreprises"},
    ),
    "a name": (lambda m: put(Signataire, m.signataire, nom="Nouvelle (fictif)"), {"Signataires"}, {"Entreprises"}),
    "a nature": (
        lambda m: put(Signataire, m.signataire, nature="reseau"),
        {"Nombre de signataires", "Signataires"},
        {"Synthèse", "Entreprises"},
    ),
    "a head-count, printed nowhere": (lambda m: put(Signataire, m.signataire, effectif=40), NONE, NONE),
    "a SIREN": (
        lambda m: put(Signataire, m.signataire, identifiant="900000019"),
        {"Signataires"},
        {"Entreprises", "Données"},
    ),
    "an answer": (lambda m: answer(m.convention, "2026-T2", 7), {"Indicateurs", "Réponses"}, {"Axes PAQTE", "Données"}),
    "an answer of the next quarter": (lambda m: answer(m.convention, "2026-T3", 7, AUTUMN),
                                      NONE, NONE),
    "a declaration opened again": (lambda m: reopen(), {"Indicateurs", "Réponses"}, {"Axes PAQTE"}),
    "the préfecture": (lambda m: put(Departement, "41", prefecture="Blois"), {"Bilan"}, {"Export"}),
    "a setting that prints nothing": (lambda m: set_delay(), NONE, NONE),
    "another département": (lambda m: other_prefecture(), NONE, NONE),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_R44_what_moves_a_cell_proposes_the_next_edition_on_every_page_and_nothing_else_does(
    monde: Monde, change: str
) -> None:
    do, bilan_tables, export_tables = CHANGES[change]
    do(monde)
    told = {e.periode.code: set(e.tableaux) for e in overtaken_editions("41")}
    assert set(told) == {code for code, tables in (("2026-S1", bilan_tables), ("2026-T2", export_tables)) if tables}
    assert bilan_tables <= told.get("2026-S1", set()) and export_tables <= told.get("2026-T2", set())

    cells = {e.periode.code: e.cases for e in overtaken_editions("41")}
    bilan = compute_bilan(actor=CAMILLE, departement="41", periode=S1, now=LATER)
    _, ecarts = revise_compte_rendu(actor=CAMILLE, departement="41", periode=T2, now=LATER)
    pages = {"2026-S1": len(bilan.ecarts), "2026-T2": len(ecarts)}
    assert cells == {code: count for code, count in pages.items() if count}
    listed = [*list_semesters(actor=CAMILLE, now=LATER), *list_quarters(actor=CAMILLE, now=LATER)]
    assert cells == {p.periode.code: p.depassee.cases for p in listed if p.depassee}
    assert cells == {e.periode.code: e.cases for e in home(actor=CAMILLE, now=LATER).depassees}


def test_R44_the_next_edition_is_what_was_proposed_and_then_nothing_is(monde: Monde) -> None:
    add_partenaire(**HERE, partenaire=PartenaireTyped("Agglopolys"))
    (told,) = overtaken_editions("41")
    assert (told.numero, told.cases, told.tableaux, told.declarations) == (1, 1, ("Partenaires",), 0)
    assert [(m.nombre, m.singulier) for m in changes_since("41", NOW)] == [(1, "partenaire")]
    issued = freeze_bilan(actor=CAMILLE, departement="41", periode=S1, now=LATER)
    assert (issued.numero, issued.is_new) == (2, True)
    assert overtaken_editions("41") == ()
    assert freeze_bilan(actor=CAMILLE, departement="41", periode=S1, now=LATER).is_new is False


def test_R44_a_text_that_an_edition_kept_for_its_period_is_nobody_s_change(monde: Monde) -> None:
    write("2026-T1", "efficacite", "Bien.")
    freeze_compte_rendu(actor=CAMILLE, departement="41", periode=Periode.from_code("2026-T3"), now=AUTUMN)
    assert [(m.nombre, m.pluriel) for m in changes_since("41", NOW)] == [(1, "textes du pilotage")]


def test_R44_the_planificateur_never_issues_a_second_edition_by_itself(monde: Monde, session: Any) -> None:
    answer(monde.convention, "2026-T2", 7)
    for freeze, periode in ((freeze_bilan, S1), (freeze_compte_rendu, T2)):
        again = freeze(actor=PLANIFICATEUR, departement="41", periode=periode, now=LATER, is_first_only=True)
        assert (again.numero, again.is_new) == (1, False)
    assert session.scalar(select(func.count(Edition.id))) == 2
    assert [(e.periode.code, e.declarations) for e in overtaken_editions("41")] == [("2026-T2", 1), ("2026-S1", 1)]


def test_R44_an_edition_keeps_the_fingerprint_of_what_it_was_made_from(monde: Monde, session: Any) -> None:
    answer(monde.convention, "2026-T2", 7)
    again = freeze_bilan(actor=CAMILLE, departement="41", periode=S1, now=LATER)
    assert (again.numero, again.is_new) == (2, True)
    query = select(Edition.entrees_sha256).where(Edition.periode == "2026-S1")
    first, second = session.scalars(query.order_by(Edition.numero))
    assert [len(first), len(second), first == second] == [64, 64, False]


def test_R44_an_edition_of_before_the_fingerprint_is_put_together_again_and_judged_alike(monde: Monde) -> None:
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        for row in writing.scalars(select(Edition)):
            row.entrees_sha256 = None
    assert overtaken_editions("41") == ()
    put(Entreprise, 1, siren="900000027")
    assert overtaken_editions("41") == ()
    put(Signataire, monde.signataire, commune="Vendôme")
    assert [e.periode.code for e in overtaken_editions("41")] == ["2026-T2", "2026-S1"]
