"""Each thing that `paqte verifier` looks at, in the words an operator reads, whatever it meets."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from paqte.config import ConfigurationRefused
from paqte.domain.erreurs import Refused
from paqte.domain.statuts.courriels import TransportDown
from paqte.domain.systeme import reason_of
from paqte.ops.base.damage import BaseRefused
from paqte.services.planificateur import verification
from paqte.services.planificateur.verification import Verification, check_installation
from tests.factories import a_departement

Usage = namedtuple("Usage", "total used free")
MO = 1024 * 1024


def looked(app: Any, now: datetime, *, is_thorough: bool = False, **settings: Any) -> dict[str, Verification]:
    with app.app_context():
        given = replace(app.extensions["paqte"], **settings)
        return {one.sujet: one for one in check_installation(given, now=now, is_thorough=is_thorough)}


SAID = ("comptes", "reprise", "travaux", "fichiers publiés")


def test_what_is_sound_says_so_and_what_takes_long_waits_for_whoever_asks(app: Any, now: datetime) -> None:
    found = looked(app, now)
    assert list(found) == [
        "base", "comptes", "clé secrète", "planificateur", "reprise", "travaux", "gabarit", "dossier des bilans",
        "disque",
        "fichiers publiés", "fichier de la base", "dossier de l’instance",
    ]  # fmt: skip
    assert {sujet: one.phrase for sujet, one in found.items() if sujet in SAID} == {
        "comptes": "démonstration : comptes fictifs admis.", "reprise": "rien n’est retenu.",
        "travaux": "aucun échec.",
        "fichiers publiés": "les fichiers internes ne se lisent que par le compte qui lance PAQTE.",
    }  # fmt: skip
    assert found["planificateur"] == ("planificateur", True, "jamais passé sur cette base.")
    assert not found["base"].phrase.endswith(", lue en entier.")
    whole = looked(app, now, is_thorough=True, smtp_url="")
    assert list(whole)[-5:] == ["réponses", "sommes", "journal", "courriel", "antivirus"]
    assert whole["base"].phrase.endswith(", lue en entier.")
    assert whole["courriel"].phrase == ("aucun serveur (PAQTE_SMTP_URL) : les courriels restent dans la boîte d’envoi.")
    assert whole["journal"].phrase.endswith(" lignes, chaîne d’empreintes entière.")


def test_the_whole_base_is_read_for_whoever_asks_alone(
    app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "damage_in", lambda _url: "une page est abîmée.")
    assert looked(app, now)["base"].is_good
    assert looked(app, now, is_thorough=True, smtp_url="")["base"] == ("base", False, "une page est abîmée.")


@pytest.mark.parametrize("beside", ["", "-wal"])
def test_a_base_that_others_may_read_is_told_with_what_mends_it(
    beside: str, app: Any, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "base.sqlite3"
    for name in (path, Path(f"{path}{beside}")):
        name.touch()
        name.chmod(0o600)
    address = {"database_url": f"sqlite:///{path}"}
    with app.app_context():
        given = replace(app.extensions["paqte"], **address)
        assert verification._owner_alone(given) == "le fichier ne se lit que par le compte qui lance PAQTE."
        Path(f"{path}{beside}").chmod(0o640)
        with pytest.raises(Refused, match=f"chmod 600 {path}{beside} ") as told:
            verification._owner_alone(given)
        assert "se lit par d’autres comptes" in str(told.value)


@pytest.mark.parametrize("kind", [BaseRefused, ConfigurationRefused, Refused, TransportDown])
def test_a_refusal_is_said_in_its_own_words(
    app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    def refuse() -> str:
        raise kind("il manque ceci.")

    monkeypatch.setattr(verification, "_nothing_held", refuse)
    assert looked(app, now)["reprise"] == ("reprise", False, "il manque ceci.")


@pytest.mark.parametrize(
    ("error", "phrase"),
    [
        (ValueError("x"), "erreur inattendue (ValueError)."),
        (PermissionError(13, "refusé", "/var/paqte"), f"{reason_of(PermissionError(13, 'refusé'))} (/var/paqte)."),
        (PermissionError(13, "refusé"), f"{reason_of(PermissionError(13, 'refusé'))}."),
    ],
)
def test_what_nobody_foresaw_is_one_line_and_the_file_is_named(
    app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, error: Exception, phrase: str
) -> None:
    def fail() -> str:
        raise error

    monkeypatch.setattr(verification, "_nothing_held", fail)
    assert looked(app, now)["reprise"] == ("reprise", False, phrase)


@pytest.mark.parametrize(
    ("free", "is_good", "said"), [(200 * MO, True, ", 0 Go libres."), (200 * MO - 1, False, "il reste 199 Mo")]
)
def test_a_folder_needs_two_hundred_megabytes(
    app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, free: int, is_good: bool, said: str
) -> None:
    monkeypatch.setattr(verification.shutil, "disk_usage", lambda _: Usage(1, 1, free))
    for sujet in ("dossier des bilans", "dossier de l’instance"):
        found = looked(app, now)[sujet]
        assert (found.is_good, said in found.phrase) == (is_good, True)


def test_a_folder_that_is_missing_is_made_with_those_above_and_nothing_is_left_in_it(
    app: Any, now: datetime, tmp_path: Path
) -> None:
    folder = tmp_path / "un" / "deux"
    assert looked(app, now, reports=folder)["dossier des bilans"].is_good
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("ago", "is_good", "phrase"),
    [
        (timedelta(0), True, "dernier passage il y a 0 s."),
        (timedelta(seconds=119), True, "dernier passage il y a 119 s."),
        (timedelta(seconds=120), True, "dernier passage il y a 2 min."),
        (timedelta(hours=1, minutes=59), False, "il n’est pas passé depuis 119 min. "),
        (timedelta(hours=2), False, "il n’est pas passé depuis 2 h. "),
        (timedelta(hours=47), False, "il n’est pas passé depuis 47 h. "),
        (timedelta(days=2), False, "il n’est pas passé depuis 2 jours. "),
        (
            timedelta(hours=-3),
            False,
            "son dernier passage porte une heure à venir de 3 h : l’horloge a reculé depuis. ",
        ),
    ],
)
def test_the_last_run_of_the_scheduler_is_told_by_its_age(
    app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, ago: timedelta, is_good: bool, phrase: str
) -> None:
    monkeypatch.setattr(verification, "last_passage", lambda: now - ago)
    way_out = "" if is_good else "Lancez PAQTE, ou « paqte scheduler » : rien ne part sans lui."
    assert looked(app, now)["planificateur"] == ("planificateur", is_good, phrase + way_out)


def test_in_production_a_scheduler_that_never_passed_is_awaited(
    app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "last_passage", lambda: None)
    with app.app_context():
        settings = SimpleNamespace(is_production=True)
        assert verification.is_scheduler_silent(settings, now=now)  # type: ignore[arg-type]
        settings.is_production = False
        assert not verification.is_scheduler_silent(settings, now=now)  # type: ignore[arg-type]


def test_what_failed_is_counted_and_the_last_named(app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"travail": "bilan", "departement": "41", "periode": "2026-S1"}
    tasks = [SimpleNamespace(etat="echouee", message=f"panne {n}", **given) for n in (1, 2)]
    tasks.append(SimpleNamespace(etat="faite", message="", **given))
    monkeypatch.setattr(verification, "list_tasks", lambda actor: tasks)
    found = looked(app, now)["travaux"]
    assert found == ("travaux", False, "2 en échec, dont le bilan 41 2026-S1 : panne 1")


def test_a_base_that_does_not_read_is_not_asked_anything_more(
    app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_url: str) -> str:
        raise BaseRefused("base abîmée.")

    monkeypatch.setattr(verification, "check_base", refuse)
    found = looked(app, now)
    unread = {sujet for sujet, one in found.items() if one.phrase == "pas regardé : la base ne se lit pas."}
    assert unread == {"comptes", "clé secrète", "disque", "planificateur", "reprise", "travaux", "gabarit"}
    assert found["base"] == ("base", False, "base abîmée.")
    assert found["dossier des bilans"].is_good


def test_answers_that_no_longer_tell_who_gave_them_are_counted_and_the_first_named(
    app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert looked(app, now, is_thorough=True, smtp_url="")["réponses"] == (
        "réponses", True, "chaque chiffre validé dit par qui et quand il a été donné.",
    )  # fmt: skip
    found = [(12, 7, "2026-T1"), (14, 8, "2026-T2")]
    monkeypatch.setattr(verification, "unlike_seals", lambda _session: found)
    assert looked(app, now, is_thorough=True, smtp_url="")["réponses"] == (
        "réponses", False,
        "des déclarations validées ne disent plus par qui leurs chiffres ont été donnés (2), dont la 12 (convention 7, "
        "2026-T1) : comparez avec une sauvegarde.",
    )  # fmt: skip


def test_journal_sums_and_files_that_are_wrong_are_counted_and_the_first_named(
    app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = SimpleNamespace(fautes=["ligne 7", "ligne 9"], lignes=12)
    monkeypatch.setattr(verification, "check_chain", lambda: chain)
    monkeypatch.setattr(verification, "wrong_sums", lambda _session, code: ["2026-S1"] if code == "41" else [])
    monkeypatch.setattr(verification, "exposed_files", lambda _reports: ["a.xlsx", "b.xlsx"])
    with app.app_context():
        for code in ("41", "972"):
            a_departement(code)
    found = looked(app, now, is_thorough=True, smtp_url="")
    told = {sujet: (found[sujet].is_good, found[sujet].phrase.split(" : ")[0]) for sujet in found}
    assert told["journal"] == (False, "des fautes (2), dont")
    assert "dont : ligne 7. Lancez" in found["journal"].phrase
    wrong = "des sommes gardées ne sont pas celles des déclarations validées (1), dont 41 2026-S1"
    assert told["sommes"] == (False, wrong)
    exposed = "des fichiers internes se lisent par d’autres comptes de la machine (2), dont a.xlsx"
    assert told["fichiers publiés"] == (False, exposed)
