"""The last value that each setting takes, and the sentence of the first that it does not."""

from __future__ import annotations

import pytest

from paqte.domain.statuts.pilotage import LIMITES
from paqte.services.reglages.reglages import _checked_value

JOURS, HEURES = "Un délai va de 0 à 365 jours.", "Une heure va de 0 à 23."
LIMITE = "Une limite va de 1 à 1 000 000."
ANNEES = "Un contact se garde de 1 à 10 ans après la fin de sa convention."
ADRESSES = "Donnez au plus 20 adresses : une liste de diffusion conviendra mieux."
TAKEN = {
    "bilan_delai_jours": (("0", "0"), ("365", "365"), (" 045 ", "45"), ("", "")),
    "fermeture_delai_jours": (("0", "0"), ("365", "365"), ("Jamais", "jamais"), ("", "")),
    "conservation_annees": (("1", "1"), ("10", "10")),
    "quota_jour_mo": (("1", "1"), ("1 000 000", "1000000"), ("", "")),
    "veille_par_nuit": (("0", "0"), ("1000000", "1000000")),
    "session_inactive_region": (("5", "5"), ("1440", "1440")),
    "session_totale_admin": (("1", "1"), ("24", "24")),
    "somme_bilans_jours": (("0", "0"), ("365", "365")),
    "somme_exports_jours": (("0", "0"), ("365", "365")),
    "somme_reprise_jours": (("0", "0"), ("365", "365")),
    "somme_reprise_duree": (("0", "0"), ("365", "365")),
    "veille_debut": (("0", "0"), ("23", "23")),
    "veille_fin": (("0", "0"), ("23", "23")),
    "relances_jours": (("3, 1 -2", "-2, 1, 3"), ("aucune", "aucune"), ("", "")),
    "rappels_referents_jours": (("10 -3", "-3, 10"), ("aucune", "aucune"), ("", "")),
    "preavis_jours": (("30 90", "90, 30"), ("aucune", "aucune")),
    "courriels_heures": (("8-18", "8-18"),),
    "rencontre_mois": (("1", "1"), ("60", "60"), ("", "")),
    "relances_animateurs": ((" Oui ", "oui"), ("NON", "non"), ("", "")),
    "somme_avis_nation": ((" Oui ", "oui"), ("NON", "non"), ("", "")),
    "destinataires_bilan": (("B@b.test; a@b.test ,b@b.test", "b@b.test, a@b.test"), ("", "")),
    "mentions_editeur": (("  Préfecture \n de Loir-et-Cher", "Préfecture de Loir-et-Cher"), ("é" * 300, "é" * 300)),
}
REFUSED = {
    "bilan_delai_jours": (("366", JOURS),),
    "fermeture_delai_jours": (("366", JOURS),),
    "conservation_annees": (("0", ANNEES), ("11", ANNEES)),
    "quota_jour_mo": (("0", LIMITE), ("1000001", LIMITE)),
    "session_inactive_region": (
        ("4", "Ce délai va de 5 à 1 440 minutes."),
        ("1441", "Ce délai va de 5 à 1 440 minutes."),
    ),
    "session_totale_admin": (("0", "Une session dure de 1 à 24 heures."), ("25", "Une session dure de 1 à 24 heures.")),
    "veille_par_nuit": (("1000001", "Ce nombre va de 0 à 1 000 000."),),
    "somme_bilans_jours": (("366", "Une somme se produit de 0 à 365 jours après."),),
    "somme_reprise_duree": (("366", "Une reprise va de 0 à 365 jours."),),
    "veille_debut": (("24", HEURES),),
    "veille_fin": (("24", HEURES),),
    "rencontre_mois": (("0", "Ce délai va de 1 à 60 mois."), ("61", "Ce délai va de 1 à 60 mois.")),
    "relances_animateurs": (("peut-être", "Répondez par oui ou par non."),),
    "somme_avis_region": (("3", "Répondez par oui ou par non."),),
    "mentions_editeur": (("é" * 301, "Ce texte est trop long : 300 caractères au plus."),),
    "destinataires_bilan": (
        (" ".join(f"a{n}@b.test" for n in range(21)), ADRESSES),
        (
            " ".join(f"{'a' * 64}@{'b' * 50}{n}.test" for n in range(10, 27)),
            "Ces adresses sont trop longues ensemble : une liste de diffusion conviendra mieux.",
        ),
    ),
}


@pytest.mark.parametrize("cle", TAKEN)
def test_each_setting_takes_up_to_its_last_value_in_one_spelling(cle: str) -> None:
    assert [(text, _checked_value(cle, text, LIMITES)) for text, _ in TAKEN[cle]] == list(TAKEN[cle])


@pytest.mark.parametrize("cle", REFUSED)
def test_beyond_it_each_setting_says_what_it_takes(cle: str) -> None:
    for text, sentence in REFUSED[cle]:
        with pytest.raises(ValueError) as refused:
            _checked_value(cle, text, LIMITES)
        assert str(refused.value).replace("\u202f", " ").replace("\u00a0", " ") == sentence, text


def test_a_limit_of_the_whole_installation_is_no_setting_of_a_departement() -> None:
    for cle in ("quota_jour_mo", "veille_debut", "inconnu"):
        with pytest.raises(ValueError, match=r"^Ce réglage n’existe pas\.$"):
            _checked_value(cle, "3", ())
