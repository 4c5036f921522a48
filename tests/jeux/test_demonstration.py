"""The demonstration shows the whole variety of what happens, and is invented from end to end."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from paqte import create_app
from paqte.domain.calendrier.periodes import Periode, last_closed, local_date
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.registre import BILAN, DOCUMENTS
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import operator
from paqte.domain.statuts.conventions import Dates
from paqte.domain.statuts.conventions import etat as state_of
from paqte.jeux.demonstration import declarations, is_base_empty, links, load_demonstration
from paqte.jeux.demonstration.donnees import prospects, signataires
from paqte.jeux.fictif import is_fictitious
from paqte.models import (
    Action,
    Avertissement,
    Convention,
    Courriel,
    Declaration,
    Departement,
    Edition,
    EngagementProtocole,
    Journal,
    Justificatif,
    Partenaire,
    Qpv,
    Rattachement,
    Referent,
    Retour,
    Signataire,
    Utilisateur,
    db,
)
from paqte.ops import clock
from paqte.queries.comptes.comptes import actor_of
from paqte.queries.conventions.propres import own_columns
from paqte.queries.conventions.prospects import list_prospects
from paqte.queries.perimetre import readable
from paqte.queries.suivi.entreprise import list_followed, read_espace
from paqte.queries.suivi.region import read_region
from paqte.services.comptes.acces import withdraw_right
from paqte.services.reglages.territoire import load_territories
from tests.editions import compute_bilan, compute_compte_rendu, revise_document
from tests.reponses_comptees import answers_as_rows

pytestmark = pytest.mark.lent

OPERATOR = operator()


@pytest.fixture(scope="module")
def demo(demonstration_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session on a copy of the demonstration, to read."""
    folder = tmp_path_factory.mktemp("lecture")
    shutil.copy(demonstration_file, folder / "paqte.sqlite3")
    url = f"sqlite:///{folder / 'paqte.sqlite3'}"
    app = create_app({"PAQTE_INSTANCE": str(folder), "PAQTE_DATABASE_URL": url})
    with app.app_context():
        yield db.session
        db.session.remove()
        db.engine.dispose()


