"""A grid that contradicts itself is refused at start, with the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from paqte.domain.indicateurs import catalogue as module
from paqte.domain.indicateurs.catalogue import SOURCE, CatalogueRefused, catalogue, load_catalogue

SHIPPED = SOURCE.read_text(encoding="utf-8")


def line_of(text: str, code: str) -> int:
    """Line of the [[…]] above a code."""
    before = text[: text.index(f'code = "{code}"')]
    return before[: before.rindex("[[")].count("\n") + 1


def entry_of(code: str) -> str:
    """The whole table of a code, as it stands in the file."""
    lines = SHIPPED.split("\n")[line_of(SHIPPED, code) - 1 :]
    end = next((n for n, line in enumerate(lines) if not line), len(lines))
    return "\n".join(lines[:end])


def refusal_of(text: str) -> str:
    with pytest.raises(CatalogueRefused) as refusal:
        load_catalogue(text)
    return str(refusal.value)


# Code of the entry changed, what is replaced in it, by what, and what the refusal says.
CONTRADICTIONS = [
    # What is cited must exist.
    ("R3e", 'dont = "R3"', 'dont = "R9"', "dont cite « R9 », qui n’existe pas"),
    ("F1p", 'numerateur = "F1"', 'numerateur = "F9"', "numerateur cite « F9 », qui n’existe pas"),
    ("B1", '"F4", "R3"', '"F4", "R9"', "total_de cite « R9 », qui n’existe pas"),
    ("S1", 'thematiques = ["T01"]', 'thematiques = ["T99"]', "la thématique « T99 » n’existe pas"),
    ("P01", 'thematique = "T01"', 'thematique = "T99"', "la thématique « T99 » n’existe pas"),
    ("S1", 'axe = "SENSIBILISER"', 'axe = "SENSIBILISE"', "l’axe « SENSIBILISE » n’existe pas"),
    ("SENSIBILISER", 'dispositif = "paqte"', 'dispositif = "pacte"', "dispositif « pacte » inconnu"),
    # Words of the grid are a closed list.
    ("S1", 'genre = "flux"', 'genre = "flus"', "genre « flus » inconnu"),
    ("S1", 'nombre = "compte"', 'nombre = "entier"', "nombre « entier » inconnu"),
    ("S1", 'calendrier = "scolaire"', 'calendrier = "lunaire"', "calendrier « lunaire » inconnu"),
    ("S1", 'unite = "offres"', 'unite = ""', "l’unité manque"),
    ("S1", 'unite = "offres"', 'unitee = "offres"', "clé inconnue : unitee"),
    ("S1", 'unite = "offres"\n', "", "il manque une clé obligatoire"),
    ("S1", 'compte = "', 'compte = " "#', "S1 : la phrase qui dit ce qui est compté manque"),
    ("S1", 'libelle = "', 'libelle = " "#', "S1 : le libellé manque"),
    # What a préfet asks for first compares by its difference, which is exact (R33).
    ("F1p", 'genre = "ratio"', 'genre = "ratio"\nphare = "Part"', "un chiffre phare est du PAQTE et s’additionne"),
    ("P01", 'genre = "flux"', 'genre = "flux"\nphare = "Plan"', "un chiffre phare est du PAQTE et s’additionne"),
    ("X1", 'genre = "libre"', 'genre = "libre"\nphare = "Autre"', "un chiffre phare est du PAQTE et s’additionne"),
    # Each thing has the type it is read with.
    ("S1", 'thematiques = ["T01"]', 'thematiques = "T01"', "thematiques n’est pas du type attendu"),
    ("S1", 'thematiques = ["T01"]', "thematiques = [1]", "thematiques n’est pas du type attendu"),
    ("S5", "doublons = true", 'doublons = "non"', "doublons n’est pas du type attendu"),
    ("R3e", "au = 2024-12-31", 'au = "31/12/2024"', "au n’est pas du type attendu"),
    ("R3e", "au = 2024-12-31", "au = 2024-12-31T00:00:00", "au n’est pas du type attendu"),
    ("2019.1", "du = 2019-01-22", "du = 2019", "du n’est pas du type attendu"),
    ("T07", "transversale = true", "transversale = 1", "transversale n’est pas du type attendu"),
    # A ratio is two numbers and percentages never add (R14).
    ("F1p", 'denominateur = "Total des alternants de l’entreprise"\n', "", "un numérateur et un dénominateur"),
    ("F1p", 'numerateur = "F1"\n', "", "un numérateur et un dénominateur"),
    ("F1p", 'numerateur = "F1"', 'numerateur = "S2p"', "le numérateur S2p n’est pas un flux"),
    ("F1p", 'nombre = "pourcentage"', 'nombre = "compte"', "un ratio se lit en pourcentage"),
    ("S1", 'nombre = "compte"', 'nombre = "pourcentage"', "un pourcentage ne se somme pas"),
    ("S1", 'genre = "flux"', 'genre = "flux"\ndenominateur = "Tout"', "seul un ratio a un dénominateur"),
    ("R1", 'nombre = "compte"', 'nombre = "euros"', "un oui ou non se compte"),
    # A part of a whole.
    ("R3e", 'dont = "R3"', 'dont = "R3e"', "n’est pas une partie de lui-même"),
    ("R3", 'genre = "flux"', 'genre = "flux"\ndont = "R3e"', "ses « dont » tournent en rond"),
    ("R3e", 'dont = "R3"', 'dont = "A1"', "qui n’est pas du même genre"),
    ("F1p", 'genre = "ratio"', 'genre = "ratio"\ndont = "S2p"', "seul un flux ou un stock peut être un « dont »"),
    # What is typed once is one quantity, typed in one place (R10).
    ("P01", 'repete = "S2"', 'repete = "S9"', "repete cite « S9 », qui n’existe pas"),
    ("P01", 'repete = "S2"', 'repete = "S1"', "S1, qu’il reprend, n’a pas la même unité"),
    ("P01", 'repete = "S2"', 'repete = "F1"', "F1, qu’il reprend, ne valorise pas T01"),
    ("P01", 'repete = "S2"', 'repete = "P01"', "ne se reprend pas lui-même"),
    ("P04", 'repete = "F3"', 'repete = "P03"', "P03 reprend déjà F1"),
    ("F1p", 'numerateur = "F1"', 'numerateur = "F1"\nrepete = "F1"', "seul un flux ou un stock en reprend un autre"),
    ("R1", 'nombre = "compte"', 'nombre = "compte"\nrepete = "R2"', "seul un flux ou un stock en reprend un autre"),
    # A total adds what can be added, once (R10, R21).
    ("B1", '"F4", "R3"', '"F4", "B1"', "n’est pas une partie de lui-même"),
    ("B1", '"F4", "R3"', '"F4", "R3", "R3"', "cite deux fois le même indicateur"),
    ("B1", '"F4", "R3"', '"F4", "R3", "R3e"', "R3e est déjà compté dans R3"),
    ("B1", '"F4", "R3"', '"F4", "S7"', "S7 ne s’additionne pas dans ce total"),
    ("B1", '"F4", "R3"', '"F4", "S2p"', "S2p ne s’additionne pas dans ce total"),
    ("B1", '"F4", "R3"', '"F4", "A1"', "A1 ne s’additionne pas dans ce total"),
    ("B1", '"F4", "R3"', '"A3", "A4"', "ils ne s’additionnent pas (R21)"),
    ("B1", '"F4", "R3"', '"A1", "A2"', "ils ne s’additionnent pas (R21)"),
    ("S4", 'genre = "flux"', 'genre = "flux"\ntotal_de = ["B1"]', "B1 est déjà un total"),
    # A thématique is measured by the plan, valued by the PAQTE (R8b, R10).
    ("P01", 'thematique = "T01"\n', "", "une mesure du plan a sa thématique, et elle seule"),
    ("S1", 'thematiques = ["T01"]', 'thematique = "T01"', "une mesure du plan a sa thématique, et elle seule"),
    ("P01", 'thematique = "T01"', 'thematique = "T01"\nthematiques = ["T02"]', "seul un indicateur du PAQTE valorise"),
    ("S1", 'thematiques = ["T01"]', 'thematiques = ["T01", "T01"]', "cite deux fois la même"),
    # Dates and codes.
    ("R3e", "au = 2024-12-31", "au = 2024-12-31\ndu = 2025-01-01", "la fin de validité précède le début"),
    ("S2", 'code = "S2"', 'code = "S1"', "code absent ou déjà pris : « S1 »"),
    ("T02", 'code = "T02"', 'code = "T01"', "code absent ou déjà pris : « T01 »"),
    ("S4", 'code = "S4"', 'code = ""', "code absent ou déjà pris : «  »"),
    ("S4", 'code = "S4"', 'code = "Interventions"', "un code a dix lettres ou chiffres au plus"),
    ("S4", 'code = "S4"', 'code = "É4"', "un code a dix lettres ou chiffres au plus"),
    ("S4", 'code = "S4"', "code = 4", "code n’est pas du type attendu"),
    ("S4", 'code = "S4"\n', "", "il manque une clé obligatoire"),
]


@pytest.mark.parametrize(("code", "old", "new", "fault"), CONTRADICTIONS)
def test_a_contradiction_is_refused_with_its_line(code: str, old: str, new: str, fault: str) -> None:
    entry = entry_of(code)
    assert old in entry
    refusal = refusal_of(SHIPPED.replace(entry, entry.replace(old, new, 1)))
    assert refusal.startswith(f"catalogue, ligne {line_of(SHIPPED, code)} : ")
    assert fault in refusal


def test_a_measure_of_a_single_day_is_no_contradiction() -> None:
    one_day = SHIPPED.replace("au = 2024-12-31", "au = 2024-12-31\ndu = 2024-12-31", 1)
    assert load_catalogue(one_day).indicateurs["R3e"].du == load_catalogue(one_day).indicateurs["R3e"].au


def test_parts_that_turn_in_a_circle_of_three_are_refused() -> None:
    text = SHIPPED
    for code, dont in (("S3", "S4"), ("S4", "S5"), ("S5", "S3")):
        entry = entry_of(code)
        text = text.replace(entry, f'{entry}\ndont = "{dont}"')
    refusal = refusal_of(text)
    assert f"ligne {line_of(text, 'S3')} : S3 : ses « dont » tournent en rond" in refusal


@pytest.mark.parametrize("day", ["2019-01-22", "2018-12-31"])
def test_a_version_that_does_not_begin_after_the_former_is_refused(day: str) -> None:
    text = f'{SHIPPED}\n[[version]]\ncode = "9999.1"\ndu = {day}\n'
    assert f"ligne {line_of(text, '9999.1')} : 9999.1 : une version commence après" in refusal_of(text)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('statut = "reconstruite"', 'statut = "officiel"', "statut « officiel » inconnu"),
        ('statut = "reconstruite"', "statut = 1", "statut est un texte"),
        ('avertissement = "', 'avertissement = " "#', "une grille reconstruite le dit"),
        ('statut = "reconstruite"', 'statu = "reconstruite"', "« statu » est inconnu"),
    ],
)
def test_what_the_grid_says_of_itself_is_checked_with_its_line(old: str, new: str, fault: str) -> None:
    line = SHIPPED[: SHIPPED.index(old)].count("\n") + 1
    refusal = refusal_of(SHIPPED.replace(old, new, 1))
    assert refusal.startswith(f"catalogue, ligne {line} : ")
    assert fault in refusal


@pytest.mark.parametrize("name", ["version", "axe", "thematique", "indicateur"])
def test_a_grid_without_one_of_its_lists_is_refused(name: str) -> None:
    kept = [block for block in SHIPPED.split("\n\n") if not block.startswith(f"[[{name}]]")]
    assert refusal_of("\n\n".join(kept)) == f"catalogue, ligne 1 : aucune entrée [[{name}]]"


def test_a_list_misspelled_is_refused_with_its_line() -> None:
    text = SHIPPED + '\n[[indicateurs]]\ncode = "S8"\n'
    line = text[: text.index("[[indicateurs]]")].count("\n") + 1
    assert refusal_of(text) == f"catalogue, ligne {line} : « indicateurs » est inconnu"


def test_a_list_written_as_one_thing_is_refused() -> None:
    later = SHIPPED.index('[[version]]\ncode = "2026.1"')
    one = SHIPPED[:later] + SHIPPED[SHIPPED.index("[[axe]]") :]
    text = one.replace("[[version]]", "[version]")
    assert refusal_of(text) == f"catalogue, ligne {line_of(SHIPPED, '2019.1')} : aucune entrée [[version]]"


def test_a_list_written_inline_is_refused_without_an_error() -> None:
    text = 'axe = [{code = "A"}]\n' + SHIPPED[: SHIPPED.index("[[axe]]")] + SHIPPED[SHIPPED.index("[[thematique]]") :]
    assert refusal_of(text) == "catalogue, ligne 1 : il manque une clé obligatoire"


def test_a_file_that_is_not_toml_is_refused_with_the_line() -> None:
    text = SHIPPED.replace('unite = "offres"', "unite = offres", 1)
    line = text[: text.index("unite = offres")].count("\n") + 1
    assert refusal_of(text).startswith(f"catalogue, ligne {line} : ce n’est pas du TOML")


def test_a_file_cut_short_is_refused_with_its_last_line() -> None:
    assert refusal_of('statut = "recon').startswith("catalogue, ligne 1 : ce n’est pas du TOML")


def test_a_line_separator_inside_a_label_does_not_shift_the_lines() -> None:
    text = SHIPPED.replace("offres de stage de 3e proposées", "offres\u2028proposées").replace('"R9"', '"R3"')
    entry = entry_of("R3e")
    refusal = refusal_of(text.replace(entry, entry.replace('dont = "R3"', 'dont = "R9"')))
    assert f"ligne {line_of(SHIPPED, 'R3e')} :" in refusal


def test_a_file_saved_in_another_encoding_is_refused_with_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "catalogue.toml"
    copy.write_bytes(b"# ok\n# circulaires de 2019, annex\xe9es\n")
    monkeypatch.setattr(module, "SOURCE", copy)
    with pytest.raises(CatalogueRefused, match="ligne 2 : enregistrez ce fichier en UTF-8"):
        catalogue.__wrapped__()


def test_an_empty_file_is_refused() -> None:
    assert refusal_of("") == "catalogue, ligne 1 : aucune entrée [[version]]"
