"""Two published bilans re-entered through the use cases that forms call: the workbook shows their figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.conventions.engagements import EngagementSaisi
from paqte.domain.declarations.reponses import AnswerTyped, Saisie, SaisieRefused
from paqte.domain.documents.bilan import Bilan
from paqte.domain.personnes.acteurs import REFERENT, Acteur
from paqte.models import Edition
from paqte.queries.editions.editions import read_edition_file
from paqte.services.conventions.conventions import ConventionTyped, create_convention
from paqte.services.conventions.engagements import set_engagements
from paqte.services.conventions.signataires import add_signataire
from paqte.services.declarations.declarations import open_declaration, submit_and_validate
from paqte.services.pilotage.contexte import ChiffreTyped, add_chiffre
from tests.editions import freeze_bilan
from tests.factories import a_departement, a_siret, an_identite, engagement_of

# Alpes-Maritimes, exercice 2020, presented on 20/09/2021; Val-d'Oise, 28/06/2021.
PRESENTED = datetime(2021, 9, 20, 8, tzinfo=UTC)
EXERCICE = Periode.from_code("2020-S2")
PUBLISHED = {"S2": 229, "F4": 350, "R3": 972, "B1": 1551}
AXES = {"SENSIBILISER": "S2", "FORMER": "F4", "RECRUTER": "R3", "AUTRE": "B1"}
NICE = Acteur(None, "Référente du 06", REFERENT, "06")
CERGY = Acteur(None, "Référent du 95", REFERENT, "95")


def _sign(rank: int, nature: str, rythme: str = "S") -> int:
    """A signatory of the Alpes-Maritimes with a convention since January 2020; key of the convention."""
    identite = an_identite(identifiant=a_siret(rank), nom=f"Signataire {rank} (fictif)", nature=nature, commune="Nice")
    signataire = add_signataire(actor=NICE, departement="06", identite=identite, now=PRESENTED)
    start = date(2020, 1, 1)
    termes = ConventionTyped(dispositif="paqte", debut=start, signee_le=start, rythme=rythme)
    return create_convention(actor=NICE, signataire_id=signataire, termes=termes, now=PRESENTED).convention_id


@pytest.fixture
def club(session: Any) -> int:
    """27 enterprises and 4 networks; the club declares for all. Key of its convention, all figures promised."""
    a_departement("06")
    for rank in range(1, 28):
        _sign(rank, "entreprise")
    for rank in range(28, 31):
        _sign(rank, "reseau")
    convention = _sign(31, "reseau")
    for version, (axe, code) in enumerate(AXES.items(), start=1):
        saisis = [EngagementSaisi(code, is_kept=True)]
        set_engagements(
            actor=NICE, convention_id=convention, version=version, axe=axe, saisis=saisis, now=PRESENTED
        )  # fmt: skip
    return convention


def _declare(convention: int, figures: dict[str, int], sentence: str = "") -> None:
    key = open_declaration(actor=NICE, now=PRESENTED, convention_id=convention, periode=EXERCICE)
    keys = {code: engagement_of(convention, code) for code in figures}
    saisie = Saisie(
        reponses={keys[code]: AnswerTyped(valeur=Decimal(value)) for code, value in figures.items()},
        explications={(keys["B1"], "total_faux"): sentence} if sentence else {},
    )
    submit_and_validate(actor=NICE, now=PRESENTED, declaration_id=key, version=1, saisie=saisie)


def _bilan(session: Any, actor: Acteur, departement: str, periode: Periode) -> tuple[Bilan, Any]:
    """The edition as it is frozen, and its workbook."""
    issued = freeze_bilan(actor=actor, departement=departement, periode=periode, now=PRESENTED)
    octets = read_edition_file(actor=actor, edition_id=issued.id).octets
    return Bilan.from_json(session.get(Edition, issued.id).contenu), openpyxl.load_workbook(BytesIO(octets))


def test_the_bilan_of_Alpes_Maritimes_shows_the_published_figures_and_the_split_of_signatories(
    session: Any, club: int
) -> None:
    _declare(club, PUBLISHED)
    bilan, workbook = _bilan(session, NICE, "06", EXERCICE)
    assert {i.code: i.realise.valeur for i in bilan.indicateurs if i.code in PUBLISHED} == PUBLISHED
    assert (bilan.comptes.entreprises, bilan.comptes.reseaux) == (27, 4)
    rows = list(workbook["Indicateurs"].iter_rows(values_only=True))
    assert all(any(code in row and value in row for row in rows) for code, value in PUBLISHED.items())
    assert bilan.avertissements == ()


def test_R17_the_total_of_1651_that_another_paper_printed_asks_for_a_sentence_and_the_bilan_says_it(
    session: Any, club: int
) -> None:
    printed = {**PUBLISHED, "B1": 1651}
    with pytest.raises(SaisieRefused) as refused:
        _declare(club, printed)
    assert [c.code for c in refused.value.constats] == ["total_faux"]
    _declare(club, printed, "Chiffre repris d’un autre journal.")
    bilan, workbook = _bilan(session, NICE, "06", EXERCICE)
    told = [w for w in bilan.avertissements if w.indicateur == "B1"]
    assert "1\u202f551" in told[0].message
    cells = [str(v) for row in workbook["Qualité"].iter_rows(values_only=True) for v in row if v]
    assert "Chiffre repris d’un autre journal." in cells


def test_R26_the_context_of_Val_d_Oise_shows_value_month_categories_and_share(session: Any) -> None:
    a_departement("95")
    end_of_march, told_on = date(2021, 3, 31), date(2021, 6, 28)
    for code, value, day, precision in (
        ("qpv", 41, told_on, "Génération 2015"),
        ("population_qpv", 207_000, told_on, ""),
        ("defm_qpv", 29_836, end_of_march, "Catégories ABC"),
        ("defm", 123_080, end_of_march, "Catégories ABC"),
    ):
        chiffre = ChiffreTyped(code, Decimal(value), day, precision, "Conseil territorial, 28/06/2021")
        add_chiffre(actor=CERGY, now=PRESENTED, departement="95", chiffre=chiffre)
    bilan, workbook = _bilan(session, CERGY, "95", Periode.from_code("2021-S1"))
    contexte = {c.code: c for c in bilan.contexte}
    assert contexte["part_defm_qpv"].valeur.valeur == Decimal("24.2")
    assert (contexte["defm_qpv"].date, contexte["defm_qpv"].precision) == ("2021-03-31", "Catégories ABC")
    figures = {v for row in workbook["Contexte"].iter_rows(values_only=True) for v in row if isinstance(v, int)}
    assert {41, 207_000, 29_836, 123_080} <= figures
