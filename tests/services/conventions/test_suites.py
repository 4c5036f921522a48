"""What becomes of a convention: signed, its text attached, ended early, renewed, transformed (R4, R7)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.conventions.engagements import EngagementSaisi
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.statuts.conventions import A_RENOUVELER, EN_COURS, PROJET, RENOUVELEE, RESILIEE, SIGNEE
from paqte.models import Convention, Fichier, db
from paqte.queries.conventions.conventions import ConventionPage, read_convention, read_signed_text
from paqte.queries.editions.bilans import read_donnees
from paqte.services.conventions.engagements import set_engagements
from paqte.services.conventions.fichiers import MAX_PDF, safe_name
from paqte.services.conventions.suites import attach_signed_text, end_convention, renew_convention, sign_convention
from paqte.services.declarations.declarations import open_declaration, submit_and_validate
from tests.factories import A_PDF, CAMILLE, ZOE, a_convention, a_signataire, bruno, engagement_of

pytestmark = pytest.mark.usefixtures("session")
PDF = A_PDF


def seen(key: int, now: datetime) -> ConventionPage:
    return read_convention(actor=CAMILLE, convention_id=key, now=now)


def a_projet(**more: Any) -> int:
    return a_convention(a_signataire(), statut=PROJET, signee_le=None, **more)


def call(use_case: Any, key: int, now: datetime, *, actor: Any = CAMILLE, **given: Any) -> Any:
    return use_case(actor=actor, convention_id=key, version=seen(key, now).version, now=now, **given)


def test_R4_a_projet_is_signed_once(now: datetime) -> None:
    key = a_projet()
    call(sign_convention, key, now, signee_le=date(2025, 1, 1))
    assert (seen(key, now).statut, seen(key, now).signee_le) == (SIGNEE, date(2025, 1, 1))
    with pytest.raises(Refused, match="signée"):
        call(sign_convention, key, now, signee_le=date(2025, 1, 2))


@pytest.mark.parametrize("day", [None, date(2026, 11, 23), date(2028, 1, 1)])
def test_R4_a_signature_has_a_day_and_it_has_come(now: datetime, day: date | None) -> None:
    key = a_projet()
    with pytest.raises(Refused) as refusal:
        call(sign_convention, key, now, signee_le=day)
    assert (set(refusal.value.errors), seen(key, now).statut) == ({"signee_le"}, PROJET)


def test_R4_an_early_end_bears_its_date_and_its_reason(now: datetime) -> None:
    key = a_convention(a_signataire())
    call(end_convention, key, now, resiliee_le=date(2026, 11, 22), motif=" Fermeture du site ")
    assert (seen(key, now).statut, seen(key, now).motif_resiliation) == (RESILIEE, "Fermeture du site")
    assert seen(key, now).etat == EN_COURS, "it binds until its last day included"
    assert seen(key, now + timedelta(days=1)).etat == RESILIEE


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"resiliee_le": None}, {"resiliee_le"}),
        ({"resiliee_le": date(2024, 12, 31)}, {"resiliee_le"}),
        ({"resiliee_le": date(2028, 1, 1)}, {"resiliee_le"}),
        ({"motif": " \u200b "}, {"motif"}),
        ({"motif": "a" * 1001, "resiliee_le": None}, {"motif", "resiliee_le"}),
    ],
)
def test_R4_an_early_end_without_them_is_refused_beside_the_field(
    now: datetime, given: dict[str, Any], fields: set[str]
) -> None:
    key = a_convention(a_signataire())
    with pytest.raises(Refused) as refusal:
        call(end_convention, key, now, **{"resiliee_le": date(2026, 6, 30), "motif": "Départ", **given})
    assert (set(refusal.value.errors), seen(key, now).statut) == (fields, SIGNEE)


def test_R4_a_projet_is_not_ended_early(now: datetime) -> None:
    with pytest.raises(Refused, match="projet"):
        call(end_convention, a_projet(), now, resiliee_le=date(2026, 6, 30), motif="Départ")


def test_R4_the_renewal_starts_the_day_after_with_the_promises_carried_over(now: datetime) -> None:
    key = a_convention(
        a_signataire(), "F1", "R3", debut=date(2024, 1, 1), fin=date(2026, 12, 31), cibles={"F1": 6}, cosignataire="A"
    )
    assert seen(key, now).etat == A_RENOUVELER
    suite = call(renew_convention, key, now).convention_id
    new = seen(suite, now)
    assert (new.statut, new.debut, new.fin) == (PROJET, date(2027, 1, 1), date(2029, 12, 31))
    assert (new.numero, new.cosignataire) == ("41-2027-001", "A")
    assert [(e.indicateur, e.objectifs) for e in new.engagements] == [("F1", {0: 6}), ("R3", {})]
    assert new.precedente and new.precedente.id == key


def test_R4_a_convention_stays_to_renew_until_its_successor_is_signed(now: datetime) -> None:
    key = a_convention(a_signataire(), debut=date(2024, 1, 1), fin=date(2026, 12, 31))
    suite = call(renew_convention, key, now).convention_id
    assert seen(key, now).etat == A_RENOUVELER
    call(sign_convention, suite, now, signee_le=date(2026, 11, 20))
    assert seen(key, now).etat == EN_COURS
    assert seen(key, now + timedelta(days=60)).etat == RENOUVELEE


def test_R7_a_charte_becomes_a_paqte_from_today_and_the_link_stays(now: datetime) -> None:
    key = a_convention(a_signataire(), "F1", dispositif="charte", debut=date(2025, 1, 1), fin=date(2027, 12, 31))
    new = seen(call(renew_convention, key, now).convention_id, now)
    assert (new.dispositif, new.debut) == ("paqte", date(2026, 11, 22))
    assert new.precedente and (new.precedente.id, new.precedente.dispositif) == (key, "charte")
    assert to_transform() == [True]  # by a projet it is not followed yet
    call(sign_convention, new.id, now, signee_le=date(2026, 11, 22))
    assert to_transform() == [False]


def to_transform() -> list[bool]:
    """Whether each charte is still told to be transformed by the documents of the present quarter."""
    given = read_donnees(db.session(), "41", Periode.from_code("2026-T4"))
    return [c in given.chartes_in_force for c in given.chartes]


def test_R1_an_old_charte_of_another_length_gives_three_years_and_drops_the_targets_beyond(now: datetime) -> None:
    key = a_convention(a_signataire(), "F1", dispositif="charte", debut=date(2017, 1, 1), fin=date(2021, 12, 31))
    set_engagements(
        actor=CAMILLE,
        convention_id=key,
        version=1,
        axe="FORMER",
        saisis=[EngagementSaisi("F1", True, annees={1: Decimal(2), 5: Decimal(9)})],
        now=now,
    )
    new = seen(call(renew_convention, key, now).convention_id, now)
    assert new.engagements[0].objectifs == {1: 2}


def test_R6_the_next_convention_starts_from_what_the_former_achieved_and_it_is_said(now: datetime) -> None:
    key = a_convention(a_signataire(), "S2", "F1", "A1", debut=date(2024, 1, 1), fin=date(2026, 12, 31))
    told = {"S2": (1, 2, 3, 4), "F1": (5, None, None, 5), "A1": (None, None, None, 9)}
    for rank, periode in enumerate(("2025-T4", "2026-T1", "2026-T2", "2026-T3")):
        given = {engagement_of(key, code): AnswerTyped(valeur=values[rank]) for code, values in told.items()}
        opened = open_declaration(actor=CAMILLE, now=now, convention_id=key, periode=Periode.from_code(periode))
        submit_and_validate(actor=CAMILLE, now=now, declaration_id=opened, version=1, saisie=Saisie(given, ""))
    saved = call(renew_convention, key, now)
    found = {e.indicateur: e.reference for e in seen(saved.convention_id, now).engagements}
    assert found == {"S2": 10, "F1": None, "A1": 9}
    assert saved.avertissements[:2] == (
        "Les références reprennent le réalisé du 01/10/2025 au 30/09/2026 : S2, A1. Vérifiez-les.",
        "Des périodes manquent du 01/10/2025 au 30/09/2026 : l’ancienne référence reste pour F1.",
    )


def test_R17_a_measure_that_has_ended_is_not_carried_over_and_it_is_said(now: datetime) -> None:
    key = a_convention(a_signataire(), "R3", "R3e", debut=date(2023, 1, 1), fin=date(2025, 12, 31))
    saved = call(renew_convention, key, now)
    assert [e.indicateur for e in seen(saved.convention_id, now).engagements] == ["R3"]
    assert any("R3e" in sentence for sentence in saved.avertissements)


def test_R4_a_convention_has_one_successor(now: datetime) -> None:
    key = a_convention(a_signataire())
    suite = seen(call(renew_convention, key, now).convention_id, now)
    with pytest.raises(Refused, match=suite.numero):
        call(renew_convention, key, now)


def test_R4_a_projet_and_a_convention_ended_early_are_not_renewed(now: datetime, session: Any) -> None:
    ended = a_convention(a_signataire(), statut=RESILIEE, resiliee_le=date(2025, 6, 1), motif_resiliation="Départ")
    for key in (a_projet(), ended):
        with pytest.raises(Refused):
            call(renew_convention, key, now)
    assert session.scalar(select(func.count()).select_from(Convention)) == 2


def test_the_pdf_of_the_signed_text_is_kept_and_given_back_byte_for_byte(now: datetime) -> None:
    key = a_convention(a_signataire())
    call(attach_signed_text, key, now, nom="C:\\Mes documents\\Convention signée.PDF", octets=PDF)
    kept = read_signed_text(actor=CAMILLE, convention_id=key)
    assert (kept.nom, kept.media_type, kept.octets) == ("Convention signée.pdf", "application/pdf", PDF)
    texte = seen(key, now).texte
    assert texte and texte.taille == len(PDF)


NOT_A_PDF = "Ce fichier n’est pas un PDF, même si son nom le dit : enregistrez le texte signé au format PDF."


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        (b"", "Ce fichier est vide : choisissez le PDF du texte signé."),
        (b"PK\x03\x04 un classeur", NOT_A_PDF),
        (b" %PDF-1.7", NOT_A_PDF),
        (b"<html>%PDF-", NOT_A_PDF),
        (b"%PDF-" + b"0" * MAX_PDF,
         "Ce fichier dépasse 10 Mo : numérisez-le en moins fin, ou en plusieurs pages plus légères."),
    ],
    ids=["vide", "classeur", "espace", "html", "trop-lourd"],
)  # fmt: skip
def test_what_is_not_a_pdf_of_10_mb_at_most_is_refused_whatever_its_name(
    now: datetime, session: Any, octets: bytes, told: str
) -> None:
    key = a_convention(a_signataire())
    with pytest.raises(Refused) as refusal:
        call(attach_signed_text, key, now, nom="convention.pdf", octets=octets)
    assert refusal.value.errors == {"texte": told}
    assert session.scalar(select(func.count()).select_from(Fichier)) == 0


def test_a_pdf_of_exactly_10_mb_is_kept(now: datetime) -> None:
    key = a_convention(a_signataire())
    call(attach_signed_text, key, now, nom="a.pdf", octets=A_PDF[:9] + b"%" * (MAX_PDF - len(A_PDF)) + A_PDF[8:-1])
    assert seen(key, now).texte


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ('a"b\r\nSet-Cookie: x=1.pdf', "a b Set-Cookie x=1.pdf"),
        ("\u202egnp.exe", "gnp.exe.pdf"),
        ("", "Convention.pdf"),
        ("...pdf", "Convention.pdf"),
        ("é" * 300 + ".pdf", "é" * 120 + ".pdf"),
        ("Convention 🌳.pdf", "Convention 🌳.pdf"),
    ],
)
def test_a_file_name_keeps_no_folder_no_quote_and_nothing_invisible(given: str, expected: str) -> None:
    assert safe_name(given, "Convention") == expected


@pytest.mark.parametrize("actor", [ZOE, bruno()], ids=["zoe", "bruno"])
def test_nobody_else_touches_camille_s_convention_nor_reads_its_text(now: datetime, session: Any, actor: Any) -> None:
    key = a_convention(a_signataire())
    call(attach_signed_text, key, now, nom="a.pdf", octets=PDF)
    before = seen(key, now)
    for use_case, given in (
        (sign_convention, {"signee_le": date(2025, 1, 1)}),
        (end_convention, {"resiliee_le": date(2026, 1, 1), "motif": "Départ"}),
        (renew_convention, {}),
        (attach_signed_text, {"nom": "a.pdf", "octets": PDF}),
    ):
        with pytest.raises(NotFound):
            call(use_case, key, now, actor=actor, **given)
    with pytest.raises(NotFound):
        read_signed_text(actor=actor, convention_id=key)
    assert seen(key, now) == before
