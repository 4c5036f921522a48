"""The administrator's pages: what to do next, accounts of the State, national settings, templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import select, update

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.calendrier.travaux import TACHES
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.courriels import REFUSE
from paqte.domain.statuts.taches import ECHOUEE
from paqte.models import Courriel, Departement, Gabarit, Reglage, Tache, Utilisateur, db
from paqte.queries.reglages.reglages import read_national
from paqte.services.planificateur.passes import record_tour
from paqte.services.reglages.planification import plan_all
from paqte.services.transaction import transaction
from tests.editions import freeze_bilan
from tests.factories import a_convention, a_departement, a_signataire
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, NADIA, ZOE, Personne, post
from tests.services.gabarits.gabarits_exemples import ALTERED, sound

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=2)


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def alix(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(ALIX)


def text_of(html: str) -> str:
    bare = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", unescape(html), flags=re.DOTALL)
    return " ".join(bare.replace("\u00a0", " ").replace("\u202f", " ").split())


def page(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return text_of(answer.text)


def key_of(app: Flask, person: Personne) -> int:
    with app.app_context():
        return db.session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == person.courriel)).one()


@pytest.mark.parametrize("path", ["/admin/", "/admin/comptes", "/admin/gabarits", "/admin/reglages", "/admin/journal"])
@pytest.mark.parametrize("person", [CAMILLE, BRUNO, NADIA], ids=["Camille", "Bruno", "Nadia"])
def test_nobody_else_comes_in(sign_in: Callable[..., FlaskClient], person: Personne, path: str) -> None:
    browser = sign_in(person)
    assert (browser.get(path).status_code, "/admin" in browser.get("/", follow_redirects=True).text) == (403, False)


def test_the_home_says_what_does_not_go_by_itself_and_where_to_mend_it(alix: FlaskClient, app: Flask) -> None:
    assert alix.get("/").headers["Location"] == "/admin/"
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as session:
        task = Tache(travail="bilan", departement_code="41", periode="2026-S1", etat=ECHOUEE, due_le=NOW, prise_le=NOW)
        mail = Courriel(
            destinataire="inconnu@41.test",
            sujet="Votre lien",
            texte="http://localhost/connexion/secret",
            motif="invitation",
            departement_code="41",
            etat=REFUSE,
            erreur="Adresse inconnue",
            cree_le=NOW,
            prochain_essai=NOW,
        )
        session.add_all([task, mail])
    with app.app_context():
        record_tour(travail=TACHES, par="essai", commence_le=LONG_AGO, now=LONG_AGO, prochain_le=LONG_AGO)
    html = alix.get("/admin/").text
    told = text_of(html)
    for sentence in ("Le planificateur ne tourne pas", "1 tâche en échec", "1 courriel refusé", "Adresse inconnue"):
        assert sentence in told
    assert not re.search(r"Planificateur</th>\s*<td[^>]*>(?:(?!</td>).)*Bien", html, re.DOTALL), "it does not run"
    assert "connexion/secret" not in html, "a mail may hold somebody’s link: its text is not shown"
    assert 'href="/taches/"' in html
    assert "Le classeur livré avec PAQTE est en vigueur" in told


def test_a_referent_invited_from_the_page_comes_in_and_the_refusals_stand_beside_the_fields(
    alix: FlaskClient, app: Flask
) -> None:
    typed = {"nom": "Lou Petit", "courriel": "lou@prefecture41.test", "role": "referent", "departement": "41"}
    bad = post(alix, "/admin/comptes/nouveau", typed | {"departement": ""})
    assert (bad.status_code, "Donnez le code du département" in text_of(bad.text)) == (422, True)
    assert post(alix, "/admin/comptes/nouveau", typed).status_code == 302
    assert "Lou Petit" in page(alix, "/admin/comptes")
    taken = post(alix, "/admin/comptes/nouveau", typed | {"courriel": BRUNO.courriel})
    assert (taken.status_code, "compte PAQTE d’une autre sorte" in text_of(taken.text)) == (422, True)
    with app.app_context():
        motifs = list(db.session.scalars(select(Courriel.motif).where(Courriel.destinataire == typed["courriel"])))
    assert motifs == ["invitation"]


@pytest.mark.parametrize("role", ["national", "admin"])
def test_whoever_is_not_a_referent_gets_no_departement(alix: FlaskClient, app: Flask, role: str) -> None:
    typed = {"nom": "Lou Petit", "courriel": "lou@etat.test", "role": role, "departement": "41"}
    assert post(alix, "/admin/comptes/nouveau", typed).status_code == 302
    with app.app_context():
        made = db.session.scalars(select(Utilisateur).where(Utilisateur.courriel == typed["courriel"])).one()
        assert (made.role, made.departement_code) == (role, None)


def test_an_account_disabled_goes_out_at_once_and_comes_back_when_enabled(
    alix: FlaskClient, sign_in: Callable[..., FlaskClient], app: Flask
) -> None:
    camille, path = sign_in(CAMILLE), f"/admin/comptes/{key_of(app, CAMILLE)}"
    assert camille.get("/referent/").status_code == 200
    assert post(alix, f"{path}/desactiver", {}, page=path).status_code == 302
    assert camille.get("/referent/").status_code == 302
    assert "Réactiver le compte" in page(alix, path)
    assert post(alix, f"{path}/reactiver", {}, page=path).status_code == 302
    assert sign_in(CAMILLE).get("/referent/").status_code == 200


def test_nobody_disables_herself(alix: FlaskClient, app: Flask) -> None:
    path = f"/admin/comptes/{key_of(app, ALIX)}"
    assert "Désactiver le compte" not in page(alix, path)
    post(alix, f"{path}/desactiver", {}, page="/admin/comptes/nouveau")
    assert "vous ne le pouvez pas" in page(alix, path)
    with app.app_context():
        assert db.session.get_one(Utilisateur, key_of(app, ALIX)).is_active


def test_the_account_of_a_company_is_not_the_administrator_s_business(alix: FlaskClient, app: Flask) -> None:
    path = f"/admin/comptes/{key_of(app, BRUNO)}"
    assert alix.get(path).status_code == 404
    assert post(alix, f"{path}/desactiver", {}, page="/admin/comptes/nouveau").status_code == 404
    assert BRUNO.nom not in page(alix, "/admin/comptes")


def test_an_invitation_leaves_again_but_not_to_a_disabled_account(alix: FlaskClient, app: Flask) -> None:
    path = f"/admin/comptes/{key_of(app, ZOE)}"
    post(alix, f"{path}/inviter", {}, page=path)
    with app.app_context():
        sent = select(Courriel.motif).where(Courriel.destinataire == ZOE.courriel)
        assert list(db.session.scalars(sent)) == ["invitation"]
        with transaction(actor=PLANIFICATEUR, now=NOW) as session:
            session.execute(update(Utilisateur).where(Utilisateur.courriel == ZOE.courriel).values(is_active=False))
    post(alix, f"{path}/inviter", {}, page=path)
    with app.app_context():
        assert len(list(db.session.scalars(sent))) == 1


def test_R12_a_national_setting_applies_where_there_is_no_own_one_and_moves_what_is_planned(
    alix: FlaskClient, app: Flask
) -> None:
    def due() -> dict[str, datetime]:
        query = select(Tache.departement_code, Tache.due_le).where(Tache.travail == "bilan", Tache.periode == "2026-S2")
        return dict(db.session.execute(query).all())

    with app.app_context():
        with transaction(actor=PLANIFICATEUR, now=NOW) as session:
            session.execute(update(Departement).values(premier_semestre="2026-S2"))
            session.add(Reglage(departement_code="972", cle="bilan_delai_jours", valeur="30"))
        plan_all(now=NOW)
        before = due()
    path = "/admin/reglages"
    opened = re.search(r'name="version"[^>]*value="(\d+)"', alix.get(path).text)
    assert opened
    assert post(alix, path, {"bilan_delai_jours": "45", "version": opened[1]}).status_code == 302
    with app.app_context():
        after = due()
    assert (after["41"] - before["41"], after["972"]) == (timedelta(days=15), before["972"])
    late = post(alix, path, {"bilan_delai_jours": "50", "version": opened[1]})
    assert (late.status_code, "Enregistré entre-temps : 45" in text_of(late.text)) == (409, True)


def save_nationally(alix: FlaskClient, **values: str) -> Any:
    opened = re.search(r'name="version"[^>]*value="(\d+)"', alix.get("/admin/reglages").text)
    assert opened
    return post(alix, "/admin/reglages", {**values, "version": opened[1]})


def own_settings(app: Flask, cle: str, valeur: str, *codes: str | None) -> None:
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as session:
        session.add_all(Reglage(departement_code=code, cle=cle, valeur=valeur) for code in codes)


def test_R12_a_national_setting_that_contradicts_a_departement_s_own_is_refused_with_its_name(
    alix: FlaskClient, app: Flask
) -> None:
    own_settings(app, "declaration_delai_jours", "10", "41")
    own_settings(app, "fermeture_delai_jours", "25", "972")
    early = save_nationally(alix, declaration_ouverture_jours="15")
    assert early.status_code == 422 and 'id="declaration_delai_jours-erreur"' in early.text
    told = text_of(early.text)
    assert "L’échéance doit suivre l’ouverture de la saisie." in told and "Loir-et-Cher (41)" in told
    assert "un département qui a ses propres réglages" in told and "Martinique" not in told
    late = save_nationally(alix, declaration_delai_jours="30")
    assert late.status_code == 422 and "Martinique (972)" in text_of(late.text)
    assert save_nationally(alix, declaration_ouverture_jours="5").status_code == 302, "in order everywhere"


def test_R12_of_many_departements_the_first_are_named_and_all_are_counted(alix: FlaskClient, app: Flask) -> None:
    with app.app_context():
        codes = [a_departement(code) for code in ("18", "28", "36", "37")]
    own_settings(app, "declaration_delai_jours", "10", "41", "972", *codes)
    told = text_of(save_nationally(alix, declaration_ouverture_jours="15").text)
    assert "6 départements qui ont leurs propres réglages" in told and "et 2 autres. Voyez" in told


def test_R12_a_disorder_of_before_does_not_hold_back_another_setting(alix: FlaskClient, app: Flask) -> None:
    own_settings(app, "fermeture_delai_jours", "5", "41")
    assert save_nationally(alix, bilan_delai_jours="45").status_code == 302
    assert save_nationally(alix, declaration_delai_jours="21").status_code == 302


@pytest.mark.parametrize(
    ("cle", "typed"),
    [("bilan_delai_jours", "bientôt"), ("relances_jours", "x"), ("destinataires_export", "sans arobase")],
)
def test_a_national_setting_is_read_as_that_of_a_departement(alix: FlaskClient, cle: str, typed: str) -> None:
    opened = re.search(r'name="version"[^>]*value="(\d+)"', alix.get("/admin/reglages").text)
    assert opened
    refused = post(alix, "/admin/reglages", {cle: typed, "version": opened[1]})
    assert refused.status_code == 422
    assert f'id="{cle}-erreur"' in refused.text


def send(browser: FlaskClient, octets: bytes) -> Any:
    return post(browser, "/admin/gabarits", {"fichier": (BytesIO(octets), "présentation.xlsx")})


def test_a_template_sent_in_serves_nobody_until_it_is_put_in_force(alix: FlaskClient, app: Flask) -> None:
    with app.app_context():
        a_convention(a_signataire(siren="900000019"), "S2")
    sent = send(alix, sound())
    path = sent.headers["Location"]
    told = page(alix, path)
    for sentence in ("Essai sur le 1er semestre 2026", "Mise en forme", "Version", "2027.1"):
        assert sentence in told
    assert "À l’essai" in page(alix, "/admin/gabarits")
    for side in ("nouveau", "ancien"):
        file = alix.get(f"{path}/essai/{side}/fichier")
        assert (file.status_code, file.data[:2]) == (200, b"PK")
    past = post(alix, path, {"en_vigueur_le": "21/11/2026"})
    assert (past.status_code, "Ce jour est passé" in text_of(past.text)) == (422, True)
    assert post(alix, path, {"en_vigueur_le": "23/11/2026"}).status_code == 302
    assert "À venir" in page(alix, "/admin/gabarits")
    assert alix.get(f"{path}/fichier").data == sound()
    post(alix, f"{path}/retirer", {}, page=path)
    assert "retiré le 22 novembre 2026" in page(alix, "/admin/gabarits")


def test_a_template_on_trial_is_given_up(alix: FlaskClient, app: Flask) -> None:
    path = send(alix, sound()).headers["Location"]
    post(alix, f"{path}/abandonner", {}, page=path)
    with app.app_context():
        assert db.session.scalars(select(Gabarit.id)).all() == []


@pytest.mark.parametrize("case", [c for c in ALTERED if c != "cent mégaoctets"])
def test_an_altered_template_is_refused_with_what_is_at_fault(alix: FlaskClient, app: Flask, case: str) -> None:
    make, said = ALTERED[case]
    refused = send(alix, make())
    assert (refused.status_code, said in text_of(refused.text)) == (422, True), text_of(refused.text)
    with app.app_context():
        assert db.session.scalars(select(Gabarit.id)).all() == []


def test_a_hundred_megabytes_are_refused_before_they_are_read(alix: FlaskClient) -> None:
    assert send(alix, ALTERED["cent mégaoctets"][0]()).status_code == 413


def test_no_file_at_all_is_asked_for(alix: FlaskClient) -> None:
    refused = post(alix, "/admin/gabarits", {})
    assert (refused.status_code, "Choisissez le classeur" in text_of(refused.text)) == (422, True)


def test_a_template_of_no_kind_and_a_side_that_is_none_are_pages_that_do_not_exist(
    alix: FlaskClient, app: Flask
) -> None:
    sent = post(alix, "/admin/gabarits", {"genre": "bilan", "fichier": (BytesIO(sound()), "modele.xlsx")})
    assert alix.get(f"{sent.location}/essai/autre/fichier").status_code == 404
    assert alix.get("/admin/gabarits/livre/bilan/fichier").status_code == 200
    assert alix.get("/admin/gabarits/livre/autre/fichier").status_code == 404


def test_national_limits_are_read_with_their_thousands_apart_and_kept_as_they_were(
    alix: FlaskClient, app: Flask
) -> None:
    """Shipped ones in the hint of their field, own ones in the field itself, typed back as it is shown."""
    page = unescape(alix.get("/admin/reglages").text)
    assert "Laissez vide pour la valeur livrée\u00a0: 20\u202f000." in page and ": 20000." not in page
    own_settings(app, "import_lignes", "15000", None)
    shown = re.search(r'name="import_lignes"[^>]*value="([^"]*)"', alix.get("/admin/reglages").text)
    assert shown is not None and shown[1] == "15\u202f000"
    assert save_nationally(alix, import_lignes=shown[1]).status_code == 302
    with app.app_context():
        assert read_national()["import_lignes"].valeur == "15000"


def test_each_national_setting_stands_once_under_the_heading_that_the_summary_leads_to(
    alix: FlaskClient, app: Flask
) -> None:
    with app.app_context():
        asked = sorted(read_national())
    page = alix.get("/admin/reglages").text
    summary = re.findall(r'<a href="#(sujet-\d+)">([^<]+)</a>', page)
    headings = re.findall(r'<fieldset class="groupe" id="(sujet-\d+)">\s*<legend[^>]*>([^<]+)<', page)
    assert summary == headings and len(headings) > 1
    groups = re.findall(r'<fieldset class="groupe"(.*?)</fieldset>', page, re.DOTALL)
    assert sorted(name for group in groups for name in re.findall(r' name="(\w+)"', group)) == asked


def test_the_template_that_came_with_the_product_is_told_by_what_it_presents_never_by_a_code(
    app: Flask, alix: FlaskClient
) -> None:
    """« bilan_semestriel (db49ea7d) » stood on the page of the templates and in the check of the installation."""
    with app.app_context():
        freeze_bilan(actor=PLANIFICATEUR, departement=a_departement(), periode=Periode.from_code("2026-S1"), now=NOW)
    for path in ("/admin/gabarits", "/admin/"):
        told = page(alix, path)
        assert "Bilan semestriel livré avec PAQTE (" in told
        assert re.findall(r"\w+_semestriel|\w+_trimestriel", told) == []
