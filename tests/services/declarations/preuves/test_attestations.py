"""The attestation: validated figures alone, by right."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pdfplumber
import pytest
from pdfminer.pdftypes import resolve1
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.prefectures import _OF, prefecture_of
from paqte.models import Convention, Engagement, Journal, Objectif
from paqte.queries.suivi.entreprise_chiffres import achieved
from paqte.reporting.attestation import Attestation, LigneAttested, draw_attestation, fit_for_font, words_of
from paqte.services.declarations.declarations import submit_declaration, validate_declaration
from paqte.services.declarations.preuves.attestations import is_authentic, issue_attestation, make_attestation
from paqte.services.reglages.territoire import DONNEES
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire, bruno
from tests.opposant.lecture import marked_texts, pdf_rows
from tests.services.maison import T2, T3, Maison


def text_of(octets: bytes) -> str:
    """What the pages say, as another program reads them."""
    with pdfplumber.open(BytesIO(octets)) as pdf:
        return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def pages_of(octets: bytes) -> int:
    with pdfplumber.open(BytesIO(octets)) as pdf:
        return len(pdf.pages)


@pytest.fixture
def maison(session: Any, now: datetime) -> Maison:
    return Maison(now, "S2", "S2p", "S7", "R1", "R3", "X1", cibles={"S2": 30})


@pytest.fixture
def contact(maison: Maison) -> Acteur:
    return bruno(maison.signataire)


def attested(maison: Maison, actor: Acteur) -> str:
    return text_of(make_attestation(actor=actor, now=maison.now, convention_id=maison.convention).octets)


def test_R18_only_what_is_validated_is_attested(maison: Maison, contact: Acteur) -> None:
    maison.call(
        submit_declaration,
        actor=contact,
        saisie=maison.saisie(S2=4, S2p=(4, 9), S7="1234.5", R1=1, R3="néant", X1="2.5"),
    )
    before = attested(maison, contact)
    assert "Aucun résultat chiffré n’a été validé" in before and "aucun résultat validé" in before
    maison.call(validate_declaration)
    after = attested(maison, contact)
    for told in (
        "4 personnes",
        "30 personnes",
        "44,4 %",
        "oui",
        "0 personnes",
        "1 234,50 €",
        "2,5 arbres (1 période)",
        "3e trimestre 2026",
    ):
        assert told in after
    assert "du 1er janvier 2025 au 31 décembre 2027" in after and "Loir-et-Cher (41)" in after
    assert "Produite le 22 novembre 2026 par la préfecture de Loir-et-Cher" in after and "République" not in after


def test_R13_R14_it_promises_no_result_to_come_and_a_share_of_nothing_is_not_silence(maison: Maison) -> None:
    """« pas encore validé » stood for a validated answer left missing, and for 0 of 0 that somebody did answer."""
    maison.call(submit_declaration, saisie=maison.saisie(S2p=(0, 0)))
    maison.call(validate_declaration)
    told = issue_attestation(actor=CAMILLE, now=maison.now, convention_id=maison.convention)
    assert Counter(one.realise for one in told.lignes) == {"": 5, "n.d.": 1}
    pages = text_of(draw_attestation(told))
    assert pages.count("aucun résultat validé") == 5 and "pas encore" not in pages
    assert "Aucun résultat chiffré n’a été validé" in pages
    (share,) = (
        one
        for one in achieved("41", [maison.convention], maison.now.date())[maison.convention]
        if one.code == "S2p"
    )  # fmt: skip
    assert (share.valeur, share.motif) == (None, "n.d. : dénominateur nul ou absent")
    assert [(one.valeur, one.motif) for one in share.points] == [(None, "n.d.")]


def test_it_is_opened_by_right_and_the_journal_keeps_it(maison: Maison, contact: Acteur, session: Any) -> None:
    found = make_attestation(actor=contact, now=maison.now, convention_id=maison.convention)
    assert found.nom == "Attestation PAQTE 41-2025-001.pdf" and found.octets.startswith(b"%PDF-")
    assert make_attestation(actor=CAMILLE, now=maison.now, convention_id=maison.convention).octets
    for stranger in (bruno(a_signataire("Voisine (fictif)")), ZOE):
        with pytest.raises(NotFound):
            make_attestation(actor=stranger, now=maison.now, convention_id=maison.convention)
    attested = select(Journal).where(Journal.acte == "attester").order_by(Journal.id)
    assert [line.qui for line in session.scalars(attested)] == [
        "Bruno Garnier",
        "Camille Perrin",
    ]


def test_R4_R20_it_says_the_last_day_in_force_and_every_period_of_its_figures(session: Any, now: datetime) -> None:
    """Thirteen quarters of a convention that began in mid-quarter: none is left out of the sentence."""
    maison = Maison(now, "S2", debut=date(2023, 2, 15), fin=date(2026, 9, 30))
    with transaction(actor=CAMILLE, now=now) as changes:
        kept = changes.get_one(Convention, maison.convention)
        kept.statut, kept.resiliee_le, kept.motif_resiliation = "resiliee", date(2026, 8, 14), "Départ"
    for code, value in (("2023-T1", 5), ("2026-T2", 2)):
        key = maison.opened(Periode.from_code(code))
        maison.call(submit_declaration, key=key, saisie=maison.saisie(S2=value))
        maison.call(validate_declaration, key=key)
    told = attested(maison, CAMILLE)
    assert "7 personnes" in told
    assert "du 1er trimestre 2023 au 2e trimestre 2026" in told
    assert "du 15 février 2023 au 14 août 2026" in told


def test_R6_an_objective_of_some_years_alone_says_so(maison: Maison) -> None:
    """« Réalisé 20, objectif 20 » over three years, of which the third has no objective yet."""
    with transaction(actor=CAMILLE, now=maison.now) as changes:
        by_year = changes.get_one(Engagement, maison.keys["S2"])
        by_year.objectifs[:] = [Objectif(annee=annee, cible=Decimal(10)) for annee in (1, 2)]
    told = issue_attestation(actor=CAMILLE, now=maison.now, convention_id=maison.convention).lignes
    assert [one.objectif for one in told if "année" in one.objectif] == ["20\u00a0personnes (fixé pour 2 années sur 3)"]
    with transaction(actor=CAMILLE, now=maison.now) as changes:
        changes.get_one(Engagement, maison.keys["S2"]).objectifs[:] = [Objectif(annee=0, cible=Decimal(30))]
    told = issue_attestation(actor=CAMILLE, now=maison.now, convention_id=maison.convention).lignes
    assert "30\u00a0personnes" in [one.objectif for one in told]


def test_a_projet_is_not_attested(maison: Maison, contact: Acteur, session: Any) -> None:
    key = a_convention(maison.signataire, "S2", statut="projet", signee_le=None)
    assert session.get(Convention, key)
    with pytest.raises(Refused, match="une fois la convention signée"):
        make_attestation(actor=contact, now=maison.now, convention_id=key)


@pytest.mark.parametrize(
    ("dispositif", "heading", "said"),
    [
        ("charte", "Charte «\u00a0Entreprises et quartiers\u00a0»", "Une charte ne demande aucun résultat chiffré."),
        (
            "plan_10000",
            "Plan «\u00a010\u00a0000 entreprises\u00a0»",
            "Aucun engagement chiffré n’est inscrit dans l’adhésion.",
        ),
        (
            "paqte",
            "Pacte avec les quartiers pour toutes les entreprises",
            "Aucun engagement chiffré n’est inscrit dans la convention.",
        ),
    ],
)
def test_R7_R8_it_names_what_was_signed_and_announces_no_engagement_where_none_is(
    session: Any, now: datetime, dispositif: str, heading: str, said: str
) -> None:
    """An adhesion to the plan was « Pacte avec les quartiers », a charter « voici ses engagements : » and nothing."""
    key = a_convention(a_signataire("Élan (fictif)"), dispositif=dispositif)
    attestation = issue_attestation(actor=CAMILLE, now=now, convention_id=key)
    told = words_of(attestation)
    assert (told["surtitre"], told["intro"]) == (heading, said)
    assert ("quartiers prioritaires" in str(told["engagement"])) is (dispositif != "plan_10000")
    assert said in text_of(draw_attestation(attestation))


TOLD = Attestation(
    "41-2025-001",
    "Menuiserie Val de Cisse",
    "Loir-et-Cher (41)",
    "1er janvier 2025",
    "31 décembre 2027",
    "22 novembre 2026",
    "2e trimestre 2026",
    "Camille Perrin",
    [LigneAttested("Recruter", "Nombre de recrutements", "12 personnes", "30 personnes")],
    "préfecture de Loir-et-Cher",
    "7KQ4-X2MP-9D3T-HWAB",
    "https://paqte.example/attestations/verifier",
)


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (25, 2), (60, 4)])
def test_it_takes_as_many_pages_as_its_engagements_and_none_is_drawn_smaller(count: int, pages: int) -> None:
    line = LigneAttested("Sensibiliser", "Un libellé assez long pour prendre deux lignes sur la page, " * 2, "12", "30")
    octets = draw_attestation(replace(TOLD, signataire="A" * 200, lignes=[line] * count))
    with pdfplumber.open(BytesIO(octets)) as pdf:
        assert len(pdf.pages) == pages
        assert min(c["size"] for page in pdf.pages for c in page.chars) >= 8.9
        assert min(p.height - c["bottom"] for p in pdf.pages for c in p.chars) > 20
        assert max(c["x1"] for page in pdf.pages for c in page.chars) < pdf.pages[0].width
        bearing = [text for page in pdf.pages if "12 30" in (text := page.extract_text())]
        assert all("Engagement Réalisé Objectif" in text and "Sensibiliser" in text for text in bearing)
        assert "code 7KQ4-X2MP-9D3T-HWAB" in pdf.pages[-1].extract_text()
        assert sum(page.extract_text().count("12 30") for page in pdf.pages) == count


def test_its_typeface_is_in_the_file_and_names_keep_their_letters() -> None:
    """A reader without fonts draws Łódź, Ağrı and Ελλάδα as they are typed."""
    octets = draw_attestation(replace(TOLD, signataire="Łódź, Ağrı, Ελλάδα"))
    assert "Łódź, Ağrı, Ελλάδα" in text_of(octets)
    with pdfplumber.open(BytesIO(octets)) as pdf:
        fonts = [resolve1(f) for p in pdf.pages for f in resolve1(p.page_obj.resources["Font"]).values()]
        assert fonts
        for font in fonts:
            (descendant,) = resolve1(font["DescendantFonts"])
            descriptor = resolve1(resolve1(descendant)["FontDescriptor"])
            assert {"FontFile2", "FontFile3"} & descriptor.keys() and "ToUnicode" in font


def test_a_screen_reader_is_told_its_language_its_title_its_headings_and_the_cells_of_its_table() -> None:
    octets = draw_attestation(TOLD)
    with pdfplumber.open(BytesIO(octets)) as pdf:
        catalog, texts = pdf.doc.catalog, marked_texts(pdf.pages[0])
        assert resolve1(catalog["MarkInfo"])["Marked"] is True
        assert catalog["Lang"] == b"fr-FR" and resolve1(catalog["ViewerPreferences"])["DisplayDocTitle"] is True
        assert b"pdfuaid" in resolve1(catalog["Metadata"]).get_data()
        (document,) = pdf.structure_tree
    kinds = [child["type"] for child in document["children"]]
    assert kinds[1:3] == ["H1", "H2"] and "Table" in kinds
    said = "".join(texts[n] for child in document["children"] for n in child.get("mcids", ()))
    assert "code 7KQ4-X2MP-9D3T-HWAB" in said
    assert pdf_rows(octets) == [["Nombre de recrutements", "12 personnes", "30 personnes"]]


def test_the_same_figures_give_the_same_bytes() -> None:
    told = Attestation("41-1", "Menuiserie Val", "Blois", "1", "2", "3", "", "", [])
    assert draw_attestation(told) == draw_attestation(told)


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Œuvre d’été « Ça » — 1\u202f234 €", "Œuvre d’été « Ça » — 1\u00a0234 €"),
        ("Łódź, Ağrı, Ελλάδα, Đorđe, Timișoara", "Łódź, Ağrı, Ελλάδα, Đorđe, Timișoara"),
        ("CDD ≥ 6 mois", "CDD ≥ 6 mois"),
        ("a\u0301", "á"),
        ("<b>Val</b> & fils", "<b>Val</b> & fils"),
        ("😀 \x0b\uffff", "? ??"),
    ],
)
def test_any_name_is_drawn_in_characters_every_reader_has(typed: str, drawn: str) -> None:
    assert fit_for_font(typed) == drawn


def test_a_name_with_marks_of_a_page_stays_a_name() -> None:
    told = Attestation("41-1", "<font size=90>Val</font> & fils", "Blois", "1", "2", "3", "", "", [])
    assert "<fontsize=90>Val</font>&fils" in text_of(draw_attestation(told)).replace(" ", "")


def test_R5_one_free_commitment_is_added_over_its_periods_and_a_share_is_not(maison: Maison, contact: Acteur) -> None:
    for periode, value in ((T2, "2.5"), (T3, "5")):
        key = maison.opened(periode)
        maison.call(submit_declaration, key=key, actor=contact, saisie=maison.saisie(X1=value))
        maison.call(validate_declaration, key=key)
    assert "7,5 arbres (2 périodes)" in attested(maison, contact)
    assert "5 arbres (3e" not in attested(maison, contact)


@pytest.mark.parametrize(
    ("code", "nom", "told"),
    [
        ("41", "Loir-et-Cher", "préfecture de Loir-et-Cher"),
        ("38", "Isère", "préfecture de l’Isère"),
        ("69", "Rhône", "préfecture du Rhône"),
        ("35", "Ille-et-Vilaine", "préfecture d’Ille-et-Vilaine"),
        ("21", "Côte-d'Or", "préfecture de la Côte-d’Or"),
        ("13", "Bouches-du-Rhône", "préfecture des Bouches-du-Rhône"),
        ("84", "Vaucluse", "préfecture de Vaucluse"),
        ("974", "La Réunion", "préfecture de La Réunion"),
        ("976", "Mayotte", "préfecture de Mayotte"),
        ("90", "Territoire de Belfort", "préfecture du Territoire de Belfort"),
    ],
)
def test_a_prefecture_bears_its_exact_name(code: str, nom: str, told: str) -> None:
    assert prefecture_of(code, nom) == told


def test_every_departement_has_its_article() -> None:
    with (DONNEES / "departements.csv").open(encoding="utf-8", newline="") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    assert codes == set(_OF)


def test_an_attestation_is_verified_by_its_code_and_says_nothing_else(maison: Maison, contact: Acteur) -> None:
    told = attested(maison, contact)
    code = re.search(r"code ([A-Z0-9]{4}(?:-[A-Z0-9]{4}){3})", told)
    assert code and "/attestations/verifier" in told
    assert is_authentic(code[1]) and is_authentic(code[1].lower().replace("-", " "))
    for unknown in ("", "----", "AAAA-AAAA-AAAA-AAAA", code[1][:-1], "é" * 90):
        assert not is_authentic(unknown)
    again = re.search(r"code ([A-Z0-9-]{19})", attested(maison, contact))
    assert again and again[1] != code[1]
