"""Each command does what it says or refuses in one French sentence."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from paqte.cli.commandes import paqte as command
from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.domain.editions.editions import GABARIT_BILAN
from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from tests.fixtures_courriel import Mailbox
from tests.reponses_comptees import answers_as_rows

Paqte = Callable[..., Any]
ENGLISH = re.compile(r"\b(error|usage:|missing|invalid|such|option '|the|must|expected|traceback)\b", re.IGNORECASE)
VALUES = f"""
SELECT s.identifiant, e.indicateur, r.reponse, r.valeur, r.numerateur, r.denominateur
FROM {answers_as_rows()} r JOIN engagement e ON e.id = r.engagement_id JOIN convention c ON c.id = e.convention_id
JOIN signataire s ON s.id = c.signataire_id ORDER BY r.declaration_id, r.engagement_id
"""
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "exploitation.md"


def english_in(text: str) -> list[str]:
    return ENGLISH.findall(text.replace("Usage :", ""))


def commands(group: Any = command, path: str = "") -> list[str]:
    found = []
    for name, child in group.commands.items():
        found += commands(child, f"{path}{name} ") if hasattr(child, "commands") else [f"{path}{name}"]
    return found


@pytest.mark.parametrize("name", commands())
def test_every_command_is_documented(name: str) -> None:
    assert f"paqte {name}" in DOCUMENT.read_text(encoding="utf-8")


def test_every_command_documented_exists() -> None:
    written = re.findall(r"\bpaqte ((?:[a-z]+ ?)+)", DOCUMENT.read_text(encoding="utf-8"))
    known = commands()
    assert written
    assert [words for words in written if not any(words.startswith(name) for name in known)] == []


@pytest.mark.parametrize("name", ["", *commands()])
def test_help_is_in_french(name: str, paqte: Paqte) -> None:
    shown = paqte(*name.split(), "--help")
    assert shown.code == 0
    assert "Montre cette aide." in shown.sortie
    assert english_in(shown.sortie) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("inconnue",), "La commande inconnue n’existe pas."),
        (("bilan", "produire", "--periode", "2026-S1"), "--departement, --region ou --national, l’un des trois."),
        (("document", "lister"), "Il manque"),
        (("bilan", "produire", "--departement", "41", "--periode", "2026-S3"), "n’est pas une période"),
        (("bilan", "lister", "--truc"), "L’option --truc n’existe pas."),
        (("peupler", "--departements", "0", "--entreprises", "1", "--periodes", "1"), "hors des bornes"),
        (("peupler", "--departements", "deux", "--entreprises", "1", "--periodes", "1"), "n’est pas un nombre entier"),
        (("utilisateur", "inviter", "--role", "roi", "--courriel", "a@b.fr"), "n’est pas l’un de"),
        (("restaurer", "/nulle/part"), "n’existe pas"),
        (("taches", "lister", "de trop"), "Argument en trop"),
    ],
)
def test_a_misuse_is_told_in_french_with_code_2(arguments: tuple[str, ...], said: str, paqte: Paqte) -> None:
    refused = paqte(*arguments)
    assert refused.code == 2
    assert said in refused.erreur
    assert (
        ENGLISH.findall(refused.erreur.replace("Usage :", "").replace("[OPTIONS]", "").replace("l’option '", "")) == []
    )


@pytest.mark.parametrize("name", ["bilan lister", "taches lister", "courriels lister", "demo charger", "sauvegarder x"])
def test_without_a_base_the_remedy_is_told(name: str, paqte: Paqte, instance: Path) -> None:
    refused = paqte(*name.split())
    assert refused.code == 1
    assert refused.erreur.count("\n") == 1
    assert "paqte base migrer" in refused.erreur
    assert not (instance / "instance" / "paqte.sqlite3").exists()


def test_migrating_twice_says_so(paqte: Paqte) -> None:
    assert "Base mise à jour" in paqte("base", "migrer").sortie
    assert paqte("base", "migrer").sortie == "La base est à jour.\n"


def test_a_base_just_made_knows_each_departement_so_its_referent_is_invited_and_a_code_of_none_is_told(
    paqte: Paqte,
) -> None:
    paqte("base", "migrer")
    camille = ("utilisateur", "inviter", "--role", "referent", "--courriel", "camille@prefecture.test")
    refused = paqte(*camille, "--departement", "99")
    assert refused.code == 2 and "« 99 » n’est pas le code d’un département" in refused.erreur
    assert "/connexion/" in paqte(*camille, "--departement", "2A").sortie


def test_a_bilan_is_produced_listed_and_copied(demonstration: Path, paqte: Paqte, today: Any) -> None:
    periode = last_closed(local_date(today, "41"), "S").precedente.code
    copy = demonstration / "copie.xlsx"
    made = paqte("bilan", "produire", "--departement", "41", "--periode", periode)
    path, edition, sha256 = made.lignes
    assert made.code == 0
    assert edition == "édition 1"
    assert sha256 == f"sha256 {hashlib.sha256(Path(path).read_bytes()).hexdigest()}"
    again = paqte("bilan", "produire", "--departement", "41", "--periode", periode, "--sortie", str(copy))
    assert again.lignes == [str(copy), "édition 1 (rien n’a changé depuis)", sha256]
    assert copy.read_bytes() == Path(path).read_bytes()
    listed = [line.split("\t")[1:4] for line in paqte("bilan", "lister", "--departement", "41").lignes]
    assert listed.count(["41", periode, "édition 1"]) == 1
    assert paqte("bilan", "lister", "--departement", "18").sortie == ""


def test_R19_two_editions_are_compared_and_a_file_is_checked(demonstration: Path, paqte: Paqte, today: Any) -> None:
    last = last_closed(local_date(today, "41"), "S")
    paths, keys = [], []
    for periode in (last.precedente.code, last.code):
        made = paqte("bilan", "produire", "--departement", "41", "--periode", periode)
        paths.append(made.lignes[0])
        keys.append(next(row.split("\t")[0] for row in paqte("bilan", "lister").lignes if f"\t{periode}\t" in row))
    compared = paqte("bilan", "comparer", *keys)
    assert compared.code == 0
    assert compared.lignes[0] == "feuille\tligne\tcolonne\tavant\taprès\tdéclarations"
    assert any(row.startswith("Indicateurs\t") and row.count("\t") == 5 for row in compared.lignes)
    assert paqte("bilan", "comparer", keys[0], keys[0]).lignes == compared.lignes[:1]
    unknown = paqte("bilan", "comparer", keys[0], "99999")
    assert unknown.code == 1 and "édition" in unknown.erreur

    assert paqte("bilan", "verifier", paths[0]).code == 0
    Path(paths[0]).write_bytes(b"bonjour")
    checked = paqte("bilan", "verifier", paths[0])
    assert checked.code == 1 and "n’est pas une édition de cette base" in checked.sortie


def test_an_export_is_produced_with_its_three_files_and_does_not_mix_with_bilans(
    demonstration: Path, paqte: Paqte, today: Any
) -> None:
    periode = last_closed(local_date(today, "41"), "T").code
    made = paqte("export", "trimestriel", "--departement", "41", "--periode", periode)
    path, edition, sha256 = made.lignes
    assert (made.code, edition) == (0, "édition 1")
    assert sha256 == f"sha256 {hashlib.sha256(Path(path).read_bytes()).hexdigest()}"
    assert len([p for p in Path(path).parent.iterdir() if "publiable" not in p.name]) == 3
    (line,) = paqte("export", "lister", "--departement", "41").lignes
    assert line.split("\t")[1:4] == ["41", periode, "édition 1"]
    assert f"\t{periode}\t" not in paqte("bilan", "lister").sortie
    assert (
        "porte sur un trimestre" in paqte("export", "trimestriel", "--departement", "41", "--periode", "2026-S1").erreur
    )
    assert "porte" in paqte("bilan", "tous", "--periode", periode).erreur


@pytest.mark.parametrize(("command", "genre"), [(("bilan", "produire"), "S"), (("export", "trimestriel"), "T")])
def test_R23_the_publishable_version_is_given_on_request_and_the_internal_one_otherwise(
    demonstration: Path, paqte: Paqte, today: Any, command: tuple[str, str], genre: str
) -> None:
    asked = (*command, "--departement", "41", "--periode", last_closed(local_date(today, "41"), genre).precedente.code)
    copy = demonstration / "copie.xlsx"
    made = paqte(*asked, "--publiable", "--sortie", str(copy))
    assert (made.code, made.lignes[:2]) == (0, [str(copy), "édition 1"])
    published = paqte(*asked, "--publiable").lignes
    path = Path(published[0])
    assert path.name.endswith("_edition-1_publiable.xlsx")
    assert published[1:] == ["édition 1 (rien n’a changé depuis)", made.lignes[2]]
    assert made.lignes[2] == f"sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}"
    assert copy.read_bytes() == path.read_bytes()
    checked = paqte("bilan", "verifier", str(copy))
    assert (checked.code, "version publiable" in checked.sortie) == (0, True)
    internal = paqte(*asked).lignes
    assert internal[0] != published[0] and internal[2] != published[2]


def test_R23_an_edition_of_old_has_no_publishable_version_and_the_command_says_so(
    demonstration: Path, paqte: Paqte, today: Any
) -> None:
    asked = ("bilan", "produire", "--departement", "41", "--periode", last_closed(local_date(today, "41"), "S").code)
    copy = demonstration / "copie.xlsx"
    assert paqte(*asked).code == 0
    with closing(sqlite3.connect(demonstration / "instance" / "paqte.sqlite3")) as base, base:
        base.execute("DELETE FROM edition_fichier WHERE diffusion = 'publiable'")
    refused = paqte(*asked, "--publiable", "--sortie", str(copy))
    assert (refused.code, refused.sortie) == (1, "")
    assert "La version publiable de cette édition n’existe pas" in refused.erreur
    assert not copy.exists()


def test_R20_all_bilans_are_produced_then_summed(demonstration: Path, paqte: Paqte, today: Any) -> None:
    periode = last_closed(local_date(today, "41"), "S").code
    told = paqte("bilan", "tous", "--periode", periode)
    assert told.code == 0, told.erreur
    assert told.lignes[0].startswith("41\tédition 2\t")
    assert told.lignes[1].startswith("Usage interne : ")
    assert {line.split("\t")[5] for line in told.lignes[2:]} == {"Usage interne"}
    figures = {line.split("\t")[0]: line.split("\t")[1:4] for line in told.lignes[2:]}
    value, unit, answered = figures["S2"]
    assert (value.isdigit(), unit) == (True, "personnes")
    assert re.fullmatch(r"\d+ sur \d+", answered)
    # Enterprises, the other natures and the total of an indicator are never two lines alike (R38).
    told_as = [(line.split("\t")[0], line.split("\t")[4]) for line in told.lignes[2:]]
    assert len(set(told_as)) == len(told_as)
    assert any(label.endswith(" — Total, toutes natures") for _, label in told_as)
    assert figures["R1"][1] == "signataires ayant répondu oui"
    early = paqte("bilan", "tous", "--periode", "2090-S1")
    assert early.code == 1
    assert "Sans édition : 41." in early.erreur


def test_a_failed_task_is_listed_with_its_number_and_relaunched(demonstration: Path, paqte: Paqte) -> None:
    refused = paqte("taches", "relancer", "999999")
    assert (refused.code, refused.sortie) == (1, "")
    assert "Cette tâche" in refused.erreur
    planned = [line.split("\t") for line in paqte("taches", "lister", "--a-venir").lignes]
    assert all(len(line) == 8 for line in planned if line[0] != "passage")


@pytest.mark.parametrize(("periode", "said"), [("2026-T1", "semestre"), ("2090-S1", "n’est pas terminé")])
def test_a_bilan_that_cannot_be_is_refused(periode: str, said: str, demonstration: Path, paqte: Paqte) -> None:
    refused = paqte("bilan", "produire", "--departement", "41", "--periode", periode)
    assert (refused.code, refused.sortie) == (1, "")
    assert said in refused.erreur


def test_a_copy_that_cannot_be_written_leaves_nothing(demonstration: Path, paqte: Paqte, today: Any) -> None:
    periode = last_closed(local_date(today, "41"), "S").code
    refused = paqte("bilan", "produire", "--departement", "41", "--periode", periode, "--sortie", "/nulle/part/x.xlsx")
    assert refused.code == 1
    assert "/nulle/part" in refused.erreur


def test_the_demonstration_is_refused_in_a_base_that_serves(demonstration: Path, paqte: Paqte) -> None:
    refused = paqte("demo", "charger")
    assert refused.code == 1
    assert "base vide" in refused.erreur


def test_an_invitation_without_a_mail_server_gives_the_link(base: None, paqte: Paqte) -> None:
    paqte("base", "migrer")
    invited = paqte(
        "utilisateur", "inviter", "--role", "referent", "--courriel", "ref@exemple.fr", "--departement", "41"
    )
    assert invited.code == 0
    assert re.fullmatch(r"http://127\.0\.0\.1:5000/connexion/\S{40,}\n", invited.sortie)
    assert paqte("courriels", "lister").sortie == ""


def test_an_invitation_with_a_mail_server_is_queued(
    base: None, paqte: Paqte, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAQTE_SMTP_URL", mailbox.url)
    invited = paqte("utilisateur", "inviter", "--role", "admin", "--courriel", "a.b@exemple.fr")
    assert "mise en file" in invited.sortie
    listed = paqte("courriels", "lister").sortie
    assert "En attente\ta.b@exemple.fr" in listed
    assert "/connexion/" in listed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--role", "referent", "--courriel", "a@b.fr"), "code du département"),
        (("--role", "referent", "--courriel", "pas une adresse", "--departement", "41"), "adresse"),
        (("--role", "entreprise", "--courriel", "a@b.fr"), "SIRET"),
    ],
)
def test_an_invitation_that_lacks_something_is_refused(
    arguments: tuple[str, ...], said: str, base: None, paqte: Paqte
) -> None:
    refused = paqte("utilisateur", "inviter", *arguments)
    assert refused.code == 1
    assert said in refused.erreur


def test_a_backup_and_a_restoration_bring_the_base_back(demonstration: Path, paqte: Paqte) -> None:
    saved = paqte("sauvegarder", str(demonstration / "copies")).lignes[0]
    live = demonstration / "instance" / "paqte.sqlite3"
    with sqlite3.connect(live) as connection:
        connection.execute("DELETE FROM retour")
        connection.execute("UPDATE signataire SET nom = 'X'")
    restored = paqte("restaurer", saved)
    assert restored.code == 0
    with sqlite3.connect(live) as connection:
        assert connection.execute("SELECT count(*) FROM signataire WHERE nom = 'X'").fetchone() == (0,)
    before = restored.lignes[0].removeprefix("État précédent : ")
    with sqlite3.connect(before) as connection:
        assert connection.execute("SELECT DISTINCT nom FROM signataire").fetchall() == [("X",)]


def test_a_backup_comes_back_on_a_clean_machine(
    demonstration: Path, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = paqte("sauvegarder", str(demonstration / "copies")).lignes[0]
    monkeypatch.setenv("PAQTE_INSTANCE", str(demonstration / "ailleurs"))
    restored = paqte("restaurer", saved)
    assert restored.code == 0
    done, compared, held = restored.lignes
    assert done == f"Base restaurée depuis {saved}."
    assert compared.startswith("Il n’y avait pas de base ici : comptes,")
    assert "paqte reprise confirmer" in held
    with sqlite3.connect(demonstration / "ailleurs" / "paqte.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM signataire").fetchone() == (28,)


def test_routes_tell_every_address_and_who_may_open_it(paqte: Paqte) -> None:
    routes = json.loads(paqte("routes", "--json").sortie)
    by_endpoint = {route["endpoint"]: route for route in routes}
    assert by_endpoint["public.sante"] == {
        "adresse": "/sante",
        "methodes": ["GET"],
        "endpoint": "public.sante",
        "roles": ["public"],
    }
    assert by_endpoint["referent.accueil"]["roles"] == ["referent", "region"]
    assert by_endpoint["referent.bilan_produire"]["roles"] == ["referent"]
    assert all(route["roles"] for route in routes), "a route is open to nobody"


def test_settings_are_shown_without_their_secrets(paqte: Paqte, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAQTE_SECRET_KEY", "tres-secret-0123456789-abcdefghijklmnop")
    monkeypatch.setenv("PAQTE_SMTP_URL", "smtps://jean:tres-secret@hote")
    monkeypatch.setenv("PAQTE_DATABASE_URL", "postgresql+psycopg://paqte:tres-secret@hote/base")
    shown = paqte("config").sortie
    assert "tres-secret" not in shown
    assert "smtps://jean:" in shown and "@hote/base" in shown
    for name in ("PAQTE_PORT=5000", "PAQTE_ENV=demonstration", "PAQTE_SECRET_KEY="):
        assert name in shown


def test_a_sound_installation_is_said_to_be_so(demonstration: Path, paqte: Paqte) -> None:
    found = paqte("verifier")
    assert found.code == 0, found.sortie
    assert "FAUTE" not in found.sortie


def test_every_fault_is_told_in_a_sentence(demonstration: Path, paqte: Paqte, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAQTE_SMTP_URL", "smtp://127.0.0.1:9")
    (demonstration / "reports").write_text("un fichier")
    monkeypatch.setattr(
        "paqte.services.editions.gabarit.FORMATS", {GABARIT_BILAN: replace(FORMAT_BILAN, gabarit=Path("absent.xlsx"))}
    )
    assert {"gabarit", "dossier des bilans", "courriel"} <= _faults(paqte).keys()
    with sqlite3.connect(demonstration / "instance" / "paqte.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    found = _faults(paqte)
    # What stands in a base that cannot be served is said not to have been looked at.
    unread = {subject for subject, phrase in found.items() if phrase.startswith("pas regardé")}
    kept = {"clé secrète", "journal", "réponses", "sommes"}
    assert unread == {"comptes", "disque", "planificateur", "reprise", "travaux", "gabarit"} | kept
    assert found.keys() - unread == {"base", "dossier des bilans", "courriel"}


def _faults(paqte: Paqte) -> dict[str, str]:
    """The sentence of each fault by its subject."""
    found = paqte("verifier")
    assert found.code == 1
    told = (line.removeprefix("FAUTE ").split(" : ", 1) for line in found.lignes if line.startswith("FAUTE"))
    return dict(told)


def test_settings_that_cannot_serve_are_refused_in_a_sentence(paqte: Paqte, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAQTE_ENV", "production")
    refused = paqte("bilan", "lister")
    assert refused.code == 1
    assert "PAQTE_SECRET_KEY" in refused.erreur


@pytest.mark.lent
def test_populating_twice_with_one_seed_gives_the_same_rows(
    instance: Path, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    for place in ("un", "deux"):
        monkeypatch.setenv("PAQTE_INSTANCE", str(instance / place))
        paqte("base", "migrer")
        paqte("peupler", "--departements", "2", "--entreprises", "5", "--periodes", "3", "--graine", "7")
        with sqlite3.connect(instance / place / "paqte.sqlite3") as connection:
            seen.append(connection.execute(VALUES).fetchall())
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert seen[0] == seen[1]
    assert len(seen[0]) > 2 * 5 * 2 * 20
