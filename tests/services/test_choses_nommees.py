"""What is not there, or not hers, is refused under its own name, the same sentence whether it exists or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import NotFound
from paqte.domain.secret import INTERNE
from paqte.services.comptes.acces import withdraw_right
from paqte.services.conventions.conventions import change_convention, create_convention
from paqte.services.conventions.engagements import set_engagements
from paqte.services.conventions.entreprises.veille import ignore_finding
from paqte.services.conventions.propres import change_column, keep_own_values, remove_column
from paqte.services.conventions.rencontres import RencontreTyped, change_meeting, delete_meeting
from paqte.services.conventions.retraits import delete_signataire
from paqte.services.conventions.signataires import change_signataire
from paqte.services.courriels.relances import remind_company
from paqte.services.declarations.declarations import validate_declaration
from paqte.services.declarations.formulaires.envois_formulaires import send_form
from paqte.services.declarations.preuves.actions import ActionTyped, change_action, delete_action
from paqte.services.declarations.preuves.attestations import make_attestation
from paqte.services.declarations.signalements import answer_report
from paqte.services.editions.transmissions import note_transmission
from paqte.services.imports.importations import cancel_import
from paqte.services.pilotage.contexte import ChiffreTyped, change_chiffre
from paqte.services.pilotage.pilotage import remove_partenaire
from paqte.services.pilotage.rubriques import write_rubrique
from tests.factories import CAMILLE, ZOE, a_convention, a_departement, a_signataire, an_identite, some_termes

SITE = "https://paqte.exemple.fr"
DAY = date(2026, 3, 12)
FORUM = ActionTyped(DAY, "SENSIBILISER", "Forum", "Deux matinées.")
VISITE = RencontreTyped(date=DAY, genre="visite")

ACTS: tuple[tuple[str, Callable[..., object], dict[str, Any]], ...] = (
    ("Ce signataire", change_signataire, {"signataire_id": 1, "version": 1, "identite": an_identite(), "contacts": ()}),
    ("Ce signataire", delete_signataire, {"signataire_id": 1, "version": 1, "motif": "Doublon"}),
    ("Ce signataire", keep_own_values, {"signataire_id": 1, "version": 1, "typed": {}}),
    ("Ce signataire", remind_company, {"signataire_id": 1, "base_url": SITE}),
    ("Ce signataire", create_convention, {"signataire_id": 1, "termes": some_termes()}),
    ("Cet accès", withdraw_right, {"signataire_id": 1, "utilisateur_id": 1}),
    ("Cette convention", change_convention, {"convention_id": 1, "version": 1, "termes": some_termes()}),
    ("Cette convention", set_engagements, {"convention_id": 1, "version": 1, "axe": "FORMER", "saisis": ()}),
    ("Cette convention", make_attestation, {"convention_id": 1}),
    ("Cette rencontre", change_meeting, {"rencontre_id": 1, "version": 1, "rencontre": VISITE}),
    ("Cette rencontre", delete_meeting, {"rencontre_id": 1, "version": 1}),
    ("Cette colonne", change_column, {"colonne_id": 1, "titre": "Couleur", "is_listed": True}),
    ("Cette colonne", remove_column, {"colonne_id": 1}),
    ("Ce constat", ignore_finding, {"veille_id": 1, "version": 1}),
    ("Cette action", change_action, {"action_id": 1, "version": 1, "action": FORUM}),
    ("Cette action", delete_action, {"action_id": 1, "version": 1}),
    ("Cette déclaration", validate_declaration, {"declaration_id": 1, "version": 1}),
    ("Cette déclaration", send_form, {"declaration_id": 1}),
    ("Ce signalement", answer_report, {"signalement_id": 1, "version": 1, "reponse": "Non.", "base_url": SITE}),
    ("Cette édition", note_transmission, {"edition_id": 1, "adresses": "a@b.fr", "diffusion": INTERNE, "le": DAY}),
    ("Cet import", cancel_import, {"importation_id": 1, "version": 1}),
    ("Cette ligne", remove_partenaire, {"partenaire_id": 1, "version": 1}),
    ("Cette ligne", change_chiffre, {"chiffre_id": 1, "version": 1, "chiffre": ChiffreTyped("defm", Decimal(1), DAY)}),
    ("Cette rubrique", write_rubrique, {"departement": "41", "periode": Periode.from_code("2026-S1"), "code": "meteo",
                                        "version": None, "texte": "Beau."}),
)  # fmt: skip


@pytest.mark.parametrize(("name", "act", "given"), ACTS, ids=[f"{act.__name__}" for _, act, _ in ACTS])
def test_what_is_not_there_is_refused_under_its_own_name(
    session: Any, now: datetime, name: str, act: Callable[..., object], given: dict[str, Any]
) -> None:
    a_departement("41")
    opened = "ouvert" if name.startswith(("Ce ", "Cet ")) else "ouverte"
    with pytest.raises(NotFound, match=f"^{name} n’existe pas ou ne vous est pas {opened}.$"):
        act(actor=CAMILLE, now=now, **given)


@pytest.mark.parametrize(
    ("name", "act", "given"), [one for one in ACTS if one[0] in ("Ce signataire", "Cette convention")]
)
def test_what_another_departement_has_is_refused_in_the_very_same_words(
    session: Any, now: datetime, name: str, act: Callable[..., object], given: dict[str, Any]
) -> None:
    a_departement("972")
    a_convention(a_signataire(), "S2")
    opened = "ouvert" if name.startswith("Ce ") else "ouverte"
    with pytest.raises(NotFound, match=f"^{name} n’existe pas ou ne vous est pas {opened}.$"):
        act(actor=ZOE, now=now, **given)
