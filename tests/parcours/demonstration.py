"""The demonstration as a base ready to serve, and the addresses of all its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from sqlalchemy import text

from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.domain.statuts.declarations import ETATS
from paqte.ops import clock
from paqte.ops.routes import route_table

if TYPE_CHECKING:
    from flask import Flask

SEMESTRE = last_closed(local_date(clock.now(), "41"), "S").code
TRIMESTRE = last_closed(local_date(clock.now(), "41"), "T").code
# Not pages: files, answers to monitoring, links used up by looking at them.
NOT_PAGES = frozenset({"static", "bootstrap.static", "public.agenda", "public.sante"})
FILES = re.compile(r"telecharger|texte$|donnees$|csv|attestation|justificatif|fichier|donnees_publiables")
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
OF_THE_41 = {
    "signataire_id": "SELECT MIN(id) FROM signataire WHERE departement_code = '41'",
    "prospect_id": "SELECT MIN(s.id) FROM signataire s WHERE s.departement_code = '41' AND NOT EXISTS "
    "(SELECT 1 FROM convention c WHERE c.signataire_id = s.id AND c.statut <> 'projet')",
    "contact_id": "SELECT MIN(c.id) FROM contact_signataire c WHERE c.signataire_id = "
    "(SELECT MIN(id) FROM signataire WHERE departement_code = '41')",
    "convention_id": "SELECT MIN(id) FROM convention WHERE departement_code = '41'",
    "action_id": "SELECT MIN(id) FROM action WHERE departement_code = '41'",
    "rencontre_id": "SELECT MIN(id) FROM rencontre WHERE departement_code = '41'",
    "numero": "SELECT MIN(id) FROM rattachement",
    "session_id": "SELECT MAX(id) FROM session_ouverte",
    "signalement_id": "SELECT MIN(id) FROM signalement",
    "veille_id": "SELECT MIN(id) FROM veille",
    "courriel_id": "SELECT MIN(id) FROM courriel WHERE departement_code = '41'",
    "compte_id": "SELECT MIN(id) FROM utilisateur WHERE role = 'referent'",
    "edition_id": "SELECT MAX(id) FROM edition WHERE departement_code = '41' AND genre_document = 'bilan'",
    "recu_id": "SELECT MAX(id) FROM bilan_recu",
    "importation_id": "SELECT MAX(id) FROM importation",
    "colonne_id": "SELECT MIN(id) FROM colonne_propre",
    "gabarit_id": "SELECT MAX(id) FROM gabarit",
    "ligne_id": "SELECT MIN(id) FROM partenaire WHERE departement_code = '41'",
}
STATES = {
    "/saisir": ("brouillon", "a_completer"),
    "/relire": ("brouillon",),
    "/renvoyer": ("transmise",),
    "/rouvrir": ("validee",),
}
FIXED = {
    "periode": [SEMESTRE],
    "genre_document": ["bilan"],
    "trimestre": [TRIMESTRE],
    "indicateur": ["S2"],
    "axe": ["SENSIBILISER", "AUTRE"],
    "code": ["strategie", "efficacite"],
    "nom": ["partenaires"],
    "secret": ["un-lien-perime"],
}


def pages(app: Flask, role: str) -> list[str]:
    """Addresses of every page a role may open by GET, with real things of the 41."""
    found: list[str] = []
    for route in route_table(app):
        is_page = "GET" in route.methods and role in route.roles and route.endpoint not in NOT_PAGES
        if is_page and not FILES.search(route.endpoint):
            found += _addresses(app, route.rule)
    return found


def _addresses(app: Flask, rule: str) -> Iterator[str]:
    names = _PARAMETER.findall(rule)
    for values in product(*(_values(app, name, rule) for name in names)):
        address = rule
        for value in values:
            address = _PARAMETER.sub(value, address, count=1)
        yield address


def _values(app: Flask, name: str, rule: str) -> list[str]:
    """Real values of a parameter; a declaration of each state that the page is for."""
    from paqte.models import db

    if name in FIXED:
        return FIXED[name]
    with app.app_context():
        if name == "declaration_id":
            query = text("SELECT MIN(id) FROM declaration WHERE departement_code = '41' AND etat = :etat")
            states = next((s for end, s in STATES.items() if rule.endswith(end)), tuple(ETATS))
            keys = [db.session.execute(query, {"etat": etat}).scalar() for etat in states]
        else:
            keys = [db.session.execute(text(OF_THE_41[name])).scalar()]
    return [str(key) for key in keys if key is not None]
