"""The search of the header: everything of the département that bears the words asked for."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.queries.recherche import LEAST_TYPED, search_all
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor

LONGEST_ASKED = 200


@blueprint.get("/recherche")
@open_to(*TERRITORIAL)
def recherche() -> ResponseReturnValue:
    """What was found, by kind; nothing is looked for of one letter alone."""
    asked = request.args.get("q", "").strip()[:LONGEST_ASKED]
    found = search_all(actor=actor(), q=asked)
    return render_template("referent/recherche.html", q=asked, trouve=found, au_moins=LEAST_TYPED)
