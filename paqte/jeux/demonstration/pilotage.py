"""The demonstration's steering: référents, texts, partners, figures, protocole, actions, priority districts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from paqte.domain.conventions.rubriques import RYTHMES
from paqte.importing.officiel import OfficialQpv
from paqte.jeux.demonstration.donnees import DEPARTEMENT, Story, actions, pilotage
from paqte.models import Qpv, db
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.services.declarations.preuves.actions import ActionTyped, record_action
from paqte.services.pilotage.contexte import ChiffreTyped, add_chiffre
from paqte.services.pilotage.pilotage import PartenaireTyped, ReferentTyped, add_partenaire, add_referent
from paqte.services.pilotage.protocole import ProtocoleTyped, add_protocole
from paqte.services.pilotage.rubriques import write_rubrique
from paqte.services.reglages.reglages import save_settings
from paqte.services.reglages.territoire import load_qpv

TOLD_AFTER = timedelta(days=12)
# Décret n° 2023-1314: the districts of the département, generation 2024 (R25).
QUARTIERS = tuple(
    OfficialQpv(code, nom, commune, DEPARTEMENT, 2024, date(2024, 1, 1))
    for code, nom, commune in (
        ("QN04101M", "Blois Nord", "Blois"),
        ("QN04104N", "Quinière Nord Ouest", "Blois"),
        ("QN04102M", "Les Rottes", "Vendôme"),
        ("QN04103M", "Les Favignolles", "Romorantin-Lanthenay"),
    )
)


def enter_pilotage(recit: Story) -> None:
    """Everything that is neither a convention nor a declaration."""
    load_qpv(actor=recit.actor, quartiers=QUARTIERS, now=recit.now)
    told = pilotage()
    here: dict[str, Any] = {
        "actor": recit.actor,
        "now": recit.moment(recit.calendrier.semestre.fin),
        "departement": DEPARTEMENT,
    }
    version = version_of(read_settings(DEPARTEMENT))
    save_settings(**here, version=version, values=told["mentions"])
    for raw in told["referent"]:
        add_referent(**here, referent=ReferentTyped(**raw))
    for raw in told["partenaire"]:
        add_partenaire(**here, partenaire=PartenaireTyped(**raw))
    for code, texte in told["rubriques"].items():
        window = recit.calendrier.semestre.parts(RYTHMES[code])[0]
        write_rubrique(**here, periode=window, code=code, version=None, texte=texte)
    for raw in told["protocole"]:
        cible = Decimal(raw["cible"]) if "cible" in raw else None
        add_protocole(**here, engagement=ProtocoleTyped(**{"levier": "PAQTE", **raw, "cible": cible}))
    for raw in told["chiffre"]:
        day = recit.calendrier.month_end(raw["mois"])
        figure = {name: raw[name] for name in ("code", "precision", "source") if name in raw}
        add_chiffre(**here, chiffre=ChiffreTyped(valeur=Decimal(raw["valeur"]), date=day, **figure))


def enter_actions(recit: Story, signataires: dict[str, int]) -> None:
    """The concrete actions; `signataires` gives the key of each signatory of the file."""
    quartiers = dict(db.session.execute(select(Qpv.code, Qpv.id)).all())
    for raw in actions():
        day = recit.calendrier.semestre.debut + timedelta(days=raw["jour"])
        action = ActionTyped(
            date=day,
            axe=raw["axe"],
            titre=raw["titre"],
            texte=raw["texte"],
            lieu=raw["lieu"],
            signataire_id=signataires[raw["signataire"]],
            qpv_id=quartiers.get(raw.get("qpv", "")),
            beneficiaires=raw.get("beneficiaires"),
            is_proofread=raw.get("relue", True),
        )
        record_action(actor=recit.actor, now=recit.moment(day + TOLD_AFTER), departement=DEPARTEMENT, action=action)
