"""What stands at the foot of every page: help, contact, legal notice, accessibility; open to anybody."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import TABLE, Acteur
from paqte.domain.personnes.roles import PUBLIC, open_to
from paqte.queries.reglages.mentions import contacts_for, read_mentions
from paqte.web.affichage.guides import guide_html, guides_there, picture_path
from paqte.web.socle.acces import current_actor

blueprint = Blueprint("aide", __name__)
# The guide that each role opens first.
FIRST = {code: role.guide for code, role in TABLE.items()}


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/aide")
@open_to(PUBLIC)
def guides() -> ResponseReturnValue:
    """The list of guides, one's own first; or the guide asked for."""
    there = guides_there()
    asked = request.args.get("guide", "")
    if not asked:
        return render_template("aide/guides.html", guides=_own_first(there, current_actor()))
    if asked not in there:
        abort(404)
    texte = guide_html(asked, url_for("aide.guides"), url_for("aide.image"))
    return render_template("aide/guide.html", titre=there[asked], texte=texte)


@blueprint.get("/aide/image")
@open_to(PUBLIC)
def image() -> ResponseReturnValue:
    """A picture of the guides."""
    path = picture_path(request.args.get("nom", ""))
    if path is None:
        abort(404)
    return send_file(path, mimetype="image/png", max_age=3600)


@blueprint.get("/contact")
@open_to(PUBLIC)
def contact() -> ResponseReturnValue:
    """Whom to call: the référent for a company, the administrator for everybody else."""
    asking = current_actor()
    return render_template("aide/contact.html", contacts=contacts_for(asking), asking=asking)


@blueprint.get("/mentions-legales")
@open_to(PUBLIC)
def mentions() -> ResponseReturnValue:
    """Who answers for the application there, what is kept of people and for how long."""
    return render_template("aide/mentions.html", mentions=read_mentions(current_actor()))


@blueprint.get("/accessibilite")
@open_to(PUBLIC)
def accessibilite() -> ResponseReturnValue:
    """The accessibility statement."""
    return render_template("aide/accessibilite.html", mentions=read_mentions(current_actor()))


def _own_first(there: dict[str, str], asking: Acteur | None) -> dict[str, str]:
    first = FIRST.get(asking.role, "") if asking else "guide_entreprise"
    return dict(sorted(there.items(), key=lambda one: one[0] != first))
