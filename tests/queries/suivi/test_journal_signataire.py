"""The history of a signatory, in plain French: who, when, what, before and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from paqte.domain.conventions.engagements import EngagementSaisi
from paqte.queries.conventions.conventions import read_convention
from paqte.queries.conventions.journaux.journal_signataire import signataire_history
from paqte.queries.suivi.fiche_signataire import read_signataire
from paqte.services.conventions.conventions import change_convention, create_convention
from paqte.services.conventions.engagements import set_engagements
from paqte.services.conventions.retraits import delete_convention
from paqte.services.conventions.signataires import ContactTyped, add_signataire, change_signataire
from paqte.services.conventions.suites import attach_signed_text, end_convention
from tests.factories import A_PDF, CAMILLE, ZOE, a_departement, an_identite, some_termes

JULIEN = replace(CAMILLE, utilisateur_id=9, nom="Julien Besnard")


@pytest.fixture
def told(session: Any, now: datetime) -> list[tuple[str, str, tuple[str, ...]]]:
    """A life, and what the history tells of it, oldest first."""
    a_departement()
    clock = iter(now + timedelta(minutes=n) for n in range(100))
    key = add_signataire(
        actor=CAMILLE,
        departement="41",
        identite=an_identite(),
        contacts=[ContactTyped(nom="Marie Durand")],
        now=next(clock),
    )

    def version_of(convention: int) -> int:
        return read_convention(actor=CAMILLE, convention_id=convention, now=now).version

    def on(use_case: Any, convention: int, actor: Any = CAMILLE, **given: Any) -> None:
        use_case(actor=actor, convention_id=convention, version=version_of(convention), now=next(clock), **given)

    change_signataire(
        actor=JULIEN,
        signataire_id=key,
        version=read_signataire(actor=CAMILLE, signataire_id=key, now=now).version,
        identite=an_identite(nature="association", effectif=12, is_partial_diffusion=True, commune=""),
        contacts=[],
        now=next(clock),
    )
    termes = some_termes(signee_le=None)
    convention = create_convention(actor=CAMILLE, signataire_id=key, termes=termes, now=next(clock)).convention_id
    promise = EngagementSaisi("F1", True, duree=Decimal("5"))
    on(set_engagements, convention, axe="FORMER", saisis=[promise, EngagementSaisi("F1p", True)])
    changed = [replace(promise, duree=None, annees={1: Decimal(7)}), EngagementSaisi("F1p", False)]
    on(set_engagements, convention, axe="FORMER", saisis=changed)
    on(change_convention, convention, termes=some_termes(rythme="S"))
    on(attach_signed_text, convention, nom="a.pdf", octets=A_PDF)
    on(end_convention, convention, resiliee_le=date(2026, 6, 1), motif="Départ")
    projet = create_convention(actor=CAMILLE, signataire_id=key, termes=termes, now=next(clock)).convention_id
    on(delete_convention, projet, JULIEN)
    assert signataire_history(actor=ZOE, signataire_id=key) == []
    return [(e.qui, e.titre, e.details) for e in reversed(signataire_history(actor=CAMILLE, signataire_id=key))]


def test_each_gesture_is_told_with_its_author_and_what_changed(told: Any) -> None:
    camille, julien, numero = CAMILLE.nom, JULIEN.nom, "41-2025-001"
    assert told == [
        (camille, "Fiche créée", ()),
        (julien, "Contact retiré", ("Marie Durand",)),
        (
            julien,
            "Fiche modifiée",
            (
                "nature : Entreprise → Association",
                "effectif : vide → 12",
                "commune : Blois → vide",
                "diffusion partielle : non → oui",
            ),
        ),
        (camille, f"Convention {numero} ajoutée", ()),
        (
            camille,
            f"Engagements de la convention {numero}",
            ("F1 : engagement pris, objectif 5", "F1p : engagement pris, sans objectif"),
        ),
        (
            camille,
            f"Engagements de la convention {numero}",
            ("F1 : objectif 5 → objectif 7 l’année 1", "F1p : engagement retiré (sans objectif)"),
        ),
        (
            camille,
            f"Convention {numero} signée",
            (
                "statut : Projet → Signée",
                "rythme des déclarations : Chaque trimestre → Chaque semestre",
                "date de signature : vide → 01/01/2025",
            ),
        ),
        (camille, f"Texte signé de la convention {numero} joint", ()),
        (
            camille,
            f"Convention {numero} terminée avant son échéance",
            ("statut : Signée → Résiliée", "fin anticipée : vide → 01/06/2026", "motif : vide → Départ"),
        ),
        (julien, "Projet de convention 41-2025-002 supprimé", ()),
    ]
