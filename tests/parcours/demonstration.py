"""The demonstration as a base ready to serve, and the addresses of all its pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import product
from typing import TYPE_CHECKING

from sqlalchemy import text

from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.domain.personnes.acteurs import ANSWERING
from paqte.domain.statuts.declarations import ETATS
from paqte.ops import clock
from paqte.ops.routes import route_table

if TYPE_CHECKING:
    from flask import Flask

SEMESTRE = last_closed(local_date(clock.now(), "41"), "S").code
TRIMESTRE = last_closed(local_date(clock.now(), "41"), "T").code
# Not pages: files, answers to monitoring, links used up by looking at them, ways to a provider that is not set here.
NOT_PAGES = frozenset(
    {"static", "bootstrap.static", "public.agenda", "public.sante", "public.securite"}
    | {"fournisseur.partir", "fournisseur.retour", "fournisseur.sorti"}
)
FILES = re.compile(r"telecharger|texte$|donnees$|csv|attestation$|justificatif|fichier|donnees_publiables")
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
    "vue_id": "SELECT MIN(id) FROM vue_liste",
    "courriel_id": "SELECT MIN(id) FROM courriel WHERE departement_code = '41'",
    "compte_id": "SELECT MIN(id) FROM utilisateur WHERE role = 'referent'",
    "edition_id": "SELECT MAX(id) FROM edition WHERE departement_code = '41' AND genre_document = 'bilan'",
    "recu_id": "SELECT MAX(id) FROM bilan_recu",
    "somme_id": "SELECT MAX(id) FROM edition_territoire",
    "importation_id": "SELECT MAX(id) FROM importation",
    "colonne_id": "SELECT MIN(id) FROM colonne_propre",
    "gabarit_id": "SELECT MAX(id) FROM gabarit",
    "ligne_id": "SELECT MIN(id) FROM partenaire WHERE departement_code = '41'",
}
# What belongs to a company and to whoever animates several: the first thing of the 41 may be another's.
OWN = "SELECT r.signataire_id FROM rattachement r JOIN utilisateur u ON u.id = r.utilisateur_id WHERE u.role = '{role}'"
OWN_CONVENTIONS = f"SELECT id FROM convention WHERE signataire_id IN ({OWN})"
TYPED = "(SELECT MIN(id) FROM declaration WHERE etat IN ('a_completer', 'brouillon') AND convention_id IN ({own}))"
THEIRS = {
    "signataire_id": f"SELECT MIN(signataire_id) FROM ({OWN})",
    "convention_id": f"SELECT MIN(id) FROM ({OWN_CONVENTIONS})",
    "engagement_id": "SELECT MIN(id) FROM engagement WHERE convention_id = "
    f"(SELECT convention_id FROM declaration WHERE id = {TYPED.format(own=OWN_CONVENTIONS)})",
}
STATES = {
    "/saisir": ("brouillon", "a_completer"),
    "/relire": ("brouillon",),
    "/renvoyer": ("transmise",),
    "/rouvrir": ("validee",),
    "/signaler": ("validee",),
}
FIXED = {
    "annee": [SEMESTRE[:4]],
    "periode": [SEMESTRE],
    "genre_document": ["bilan"],
    "trimestre": [TRIMESTRE],
    "indicateur": ["S2"],
    "thematique": ["T01"],
    "axe": ["SENSIBILISER", "AUTRE"],
    "code": ["strategie", "efficacite"],
    "nom": ["partenaires"],
    "secret": ["un-lien-perime"],
}


def pages(app: Flask, role: str, seen_by: Collection[str] = ()) -> list[str]:
    """Addresses of every page a role may open by GET, with real things of the 41, but what others saw."""
    return [address for _, address in addresses(app, role, seen_by)]


def addresses(app: Flask, role: str, seen_by: Collection[str] = ()) -> list[tuple[str, str]]:
    """The same, each after the name of its route."""
    found: list[tuple[str, str]] = []
    for route in route_table(app):
        is_page = "GET" in route.methods and role in route.roles and route.endpoint not in NOT_PAGES
        if is_page and not set(route.roles) & set(seen_by) and not FILES.search(route.endpoint):
            found += [(route.endpoint, address) for address in _addresses(app, route.rule, role)]
    return found


def _addresses(app: Flask, rule: str, role: str) -> Iterator[str]:
    names = _PARAMETER.findall(rule)
    for values in product(*(_values(app, name, rule, role) for name in names)):
        address = rule
        for value in values:
            address = _PARAMETER.sub(value, address, count=1)
        yield address


def _values(app: Flask, name: str, rule: str, role: str) -> list[str]:
    """Real values of a parameter; a declaration of each state that the page is for."""
    from paqte.models import db

    if name in FIXED:
        return FIXED[name]
    with app.app_context():
        if name == "declaration_id":
            whose = f"convention_id IN ({OWN_CONVENTIONS.format(role=role)})" if role in ANSWERING else "1 = 1"
            query = text(f"SELECT MIN(id) FROM declaration WHERE departement_code = '41' AND etat = :etat AND {whose}")
            states = next((s for end, s in STATES.items() if rule.endswith(end)), tuple(ETATS))
            keys = [db.session.execute(query, {"etat": etat}).scalar() for etat in states]
            if rule.endswith("/pieces"):  # that of which the page asks for an engagement
                keys = [
                    db.session.execute(text(f"SELECT {TYPED.format(own=OWN_CONVENTIONS.format(role=role))}")).scalar()
                ]
        else:
            known = OF_THE_41 | {key: query.format(role=role) for key, query in THEIRS.items() if role in ANSWERING}
            keys = [db.session.execute(text(known[name])).scalar()]
    return [str(key) for key in keys if key is not None]
