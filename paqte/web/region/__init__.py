"""The pages of a préfecture de région: its own home; the rest are those of its départements, which it reads."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint, Flask

from paqte.domain.personnes.acteurs import REGION
from paqte.web.socle.acces import add_menu

blueprint = Blueprint("region", __name__, url_prefix="/region")

PAGES: tuple[str, ...] = ("accueil",)

# Label and endpoint; the first is the home. Those of a département stand here once one is chosen.
MENU: tuple[tuple[str, str], ...] = (
    ("Accueil", "region.accueil"),
    ("Bilans", "referent.bilans"),
    ("Signataires", "referent.signataires"),
    ("Déclarations", "referent.declarations"),
    ("Taux de réponse", "referent.completude"),
    ("Actions", "referent.actions"),
    ("Vérifier un fichier", "bilans.verifier"),
)


def register(app: Flask) -> None:
    for name in PAGES:
        import_module(f"{__name__}.{name}")
    app.register_blueprint(blueprint)
    add_menu(app, REGION, MENU)
