"""Steering of a département: référents, texts, partners, context, settings, protocole (R12, R25, R26, R31)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.models import Reglage
from paqte.queries.pilotage.pilotage import (
    read_chiffre,
    read_partenaire,
    read_pilotage,
    read_protocole,
    read_protocole_line,
    read_referent,
)
from paqte.queries.reglages.reglages import all_delays, delays, read_settings, version_of
from paqte.services.pilotage.contexte import ChiffreTyped, add_chiffre, change_chiffre, remove_chiffre
from paqte.services.pilotage.pilotage import (
    PartenaireTyped,
    ReferentTyped,
    add_partenaire,
    add_referent,
    change_partenaire,
    change_referent,
    remove_partenaire,
    remove_referent,
)
from paqte.services.pilotage.protocole import ProtocoleTyped, add_protocole, change_protocole, remove_protocole
from paqte.services.reglages.reglages import save_settings
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, LONG_AGO, ZOE, a_departement, a_qpv

JUNE = date(2026, 6, 30)
DEFM = ChiffreTyped("defm_qpv", Decimal(1610), JUNE, source="France Travail")
AIDES = ProtocoleTyped("Contrats aidés pour les habitants des QPV", "Accès à l’emploi", "PAQTE", cible=Decimal(15))


@pytest.fixture
def say(session: Any, now: datetime) -> Callable[..., Any]:
    """`say(use_case, …)` as Camille, now, in her département."""
    a_departement("41")

    def call(use_case: Any, *, actor: Any = CAMILLE, **given: Any) -> Any:
        is_new = use_case.__name__.startswith(("add_", "save_"))
        where = {"departement": "41"} if is_new else {}
        return use_case(actor=actor, now=now, **where, **given)

    return call


def page() -> Any:
    return read_pilotage(actor=CAMILLE, departement="41")


# --- référents and partners --------------------------------------------------------------------------------


def test_several_referents_are_named_in_their_order(say: Any) -> None:
    for nom in ("Camille", "Julien"):
        say(add_referent, referent=ReferentTyped(nom))
    say(
        add_referent, referent=ReferentTyped("Louise", "Déléguée", "Louise@Exemple.FR", "+262 (0)2 62 00 00 00", rang=1)
    )
    assert [r.nom for r in page().referents] == ["Camille", "Louise", "Julien"]
    assert page().referents[1].courriel == "louise@exemple.fr"
    say(change_referent, referent_id=page().referents[1].id, version=1, referent=ReferentTyped("Louise", rang=3))
    assert [r.nom for r in page().referents] == ["Camille", "Julien", "Louise"]
    say(remove_referent, referent_id=page().referents[0].id, version=1)
    assert [r.nom for r in page().referents] == ["Julien", "Louise"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"nom": " "}, "nom"),
        ({"nom": "a" * 121}, "nom"),
        ({"courriel": "camille"}, "courriel"),
        ({"courriel": "a@b.fr\nBcc: x@y.fr"}, "courriel"),
        ({"telephone": "pas de téléphone"}, "telephone"),
        ({"telephone": "02 54"}, "telephone"),
        ({"rang": 0}, "rang"),
        ({"rang": 10**12}, "rang"),
    ],
)
def test_a_referent_is_refused_beside_the_field_at_fault(say: Any, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        say(add_referent, referent=replace(ReferentTyped("Camille"), **changes))
    assert list(refused.value.errors) == [field]
    assert page().referents == ()


def test_a_partner_is_kept_corrected_and_taken_away(say: Any) -> None:
    key = say(add_partenaire, partenaire=PartenaireTyped("Agglopolys", "EPCI", "Co-signataire"))
    say(change_partenaire, partenaire_id=key, version=1, partenaire=PartenaireTyped("Agglopolys", "EPCI de Blois"))
    kept = read_partenaire(CAMILLE, key)
    assert (kept.nature, kept.role, kept.version) == ("EPCI de Blois", "", 2)
    say(remove_partenaire, partenaire_id=key, version=2)
    assert page().partenaires == ()


def test_a_second_correction_is_refused_with_what_the_base_holds(say: Any) -> None:
    key = say(add_partenaire, partenaire=PartenaireTyped("Agglopolys"))
    say(change_partenaire, partenaire_id=key, version=1, partenaire=PartenaireTyped("Agglopolys", "EPCI"))
    with pytest.raises(Conflict) as conflict:
        say(change_partenaire, partenaire_id=key, version=1, partenaire=PartenaireTyped("Blois Agglopolys"))
    assert conflict.value.current["nature"] == "EPCI" and conflict.value.current["version"] == "2"
    with pytest.raises(Conflict):
        say(remove_partenaire, partenaire_id=key, version=1)


# --- context figures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "day", "precision"),
    [
        ("defm_qpv", JUNE, "catégories ABC, QPV génération 2024"),
        ("defm_qpv", date(2023, 6, 30), "catégories ABC, QPV génération 2015"),
        ("defm", JUNE, "catégories ABC"),
        ("qpv", JUNE, "QPV génération 2024"),
        ("population_qpv", date(2023, 6, 30), "QPV génération 2015"),
        ("pru", JUNE, ""),
    ],
)
def test_R25_R26_what_a_figure_covers_is_said_by_default(say: Any, code: str, day: date, precision: str) -> None:
    a_qpv("QP041001"), a_qpv("QN04101M")
    key = say(add_chiffre, chiffre=replace(DEFM, code=code, date=day))
    assert read_chiffre(CAMILLE, key).precision == precision


def test_R26_what_somebody_typed_is_kept_and_the_break_of_series_shows_as_a_note(say: Any) -> None:
    before = say(add_chiffre, chiffre=replace(DEFM, date=date(2024, 12, 31), precision="catégorie A"))
    after = say(add_chiffre, chiffre=replace(DEFM, date=date(2025, 1, 31)))
    assert (read_chiffre(CAMILLE, before).precision, read_chiffre(CAMILLE, before).note) == ("catégorie A", "")
    assert "janvier 2025" in read_chiffre(CAMILLE, after).note


def test_a_figure_has_one_value_a_date(say: Any) -> None:
    key = say(add_chiffre, chiffre=DEFM)
    other = say(add_chiffre, chiffre=replace(DEFM, date=date(2026, 5, 31)))
    for refused in (
        lambda: say(add_chiffre, chiffre=replace(DEFM, valeur=Decimal(7))),
        lambda: say(change_chiffre, chiffre_id=other, version=1, chiffre=DEFM),
    ):
        with pytest.raises(Refused, match="déjà saisi à cette date"):
            refused()
    say(change_chiffre, chiffre_id=key, version=1, chiffre=replace(DEFM, valeur=Decimal(0)))
    assert read_chiffre(CAMILLE, key).valeur == 0
    say(remove_chiffre, chiffre_id=key, version=2)
    assert [c.id for c in page().chiffres["defm_qpv"]] == [other]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"date": date(2026, 11, 23)}, "date"),
        ({"code": "meteo"}, "code"),
        ({"valeur": Decimal(-1)}, "valeur"),
        ({"source": "a" * 301}, "source"),
    ],
)
def test_a_figure_is_refused_beside_the_field_at_fault(say: Any, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        say(add_chiffre, chiffre=replace(DEFM, **changes))
    assert list(refused.value.errors) == [field]


def test_R12_a_figure_of_today_is_that_of_the_departement(session: Any) -> None:
    a_departement("972")
    night = datetime(2026, 7, 1, 1, 30, tzinfo=UTC)
    with pytest.raises(Refused):
        add_chiffre(actor=ZOE, now=night, departement="972", chiffre=replace(DEFM, date=date(2026, 7, 1)))


def test_R13_what_nobody_typed_is_missing(say: Any) -> None:
    say(add_chiffre, chiffre=replace(DEFM, code="qpv", valeur=Decimal(0)))
    assert len(page().chiffres_manquants) == 4


# --- settings ----------------------------------------------------------------------------------------------


def test_R12_a_setting_is_the_departement_s_own_else_national_else_shipped(say: Any, session: Any) -> None:
    assert read_settings("41")["declaration_delai_jours"].valeur == "20"
    with transaction(actor=CAMILLE, now=LONG_AGO) as s:
        s.add(Reglage(departement_code=None, cle="declaration_delai_jours", valeur="25"))
    seen = version_of(read_settings("41"))
    say(save_settings, version=seen, values={"declaration_delai_jours": " 10 ", "bilan_delai_jours": ""})
    settings = read_settings("41")
    assert (settings["declaration_delai_jours"].valeur, settings["declaration_delai_jours"].nationale) == ("10", "25")
    assert not settings["bilan_delai_jours"].is_own
    assert all_delays()("41").echeance == 10
    assert all_delays()("972").echeance == 25
    say(save_settings, version=version_of(settings), values={"declaration_delai_jours": ""})
    assert read_settings("41")["declaration_delai_jours"].valeur == "25"
    assert len(list(session.scalars(select(Reglage.id)))) == 1


@pytest.mark.parametrize(
    ("cle", "text"),
    [
        ("bilan_delai_jours", "-1"),
        ("bilan_delai_jours", "366"),
        ("bilan_delai_jours", "1,5"),
        ("bilan_delai_jours", "١٢"),
        ("destinataires_bilan", "camille"),
        ("destinataires_bilan", ", ".join(f"a{n}@exemple.fr" for n in range(21))),
        ("mot_de_passe", "x"),
        ("relances_jours", "-15, bientôt"),
        ("relances_jours", "120"),
        ("preavis_jours", "0"),
        ("conservation_annees", "0"),
        ("conservation_annees", "11"),
        ("conservation_annees", "1,5"),
        ("courriels_texte_jours", "366"),
        ("fermeture_delai_jours", "un jour"),
        ("fermeture_delai_jours", "6"),
        ("declaration_ouverture_jours", "-1"),
        ("export_delai_jours", "400"),
        ("destinataires_export", "camille"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_beside_its_field(say: Any, cle: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        say(save_settings, version=version_of(read_settings("41")), values={cle: text, "declaration_delai_jours": "7"})
    assert list(refused.value.errors) == [cle]
    assert not read_settings("41")["declaration_delai_jours"].is_own, "nothing is half-saved"


def test_recipients_are_kept_once_each_and_no_header_can_be_forged(say: Any) -> None:
    typed = "Paqte@Exemple.fr; prefet@exemple.fr\npaqte@exemple.fr"
    say(save_settings, version=version_of(read_settings("41")), values={"destinataires_bilan": typed})
    assert read_settings("41")["destinataires_bilan"].valeur == "paqte@exemple.fr, prefet@exemple.fr"


@pytest.mark.parametrize(
    ("cle", "typed", "kept"),
    [
        ("relances_jours", "3;−15 +10", "-15, 3, 10"),
        ("relances_jours", "Aucune", "aucune"),
        ("preavis_jours", "30 90", "90, 30"),
        ("conservation_annees", " 3 ", "3"),
        ("fermeture_delai_jours", " Jamais ", "jamais"),
        ("fermeture_delai_jours", "45", "45"),
    ],
)
def test_R12_reminders_notices_and_closing_are_kept_in_one_spelling(say: Any, cle: str, typed: str, kept: str) -> None:
    say(save_settings, version=version_of(read_settings("41")), values={cle: typed})
    assert read_settings("41")[cle].valeur == kept


def test_R12_settings_are_judged_together_with_those_not_changed(say: Any) -> None:
    say(save_settings, version=version_of(read_settings("41")), values={"fermeture_delai_jours": "25"})
    with pytest.raises(Refused) as refused:
        say(save_settings, version=version_of(read_settings("41")), values={"declaration_delai_jours": "26"})
    assert refused.value.errors == {"fermeture_delai_jours": "La saisie ne peut pas se fermer avant l’échéance."}
    say(
        save_settings,
        version=version_of(read_settings("41")),
        values={"declaration_delai_jours": "26", "fermeture_delai_jours": ""},
    )
    assert delays(read_settings("41")).fermeture is None


def test_settings_changed_meanwhile_are_shown_and_not_overwritten(say: Any) -> None:
    seen = version_of(read_settings("41"))
    say(save_settings, version=seen, values={"bilan_delai_jours": "40"})
    with pytest.raises(Conflict) as conflict:
        say(save_settings, version=seen, values={"bilan_delai_jours": "50"})
    held = conflict.value.current
    assert (held["bilan_delai_jours"], held["declaration_delai_jours"]) == ("40", ""), "its own, and none of the nation"
    assert read_settings("41")["bilan_delai_jours"].valeur == "40"
    say(save_settings, version=int(held["version"]), values={"bilan_delai_jours": "50"})
    assert read_settings("41")["bilan_delai_jours"].valeur == "50", "what the refusal shows is enough to save"


# --- protocole ---------------------------------------------------------------------------------------------


def test_R31_an_engagement_of_the_protocole_keeps_its_target_and_what_is_known(say: Any) -> None:
    key = say(add_protocole, engagement=AIDES)
    say(change_protocole, engagement_id=key, version=1, engagement=replace(AIDES, realise=Decimal("12.5")))
    kept = read_protocole_line(CAMILLE, key)
    assert (kept.cible, kept.realise, kept.levier) == (15, Decimal("12.5"), "PAQTE")
    say(remove_protocole, engagement_id=key, version=2)
    assert read_protocole(actor=CAMILLE, departement="41") == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"libelle": ""}, "libelle"),
        ({"enjeu": " "}, "enjeu"),
        ({"levier": ""}, "levier"),
        ({"cible": Decimal(101)}, "cible"),
        ({"realise": Decimal(-1)}, "realise"),
        ({"commentaire": "a" * 2_001}, "commentaire"),
    ],
)
def test_R31_a_percentage_or_a_text_at_fault_is_named(say: Any, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        say(add_protocole, engagement=replace(AIDES, **changes))
    assert list(refused.value.errors) == [field]


# --- rights ------------------------------------------------------------------------------------------------


def test_Zoe_sees_and_changes_nothing_of_41(say: Any) -> None:
    referent = say(add_referent, referent=ReferentTyped("Camille"))
    partenaire = say(add_partenaire, partenaire=PartenaireTyped("Agglopolys"))
    chiffre = say(add_chiffre, chiffre=DEFM)
    engagement = say(add_protocole, engagement=AIDES)
    before = page()
    attempts: list[Callable[[], Any]] = [
        lambda: say(add_referent, actor=ZOE, referent=ReferentTyped("Zoé")),
        lambda: say(change_referent, actor=ZOE, referent_id=referent, version=1, referent=ReferentTyped("Zoé")),
        lambda: say(remove_referent, actor=ZOE, referent_id=referent, version=1),
        lambda: say(add_partenaire, actor=ZOE, partenaire=PartenaireTyped("Zoé")),
        lambda: say(change_partenaire, actor=ZOE, partenaire_id=partenaire, version=1, partenaire=PartenaireTyped("Z")),
        lambda: say(remove_partenaire, actor=ZOE, partenaire_id=partenaire, version=1),
        lambda: say(add_chiffre, actor=ZOE, chiffre=replace(DEFM, code="qpv")),
        lambda: say(change_chiffre, actor=ZOE, chiffre_id=chiffre, version=1, chiffre=DEFM),
        lambda: say(remove_chiffre, actor=ZOE, chiffre_id=chiffre, version=1),
        lambda: say(add_protocole, actor=ZOE, engagement=AIDES),
        lambda: say(change_protocole, actor=ZOE, engagement_id=engagement, version=1, engagement=AIDES),
        lambda: say(remove_protocole, actor=ZOE, engagement_id=engagement, version=1),
        lambda: say(save_settings, actor=ZOE, version=0, values={"bilan_delai_jours": "1"}),
        lambda: read_pilotage(actor=ZOE, departement="41"),
        lambda: read_protocole(actor=ZOE, departement="41"),
        lambda: read_referent(ZOE, referent),
        lambda: read_partenaire(ZOE, partenaire),
        lambda: read_chiffre(ZOE, chiffre),
        lambda: read_protocole_line(ZOE, engagement),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    assert page() == before
