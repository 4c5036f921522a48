"""Signing in by a mailed link, signing out, and what is kept of oneself."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from paqte.domain.personnes.acteurs import ROLES
from paqte.domain.personnes.roles import PUBLIC, open_to
from paqte.ops import clock
from paqte.queries.comptes.comptes import is_link_open
from paqte.services.comptes.connexion import LinkRefused, request_link
from paqte.services.comptes.personnes import export_own
from paqte.web.commun.copies import handed
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import CourrielField, Required
from paqte.web.socle import session
from paqte.web.socle.way_back import safe_path

blueprint = Blueprint("compte", __name__)
AFTER = "apres_connexion"


class ConnexionForm(OurForm):
    """Where to send the link, and where to go once signed in."""

    courriel = CourrielField("Adresse électronique", [Required("Écrivez votre adresse électronique.")])
    next = HiddenField()


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


def outbox_hint() -> bool:
    """Whether mails only wait in the outbox: a demonstration without a mail server."""
    settings = current_app.extensions["paqte"]
    return not settings.smtp_url and not settings.is_production


@blueprint.route("/connexion", methods=["GET", "POST"])
@open_to(PUBLIC)
def connexion() -> ResponseReturnValue:
    """Ask for a link; the answer is the same whether the address is known or not."""
    if session.is_signed_in():
        return redirect(safe_path(request.args.get("next")) or url_for("public.accueil"))
    form = ConnexionForm(next=safe_path(request.args.get("next")))
    if form.validate_on_submit():
        request_link(
            courriel=form.courriel.data,
            origine=request.remote_addr or "",
            base_url=current_app.extensions["paqte"].base_url,
            now=clock.now(),
        )
        cookie[AFTER] = safe_path(form.next.data)
        return redirect(url_for("compte.lien_envoye"))
    return render_template("compte/connexion.html", form=form, is_outbox_only=outbox_hint()), form.http_status


@blueprint.get("/connexion/lien-envoye")
@open_to(PUBLIC)
def lien_envoye() -> ResponseReturnValue:
    """What to do next: open one's mail."""
    return render_template("compte/lien_envoye.html", is_outbox_only=outbox_hint())


@blueprint.get("/connexion/<secret>")
@open_to(PUBLIC)
def lien(secret: str) -> ResponseReturnValue:
    """A button that uses the link: programs that open the links of mails must not use it up."""
    if not is_link_open(secret=secret, now=clock.now()):
        return render_template("compte/lien_refuse.html"), 410
    return render_template("compte/lien.html", form=OurForm())


@blueprint.post("/connexion/<secret>")
@open_to(PUBLIC)
def ouvrir(secret: str) -> ResponseReturnValue:
    """Use the link up and go where one was going."""
    after = safe_path(request.args.get("next")) or safe_path(cookie.get(AFTER))
    try:
        session.enter(secret)
    except LinkRefused:
        return render_template("compte/lien_refuse.html"), 410
    return redirect(after or url_for("public.accueil"))


@blueprint.get("/compte/donnees")
@open_to(*ROLES)
def mes_donnees() -> ResponseReturnValue:
    """A copy of what is kept of whoever asks (R30)."""
    return handed(export_own(actor=session.actor(), now=clock.now()))


@blueprint.post("/deconnexion")
@open_to(PUBLIC)
def deconnexion() -> ResponseReturnValue:
    """Close the session, here and for every copy of its cookie."""
    session.leave()
    flash("Vous êtes déconnecté.", "succes")
    return redirect(url_for("public.accueil"))
