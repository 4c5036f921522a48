"""Every mail: text and HTML from one model, what to do in the first line, nothing missing, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import UndefinedError

from paqte.services.courriels.courriers import write_mail

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_navigateur import AxeReport

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "paqte" / "templates" / "courriels"
LINK = "https://paqte.exemple.fr/connexion/secret"
AWAITED = {
    "signataire": "Atelier Lenoir (fictif)",
    "convention": "41-2025-001",
    "periode": "1er semestre 2026",
    "etat": "a_saisir",
    "limite": "20/07/2026",
    "is_late": False,
}
# What each model is told, as the use case that sends it tells it.
TOLD: dict[str, dict[str, Any]] = {
    "connexion": {"nom": "Bruno", "lien": LINK, "duree": "10 minutes"},
    "invitation": {
        "nom": "Bruno",
        "role": "entreprise",
        "invitant": "Camille",
        "signataires": ["Atelier Lenoir (fictif)", "Val (fictif)"],
        "lien": LINK,
        "duree": "3 jours",
        "connexion": "https://paqte.exemple.fr/connexion",
    },
    "bilan": {"departement": "41", "periode": "1er semestre 2026", "edition": 2, "lien": LINK},
    "rappel_bilan": {
        "nom": "Camille",
        "departement": "Loir-et-Cher (41)",
        "periode": "1er semestre 2026",
        "du_periode": "du 1er semestre 2026",
        "jour": "30/07/2026",
        "is_late": True,
        "textes": ("Stratégie définie", "Obstacles rencontrés"),
        "a_valider": 2,
        "lien": LINK,
    },
    "somme": {
        "nom": "Nora",
        "titre": "Somme des bilans",
        "du": "de la somme des bilans",
        "territoire": "Centre-Val de Loire",
        "periode": "1er semestre 2026",
        "du_periode": "du 1er semestre 2026",
        "edition": 2,
        "jour": "14/08/2026",
        "parts": "Cher (18), Loir-et-Cher (41)",
        "attendus": "Indre (36)",
        "changements": 3,
        "lien": LINK,
    },
    "surete": {"nom": "Ada", "faits": ["Compte de Camille : 5 codes refusés.", "Un autre fait."], "lien": LINK},
    "alerte": {"nom": "Ada", "alertes": ["Il reste 900 Mo libres.", "Quota presque atteint."], "lien": LINK},
    "echeance": {
        "conventions": [
            {
                "signataire": "Atelier Lenoir (fictif)",
                "numero": "41-2024-001",
                "fin": "31/12/2026",
                "reste": "demain",
                "lien": f"{LINK}/1",
            },
            {
                "signataire": "Val (fictif)",
                "numero": "41-2024-002",
                "fin": "01/03/2027",
                "reste": "dans 60 jours",
                "lien": f"{LINK}/2",
            },
        ],
        "lien": LINK,
    },
    "renvoi": {
        "nom": "Bruno",
        "signataire": "Atelier Lenoir (fictif)",
        "periode": "1er semestre 2026",
        "par": "Camille",
        "questions": [{"titre": "Stages de 3e", "texte": "En REP+ ?"}, {"titre": "Ensemble", "texte": "Tout 2026 ?"}],
        "lien": LINK,
    },
    "signalement": {
        "signataire": "Atelier Lenoir (fictif)",
        "periode": "1er semestre 2026",
        "par": "Bruno",
        "motif": "Deux stages comptés deux fois.",
        "is_validee": True,
        "lien": LINK,
    },
    "signalement_reponse": {
        "nom": "Bruno",
        "signataire": "Atelier Lenoir (fictif)",
        "periode": "1er semestre 2026",
        "par": "Camille",
        "reponse": "Le chiffre reste juste.",
        "lien": LINK,
    },
    "reouverture": {
        "nom": "Bruno",
        "signataire": "Atelier Lenoir (fictif)",
        "periode": "1er semestre 2026",
        "par": "Camille",
        "motif": "Deux stages comptés deux fois.",
        "lien": LINK,
    },
    "accuse": {
        "nom": "Bruno",
        "signataire": "Atelier Lenoir (fictif)",
        "convention": "41-2025-001",
        "periode": "1er semestre 2026",
        "moment": "22/11/2026 à 10 h 00",
        "lignes": [{"libelle": "Stages de 3e", "reponse": "4 personnes"}, {"libelle": "Offres", "reponse": "néant"}],
        "texte_libre": "Bon semestre.",
        "lien": LINK,
    },
    "validation": {
        "nom": "Bruno",
        "signataire": "Atelier Lenoir (fictif)",
        "periode": "1er semestre 2026",
        "par": "Camille",
        "is_on_behalf": True,
        "lien": LINK,
    },
    "adresse": {"nom": "Bruno", "invitant": "Camille Perrin", "lien": LINK},
    "ouverture": {"nom": "Bruno", "genre": "saisie", "lien": LINK, "attendus": [AWAITED]},
    "relance": {
        "nom": "Bruno",
        "genre": "saisie",
        "lien": LINK,
        "attendus": [AWAITED, AWAITED | {"etat": "brouillon"}, AWAITED | {"etat": "a_completer", "is_late": True}],
    },
    "document": {
        "titre": "Rapport annuel",
        "le_titre": "le rapport annuel",
        "du": "du rapport",
        "e": "",
        "departement": "41",
        "periode": "année 2026",
        "du_periode": "de l’année 2026",
        "edition": 1,
        "lien": LINK,
    },
    "lecture": {
        "nom": "Camille",
        "periode": "1er semestre 2026",
        "a_valider": 3,
        "manquantes": 1,
        "jusquau": "29/07/2026",
        "produits": [{"le": "le bilan semestriel", "jour": "30/07/2026"}],
        "lien": LINK,
    },
}
TOLD |= {
    "cle_acces": {"nom": "Camille", "cle": "Téléphone", "ajoutee": True, "lien": LINK},
    "facteur_retire": {"nom": "Camille", "lien": LINK},
    "nouvelle_adresse": {"nom": "Bruno", "ancienne": "b••••@val.test", "lien": LINK, "duree": "24 heures"},
    "adresse_changee": {"nom": "Bruno", "nouvelle": "b••••@val.test", "a_qui": ["camille@val.test"], "lien": LINK},
}
TOLD["formulaire"] = {
    "nom": "Bruno",
    "signataire": "Atelier Lenoir (fictif)",
    "periode": "3e trimestre 2026",
    "par": "Camille",
    "echeance": "20/10/2026",
}
TOLD["edition_transmise"] = {
    "titre": "Bilan semestriel",
    "le_titre": "le bilan semestriel",
    "departement": "Loir-et-Cher (41)",
    "periode": "1er semestre 2026",
    "du_periode": "du 1er semestre 2026",
    "edition": 2,
    "diffusion": "usage interne",
    "fichier": "bilan-semestriel_41_2026-S1_edition-2.xlsx",
    "sha256": "a" * 64,
    "par": "Camille",
    "message": "Bonne lecture.",
}
# Whoever receives an edition has no account here: what she opens is joined to the mail.
WITHOUT_LINK = {"edition_transmise", "formulaire"}
MODELS = sorted(path.stem for path in TEMPLATES.glob("*.txt") if not path.stem.startswith("_"))
HOSTILE = '<script>alert("x")</script>'


def test_every_model_has_text_and_html_and_is_shown_here() -> None:
    html = {path.stem for path in TEMPLATES.glob("*.html") if not path.stem.startswith("_")}
    assert set(MODELS) == html
    assert set(MODELS) <= set(TOLD), "teach TOLD what the new model is told"


@pytest.mark.parametrize("modele", MODELS)
def test_every_model_is_sent_by_a_use_case(modele: str) -> None:
    sources = [p.read_text(encoding="utf-8") for p in (ROOT / "paqte" / "services").rglob("*.py")]
    assert any(f'"{modele}"' in source for source in sources), f"courriels/{modele} ne sert à personne"


@pytest.mark.parametrize("modele", MODELS)
def test_the_first_line_says_what_to_do_in_text_as_in_html(modele: str) -> None:
    mail = write_mail(modele, "bruno@entreprise.test", **TOLD[modele])
    first = mail.texte.splitlines()[0]
    assert re.match(
        r"(Donnez|Prévenez|Ouvrez|Répondez|Relisez|Terminez|Préparez|Lisez|Vous n’avez plus rien à faire)", first
    )
    heading = re.search(r"<h1>(.+?)</h1>", mail.html)
    assert heading and heading[1].split()[0] == first.split()[0]
    assert mail.sujet and "\n" not in mail.sujet and len(mail.sujet) < 120
    is_linked = LINK in mail.texte and f'href="{LINK}"' in mail.html
    assert is_linked is (modele not in WITHOUT_LINK)
    assert not re.search(r"\n{4}|[ \t]\n", mail.texte), "blank lines left by a tag"


# What an agent would not say: a day that counts told by « avant le », things that act alone, an unaccented capital.
UNSAID = re.compile(
    r"avant le \d|se (produi|font|fait|rempli)\w* seul|\bparaî|\bnaît|\bdues?\b|\bDites\b|'|\bA (?=[a-zé])|/ou "
)
# A mark that French sets apart stands after a space, never after a letter; addresses apart.
STUCK = re.compile(r"[\wÀ-ÿ)][?!;»]|«\S|[A-Za-zÀ-ÿ)]:(?!//)")


@pytest.mark.parametrize("modele", MODELS)
def test_every_mail_speaks_as_an_agent_would(modele: str) -> None:
    """Who speaks, what to do, by when, whom to call: in sentences of twenty words or so (subject, text and page)."""
    mail = write_mail(modele, "bruno@entreprise.test", **TOLD[modele])
    page = unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", mail.html, flags=re.S))
    for text in (mail.sujet, mail.texte, page):
        said = re.sub(r"https?://\S+|\S+@\S+", "", text)
        assert not UNSAID.search(said) and not STUCK.search(said), (UNSAID.search(said), STUCK.search(said))
    assert "[a-qui-ecrire]" in mail.texte and "[a-qui-ecrire]" in mail.html, "somebody to call"
    for line in mail.texte.replace(LINK, "").splitlines():
        for sentence in re.split(r"[.?!:] ", line):
            assert len(sentence.split()) <= 30, sentence


@pytest.mark.parametrize("modele", ["accuse", "validation", "renvoi", "reouverture", "ouverture", "relance"])
def test_R8_what_is_written_of_any_declaration_names_no_document_of_one_dispositif(modele: str) -> None:
    """An enterprise of the plan alone was told that its results count in the « bilan PAQTE », where they do not."""
    mail = write_mail(modele, "bruno@entreprise.test", **TOLD[modele])
    for text in (mail.sujet, mail.texte, mail.html):
        assert not re.search(r"bilan PAQTE|convention PAQTE|export (du|trimestriel)", text)


@pytest.mark.parametrize("modele", MODELS)
def test_a_value_nobody_gave_is_an_error_not_a_hole(modele: str) -> None:
    for name in TOLD[modele]:
        with pytest.raises(UndefinedError):
            write_mail(modele, "bruno@entreprise.test", **{k: v for k, v in TOLD[modele].items() if k != name})


def spoilt(value: Any, name: str = "") -> Any:
    """What a mail is told, every text of it hostile but its links."""
    if isinstance(value, dict):
        return {key: spoilt(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [spoilt(inner) for inner in value]
    return HOSTILE if isinstance(value, str) and name != "lien" else value


@pytest.mark.parametrize("modele", MODELS)
def test_the_html_fetches_nothing_and_runs_nothing(modele: str) -> None:
    told = {k: spoilt(v, k) for k, v in TOLD[modele].items()}
    html = write_mail(modele, "bruno@entreprise.test", **told).html
    assert not re.search(r"<(script|img|link|iframe|object|form)|\bon\w+=|url\(|@import|javascript:", html)
    assert HOSTILE in write_mail(modele, "bruno@entreprise.test", **told).texte or modele in ("bilan", "export")


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**browser_context_args, "viewport": {"width": 360, "height": 740}}


@pytest.mark.parametrize("modele", MODELS)
def test_axe_finds_nothing_in_a_mail_and_it_fits_a_telephone(
    modele: str, page: Page, axe: Callable[[Page], AxeReport]
) -> None:
    page.set_content(write_mail(modele, "bruno@entreprise.test", **TOLD[modele]).html)
    assert axe(page).problems == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