AUTUMN = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def autumn(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Loaded on 20 November 2026, with a quarter after its semester: the folder of its reports."""
    folder = tmp_path_factory.mktemp("automne")
    shutil.copy(sqlite_template, folder / "paqte.sqlite3")
    url = f"sqlite:///{folder / 'paqte.sqlite3'}"
    app = create_app({"PAQTE_INSTANCE": str(folder), "PAQTE_DATABASE_URL": url})
    with app.app_context():
        load_territories(actor=OPERATOR, now=AUTUMN)
        load_demonstration(now=AUTUMN, base_url="http://localhost", reports=folder / "reports")
    return app, folder / "reports"


@pytest.fixture
def in_autumn(autumn: Any) -> Iterator[Any]:
    """A session on it, to read."""
    app, _ = autumn
    with app.app_context():
        yield db.session
        db.session.remove()


def last_semester() -> Any:
    return last_closed(local_date(clock.now(), "41"), "S")


def test_everybody_is_invented_and_says_so(demo: Any) -> None:
    for row in demo.execute(select(Signataire.nom, Signataire.identifiant)):
        assert row.nom.endswith("(fictif)")
        assert is_fictitious(row.identifiant)
    assert all(nom.endswith("(fictif)") for nom in demo.scalars(select(Referent.nom)))
    assert all(nom.endswith("(fictif)") for nom in demo.scalars(select(Utilisateur.nom)))
    mails = demo.execute(
        text("SELECT courriel FROM utilisateur UNION SELECT courriel FROM contact_signataire")
    ).scalars()
    assert all(mail.endswith("@demo.paqte.invalid") for mail in mails)


def test_signatories_are_of_every_kind_and_size(demo: Any) -> None:
    natures = Counter(demo.scalars(select(Signataire.nature)))
    assert natures == {"entreprise": 23, "reseau": 2, "employeur_public": 2, "association": 1}
    assert set(demo.scalars(select(Signataire.categorie))) >= {"TPE", "PME", "ETI", "GE"}
    sectors = " ".join(demo.scalars(select(Signataire.secteur)))
    assert "Agriculture" in sectors and "Artisanat" in sectors
    assert demo.scalar(select(func.count()).where(Signataire.is_covered_nationally)) == 1


def test_conventions_are_in_every_state(demo: Any) -> None:
    today = local_date(clock.now(), "41")
    conventions = list(demo.scalars(select(Convention)))
    renewed = {c.precedente_id for c in conventions}
    states = Counter(
        state_of(Dates(c.statut, c.debut, c.fin, c.resiliee_le, c.id in renewed), today) for c in conventions
    )
    assert states["a_renouveler"] >= 2
    assert states["resiliee"] == 1
    assert states["renouvelee"] == 1
    assert sum(c.dispositif == "charte" for c in conventions) == 1
    beside = {c.signataire_id for c in conventions if c.is_in_plan_10000 and c.dispositif == "paqte"}
    assert (len(beside), sum(c.dispositif == "plan_10000" for c in conventions)) == (6, 1)


def test_declarations_tell_the_whole_variety(demo: Any) -> None:
    semestre = last_semester()
    states = Counter(demo.scalars(select(Declaration.etat)))
    assert states["validee"] > 140
    assert states["a_completer"] == 2
    assert demo.scalar(select(func.count(Retour.id))) == 3
    assert demo.scalar(select(func.count()).where(Declaration.motif_reouverture != "")) == 2
    assert {"nombre", "neant"} == set(demo.scalars(text(f"SELECT reponse FROM {answers_as_rows()} r")))
    assert {True, False} == set(demo.scalars(select(Declaration.is_on_behalf)))
    assert {"S", "T"} == set(demo.scalars(select(Convention.rythme)))
    codes = set(demo.scalars(select(Avertissement.code)))
    assert {"saut", "effectif_depasse", "total_faux"} <= codes
    assert all(demo.scalars(select(Avertissement.commentaire)))
    told = set(demo.scalars(select(Declaration.periode)))
    quarters = {p.code for s in (semestre, semestre.precedente, semestre.un_an_avant) for p in s.parts("T")}
    assert quarters <= told


def test_actions_and_steering_are_complete(demo: Any) -> None:
    semestre = last_semester()
    actions = list(demo.scalars(select(Action)))
    assert sum(a.is_proofread for a in actions) == 10
    assert all(semestre.debut <= a.date < semestre.fin and len(a.texte) > 150 for a in actions)
    assert demo.scalar(select(func.count(Partenaire.id))) >= 8
    assert sorted(demo.scalars(select(Qpv.code))) == ["QN04101M", "QN04102M", "QN04103M", "QN04104N"]
    assert demo.get(Departement, "41").premier_semestre == semestre.code
    promised = [(e.levier, e.cible and int(e.cible)) for e in demo.scalars(select(EngagementProtocole))]
    assert sorted(promised, key=str) == sorted(
        [("PAQTE", None)] * 5 + [("PAQTE", 15), ("PAQTE", 20), ("PAQTE", 40), ("Contrat de ville", None)], key=str
    ), "the protocole of Blois, as its text has it (R31)"


def test_the_bilan_gives_what_an_independent_count_gives(demo: Any) -> None:
    """The figures of the semester against plain SQL over the answers (R13, R20)."""
    semestre = last_semester()
    codes = [semestre.code, *(p.code for p in semestre.parts("T"))]
    rows = demo.execute(
        text(
            f"SELECT r.indicateur, sum(r.valeur) FROM {answers_as_rows()} r JOIN declaration d "
            "ON d.id = r.declaration_id JOIN convention c ON c.id = d.convention_id "
            "WHERE d.etat = 'validee' AND c.dispositif <> 'charte' "
            f"AND r.valeur IS NOT NULL AND d.periode IN ({', '.join(repr(code) for code in codes)}) GROUP BY 1"
        )
    )
    counted = {code: Decimal(str(total)) for code, total in rows}
    bilan = compute_bilan(actor=OPERATOR, departement="41", periode=semestre, now=clock.now())
    shown = {ligne.code: ligne.realise.valeur for ligne in bilan.indicateurs if ligne.genre == "flux"}
    flows = {code: total for code, total in counted.items() if code in shown}
    assert {code: shown[code] for code in flows} == flows
    assert len(flows) > 15
    assert len([ligne for ligne in bilan.reponses if ligne.etat != "Validée"]) == 2, "never opened, or sent back"
    assert [ligne.manquants for ligne in bilan.reponses if ligne.manquants and ligne.repondus] == ["S4", "A4"]


def test_R7_the_charte_of_the_demonstration_enters_no_objective_and_no_rate(demo: Any) -> None:
    bilan = compute_bilan(actor=OPERATOR, departement="41", periode=last_semester(), now=clock.now())
    shown = {i.code: (i.cible.valeur, i.taux.valeur) for i in bilan.indicateurs}
    assert shown["S2"] == (260, Decimal("61.5"))
    assert shown["R3"] == (848, Decimal("66.6"))


def test_it_is_loaded_whole_or_not_at_all(session: Any, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    load_territories(actor=OPERATOR, now=now)
    validated = []
    act = declarations.submit_and_validate

    def stumble(**given: Any) -> None:
        if len(validated) == 10:
            raise OSError("disque plein")
        validated.append(act(**given))

    monkeypatch.setattr(declarations, "submit_and_validate", stumble)
    with pytest.raises(OSError, match="disque plein"):
        load_demonstration(now=now)
    assert is_base_empty()
    assert session.scalar(select(func.count(Utilisateur.id))) == 0
    session.rollback()
    assert session.get(Departement, "41").premier_semestre is None


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 12, 31, 23, 30, tzinfo=UTC),  # already 2027 in Blois
        datetime(2028, 2, 29, 12, tzinfo=UTC),
    ],
)
def test_it_loads_on_any_day_and_ends_with_the_last_closed_semester(
    moment: datetime, tmp_path: Path, sqlite_template: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "paqte.sqlite3")
    url = f"sqlite:///{tmp_path / 'paqte.sqlite3'}"
    with create_app({"PAQTE_INSTANCE": str(tmp_path), "PAQTE_DATABASE_URL": url}).app_context():
        load_territories(actor=OPERATOR, now=moment)
        told = load_demonstration(now=moment)
        semestre = last_closed(local_date(moment, "41"), "S")
        assert told.startswith(f"{len(signataires())} signataires")
        assert db.session.get(Departement, "41").premier_semestre == semestre.code
        assert db.session.scalar(select(func.max(Declaration.transmise_le))) <= moment
        bilan = compute_bilan(actor=OPERATOR, departement="41", periode=semestre, now=moment)
        assert bilan.comptes.entreprises > 15
        db.session.remove()
        db.engine.dispose()


def test_R11_the_quarters_of_the_semester_hold_the_answers_of_quarterly_declarants_and_no_others(demo: Any) -> None:
    """Figures of the compte rendu against a count by SQL, apart from every sum of the product."""
    query = text(
        f"SELECT r.indicateur, SUM(r.valeur) FROM {answers_as_rows()} r JOIN declaration d ON d.id = r.declaration_id "
        "JOIN convention c ON c.id = d.convention_id WHERE d.etat = 'validee' AND d.periode = :periode "
        "AND d.departement_code = '41' AND c.dispositif != 'charte' AND r.indicateur IN ('S2', 'R3', 'F1', 'P13') "
        "GROUP BY r.indicateur"
    )
    for quarter in last_semester().parts("T"):
        given = compute_compte_rendu(actor=OPERATOR, departement="41", periode=quarter, now=clock.now())
        shown = {i.code: i.realise.valeur for i in given.indicateurs} | {
            t.mesure: t.realise.valeur for t in given.thematiques
        }
        counted = dict(demo.execute(query, {"periode": quarter.code}).all())
        assert counted
        assert {code: shown[code] for code in counted} == counted
        assert given.comptes.semestriels > 0
        assert (given.efficacite, given.propositions) != ("", "")


def test_the_last_quarter_has_figures_counted_by_hand_in_the_file(in_autumn: Any) -> None:
    """Mécanique 2, Logistique 9, Énergies 2, Travaux 2, Propreté 12, Intérim 35; only what was validated counts."""
    quarter = Periode.from_code("2026-T3")
    given = compute_compte_rendu(actor=OPERATOR, departement="41", periode=quarter, now=AUTUMN)
    shown = {i.code: i.realise.valeur for i in given.indicateurs}
    asked = ("S2", "S5", "F1", "R3", "A3", "A6")
    assert [shown[code] for code in asked] == [0, 50, 8, 62, 17500, Decimal("821.5")]
    themes = {t.mesure: t.realise.valeur for t in given.thematiques}
    assert [themes[code] for code in ("P01", "P03", "P05", "P13")] == [0, 2, 9, 25]
    assert (given.comptes.plan_10000, given.comptes.paqte, given.comptes.club) == (7, 17, 6)
    states = Counter(in_autumn.scalars(select(Declaration.etat).where(Declaration.periode == "2026-T3")))
    assert states == {"validee": 12, "transmise": 3, "brouillon": 3, "a_completer": 1}


def test_R8_who_adheres_to_the_plan_alone_brings_nothing_to_the_closed_semester(in_autumn: Any) -> None:
    bilan = compute_bilan(actor=OPERATOR, departement="41", periode=Periode.from_code("2026-S1"), now=AUTUMN)
    shown = {i.code: (i.realise.valeur, i.cible.valeur, i.taux.valeur) for i in bilan.indicateurs}
    # By hand. S2: 15 Chocolaterie, 5 Mécanique, 5 Grand Marché, 1 Boulangerie, 12 hôpital, 2 Régie, 8 Pneumatiques.
    assert shown["S2"] == (48, 260, Decimal("61.5"))
    # R3: 12 + 3 + 14 Logistique + 5 + 3 Énergies + 3 + 3 Travaux + 7 Ferme + 1 Vignobles + 20 + 4 + 67 Intérim + 5.
    assert shown["R3"] == (147, 848, Decimal("66.6"))
    assert (bilan.comptes.entreprises, bilan.comptes.plan_10000) == (17, 6)


def test_R19_the_second_edition_tells_the_late_answer_and_the_correction(autumn: Any, in_autumn: Any) -> None:
    _, reports = autumn
    query = select(Edition.numero, Edition.contenu).where(Edition.periode == "2026-S1").order_by(Edition.numero)
    first, second = (Bilan.from_json(contenu) for _, contenu in in_autumn.execute(query))
    figures = [{i.code: i.realise.valeur for i in b.indicateurs} for b in (first, second)]
    assert [(f["S2"], f["R3"], f["S3"]) for f in figures] == [(50, 146, 11), (48, 147, 12)]
    assert {(c.signataire, c.indicateur, c.avant, c.apres) for c in second.corrections} == {
        ("Mécanique de la Cisse (fictif)", "S2", "3", "1"),
        ("Vignobles de la Vallée du Cher (fictif)", "S3", "sans réponse", "1"),
        ("Vignobles de la Vallée du Cher (fictif)", "R3", "sans réponse", "1"),
    }
    assert {c.motif for c in second.corrections} == {
        "Deux stagiaires de seconde avaient été comptés parmi les stagiaires de 3e.",
        "déclaration validée après l’édition précédente",
    }
    named = sorted(path.name for path in (reports / "41" / "2026-S1").iterdir())
    assert [name for name in named if "publiable" not in name] == [
        "bilan-paqte_41_2026-S1_edition-1.xlsx",
        "bilan-paqte_41_2026-S1_edition-2.xlsx",
    ]
    again = revise_document(
        DOCUMENTS[BILAN], actor=OPERATOR, departement="41", periode=Periode.from_code("2026-S1"), now=AUTUMN
    )
    assert again[1] == (), "nothing happened since that a third would tell"


def test_bruno_finds_a_quarter_to_answer_a_question_and_a_reminder(in_autumn: Any) -> None:
    bruno = actor_of(in_autumn.scalars(select(Utilisateur).where(Utilisateur.courriel.startswith("bruno@"))).one())
    page = read_espace(actor=bruno, signataire_id=min(bruno.signataires), now=AUTUMN)
    assert [(e.periode.code, e.etat) for e in page.a_faire] == [("2026-T3", "a_completer"), ("2026-T3", "a_saisir")]
    mails = in_autumn.execute(select(Courriel.motif, Courriel.destinataire, Courriel.etat)).all()
    assert sorted(mails) == [
        ("relance", "bruno@demo.paqte.invalid", "en_attente"),
        ("renvoi", "bruno@demo.paqte.invalid", "en_attente"),
    ]
    camille = in_autumn.scalar(select(Utilisateur.id).where(Utilisateur.courriel.startswith("camille@")))
    assert in_autumn.scalars(select(Journal.utilisateur_id).where(Journal.acte == "relancer")).all() == [camille]


def test_an_animatrice_answers_for_three_small_companies(in_autumn: Any) -> None:
    ines = in_autumn.scalars(select(Utilisateur).where(Utilisateur.role == "animateur")).one()
    followed = list_followed(actor=actor_of(ines), now=AUTUMN)
    assert [(s.nom.split(" ")[0], s.a_faire) for s in followed] == [("Boulangerie", 0), ("Ferme", 0), ("Maçonnerie", 1)]


def test_a_prefecture_of_region_reads_the_departements_of_its_own_and_the_bilan_of_the_41(in_autumn: Any) -> None:
    rose = actor_of(in_autumn.scalars(select(Utilisateur).where(Utilisateur.role == "region")).one())
    page = read_region(actor=rose, now=AUTUMN)
    assert [d.code for d in page.departements] == ["18", "28", "36", "37", "41", "45"]
    assert [(d.code, d.edition.numero) for d in page.departements if d.edition] == [("41", 2)]
    assert page.completude.dus > 0
    (zoe,) = in_autumn.scalars(select(Utilisateur).where(Utilisateur.departement_code == "972"))
    for actor, seen in ((rose, len(signataires()) + len(prospects())), (actor_of(zoe), 0)):
        assert len(in_autumn.scalars(select(Signataire.id).where(readable(Signataire, actor))).all()) == seen


def test_three_companies_have_signed_nothing_one_was_met_and_one_refused(in_autumn: Any) -> None:
    found = list_prospects(actor=operator(), departement="41", now=AUTUMN)
    assert [one.demarche.etat for one in found] == ["a_contacter", "en_discussion", "refuse"]
    assert [one.rencontre is not None for one in found] == [False, True, False]
    assert [bool(one.demarche.motif) for one in found] == [False, False, True]
    assert all(one.contacts and is_fictitious(one.identifiant) for one in found)


def test_one_answer_of_the_semester_has_its_piece_of_evidence(in_autumn: Any) -> None:
    (piece,) = in_autumn.scalars(select(Justificatif))
    assert (piece.fichier.nom, piece.fichier.media_type) == ("Stages de 3e, récapitulatif.pdf", "application/pdf")
    assert piece.fichier.octets.startswith(b"%PDF-") and piece.par == "Bruno Texier (fictif)"
    declaration = in_autumn.get(Declaration, piece.declaration_id)
    assert (declaration.periode, declaration.etat) == ("2026-T2", "validee")


def test_a_second_loading_is_refused_and_changes_nothing(in_autumn: Any) -> None:
    lines = in_autumn.scalar(select(func.count(Journal.id)))
    in_autumn.rollback()
    with pytest.raises(Refused, match="contient déjà des données"):
        load_demonstration(now=AUTUMN)
    assert in_autumn.scalar(select(func.count(Journal.id))) == lines


def test_a_link_of_the_demonstration_gives_back_no_access_that_was_taken_away(demo: Any) -> None:
    bruno = demo.scalars(select(Utilisateur).where(Utilisateur.courriel.startswith("bruno@"))).one()
    key, company = bruno.id, min(actor_of(bruno).signataires)
    camille = actor_of(demo.scalars(select(Utilisateur).where(Utilisateur.courriel.startswith("camille@"))).one())
    demo.rollback()
    withdraw_right(actor=camille, now=clock.now(), utilisateur_id=key, signataire_id=company)
    given = dict(links(spaces=("referent", "entreprise"), base_url="http://localhost", now=clock.now()))
    assert given["Bruno, entreprise"].startswith("http://localhost/connexion/")
    assert demo.scalar(select(func.count()).where(Rattachement.utilisateur_id == key)) == 0


def test_the_prefecture_keeps_columns_of_its_own_tracker_filled_for_some(demo: Any) -> None:
    camille = actor_of(
        demo.scalars(select(Utilisateur).where(Utilisateur.role == "referent").order_by(Utilisateur.id)).first()
    )
    kept = own_columns(actor=camille, departement="41")
    assert {column.genre for column in kept} == {"texte", "ouinon"}
    assert all(0 < column.nombre < len(signataires()) for column in kept)
    zoe = actor_of(demo.scalars(select(Utilisateur).where(Utilisateur.courriel.like("zoe@%"))).one())
    assert own_columns(actor=zoe, departement="972") == ()
