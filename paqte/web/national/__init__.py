"""The national team's pages. A page module defines its views on `blueprint` and is named in PAGES."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint, Flask

from paqte.domain.editions.territoires import PARIS
from paqte.domain.personnes.acteurs import NATIONAL
from paqte.web.socle.acces import add_menu

__all__ = ["MENU", "PAGES", "PARIS", "blueprint", "register"]

blueprint = Blueprint("national", __name__, url_prefix="/national")

PAGES: tuple[str, ...] = ("accueil", "bilans", "chiffres", "recus", "regions", "sommes", "textes", "trimestres")

# Label and endpoint; the first is the home.
MENU: tuple[tuple[str, str], ...] = (
    ("Accueil", "national.accueil"),
    ("Vérifier un fichier", "bilans.verifier"),
    ("Inviter une région", "national.region_inviter"),
)


def register(app: Flask) -> None:
    for name in PAGES:
        import_module(f"{__name__}.{name}")
    app.register_blueprint(blueprint)
    add_menu(app, NATIONAL, MENU)
