"""The demonstration's steering: référents, texts, partners, figures, protocole, actions, priority districts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from paqte.models import Action, ChiffreContexte, EngagementProtocole, Partenaire, Qpv, Referent, Rubrique
from paqte.services.demonstration.donnees import DEPARTEMENT, Recit, actions, pilotage
from paqte.services.territoire import QuartierLu, load_qpv
from paqte.services.transaction import transaction

# Décret n° 2023-1314: the districts of the département, generation 2024 (R25).
QUARTIERS = tuple(
    QuartierLu(code, nom, commune, DEPARTEMENT, 2024, date(2024, 1, 1))
    for code, nom, commune in (
        ("QN04101M", "Blois Nord", "Blois"),
        ("QN04104N", "Quinière Nord Ouest", "Blois"),
        ("QN04102M", "Les Rottes", "Vendôme"),
        ("QN04103M", "Les Favignolles", "Romorantin-Lanthenay"),
    )
)


def enter_pilotage(recit: Recit) -> None:
    """Everything that is neither a convention nor a declaration."""
    load_qpv(actor=recit.actor, quartiers=QUARTIERS, now=recit.now)
    told = pilotage()
    now = recit.moment(recit.calendrier.semestre.fin)
    with transaction(actor=recit.actor, now=now) as session:
        here = {"departement_code": DEPARTEMENT}
        session.add_all(Referent(**here, **raw, rang=rank) for rank, raw in enumerate(told["referent"], 1))
        session.add_all(Partenaire(**here, **raw, rang=rank) for rank, raw in enumerate(told["partenaire"], 1))
        session.add_all(Rubrique(**here, code=code, texte=texte.strip()) for code, texte in told["rubriques"].items())
        session.add_all(
            EngagementProtocole(**here, levier="PAQTE", **{**raw, "cible": Decimal(raw["cible"])}, rang=rank)
            for rank, raw in enumerate(told["protocole"], 1)
        )
        for raw in told["chiffre"]:
            session.add(
                ChiffreContexte(
                    **here,
                    code=raw["code"],
                    valeur=Decimal(raw["valeur"]),
                    date=recit.calendrier.month_end(raw["mois"]),
                    precision=raw["precision"],
                    source=raw.get("source", ""),
                    created_at=now,
                )
            )


def enter_actions(recit: Recit, signataires: dict[str, int]) -> None:
    """The concrete actions; `signataires` gives the key of each signatory of the file."""
    now = recit.moment(recit.calendrier.semestre.fin)
    with transaction(actor=recit.actor, now=now) as session:
        quartiers = dict(session.execute(select(Qpv.code, Qpv.id)).all())
        for raw in actions():
            session.add(
                Action(
                    departement_code=DEPARTEMENT,
                    signataire_id=signataires[raw["signataire"]],
                    date=recit.calendrier.semestre.debut + timedelta(days=raw["jour"]),
                    axe=raw["axe"],
                    titre=raw["titre"],
                    texte=raw["texte"].strip(),
                    lieu=raw["lieu"],
                    qpv_id=quartiers.get(raw.get("qpv", "")),
                    beneficiaires=raw.get("beneficiaires"),
                    is_proofread=raw.get("relue", True),
                    created_at=now,
                )
            )
