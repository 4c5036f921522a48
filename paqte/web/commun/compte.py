"""Signing in by a mailed link, signing out, and what is kept of oneself."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from paqte.domain.personnes.acteurs import ROLES
from paqte.domain.personnes.entree.demande import code_shown
from paqte.domain.personnes.roles import PUBLIC, open_to
from paqte.ops import clock
from paqte.queries.comptes.comptes import JetonShown, list_sessions, own_address, read_link
from paqte.queries.comptes.entree.fournisseur import closing_token, tied_since
from paqte.services.comptes.connexion import (
    CodeAsked,
    LinkRefused,
    end_other_sessions,
    end_session,
    record_dead_link,
    request_link,
)
from paqte.services.comptes.identite import ask_new_address, change_own_name, prove_address
from paqte.services.comptes.personnes import export_own
from paqte.web.affichage.filters import plural
from paqte.web.commun.copies import handed
from paqte.web.commun.entree.sortie import leave_provider, provider_settings
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import OWN_ADDRESS, CourrielField, Required, TextField
from paqte.web.socle import session
from paqte.web.socle.typed.once import once
from paqte.web.socle.way_back import safe_path

blueprint = Blueprint("compte", __name__)
AFTER = "apres_connexion"
OF_LINK = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class ConnexionForm(OurForm):
    """Where to send the link, and where to go once signed in."""

    courriel = CourrielField(
        "Adresse électronique", [Required("Écrivez votre adresse électronique.")], render_kw=OWN_ADDRESS
    )
    next = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session.prepare_to_ask()


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


def outbox_hint() -> bool:
    """Whether mails only wait in the outbox: a demonstration without a mail server."""
    settings = current_app.extensions["paqte"]
    return not settings.smtp_url and not settings.is_production


@blueprint.route("/connexion", methods=["GET", "POST"])
@open_to(PUBLIC)
@once
def connexion() -> ResponseReturnValue:
    """Ask for a link; the answer is the same whether the address is known or not."""
    # Asked again by whoever must prove who she is, although a session is open.
    if session.is_signed_in() and request.method != "POST" and "encore" not in request.args:
        return redirect(safe_path(request.args.get("next")) or url_for("public.accueil"))
    form = ConnexionForm(next=safe_path(request.args.get("next")))
    if form.validate_on_submit():
        request_link(
            courriel=form.courriel.data,
            origine=request.remote_addr or "",
            base_url=current_app.extensions["paqte"].base_url,
            now=clock.now(),
            navigateur=session.asked_here(),
        )
        cookie[AFTER] = safe_path(form.next.data)
        return redirect(url_for("compte.lien_envoye"))
    return sign_in_page(form), form.http_status


def sign_in_page(form: ConnexionForm, refus: str = "") -> str:
    """The page of both ways in; `refus` is why single sign-on did not do."""
    return render_template("compte/connexion.html", form=form, is_outbox_only=outbox_hint(), refus=refus)


@blueprint.get("/connexion/lien-envoye")
@open_to(PUBLIC)
def lien_envoye() -> ResponseReturnValue:
    """What to do next: open one's mail; and the code that its link asks for in any other browser."""
    asked, settings = session.asked_here(), current_app.extensions["paqte"]
    code = code_shown(asked, settings.secret_key) if asked else ""
    return render_template("compte/lien_envoye.html", is_outbox_only=outbox_hint(), code=code)


class JetonForm(OurForm):
    """The code of the browser that asked for the link, when this is another one."""

    code = TextField("Code affiché là où vous avez demandé ce lien", limite=40, render_kw=OF_LINK)
    version = None


@blueprint.get("/connexion/<secret>")
@open_to(PUBLIC)
def lien(secret: str) -> ResponseReturnValue:
    """A button that uses the link: programs that open the links of mails must not use it up."""
    found = read_link(secret=secret, now=clock.now())
    if found is None:
        record_dead_link(secret=secret, now=clock.now(), depuis=session.provenance())
        return _dead_link()
    return _link_page(JetonForm(formdata=None), found), 200


@blueprint.post("/connexion/<secret>")
@open_to(PUBLIC)
def ouvrir(secret: str) -> ResponseReturnValue:
    """Use the link up: go where one was going, or take the address that it proves."""
    found = read_link(secret=secret, now=clock.now())
    after = safe_path(request.args.get("next")) or safe_path(cookie.get(AFTER))
    form = JetonForm()
    try:
        if found is not None and found.adresse:
            return _address_proved(secret)
        session.enter(secret, form.code.data or "")
    except LinkRefused:
        return _dead_link()
    except CodeAsked as asked:
        form.apply_refusal(asked)
        return (_link_page(form, found), 422) if found is not None else _dead_link()
    return redirect(after or url_for("public.accueil"))


def _link_page(form: JetonForm, found: JetonShown) -> str:
    is_elsewhere = bool(found.navigateur) and found.navigateur != session.asked_here()
    present = session.current_identity()
    return render_template("compte/lien.html", form=form, compte=found, present=present, is_elsewhere=is_elsewhere)


def _dead_link() -> ResponseReturnValue:
    """A link followed again opens what it named to whoever is signed in, by her own rights; else another is asked for,
    which leads there too."""
    suite = safe_path(request.args.get("next"))
    if suite and session.is_signed_in():
        return redirect(suite)
    return render_template("compte/lien_refuse.html", suite=suite or None), 410


def _address_proved(secret: str) -> ResponseReturnValue:
    address = prove_address(
        secret=secret,
        kept=session.own_secret(),
        base_url=current_app.extensions["paqte"].base_url,
        now=clock.now(),
        depuis=session.provenance(),
    )
    flash(f"L’adresse de votre compte est maintenant {address}.", "succes")
    return redirect(url_for("compte.mon_compte" if session.is_signed_in() else "compte.connexion"))


class NameForm(OurForm):
    """One's own name."""

    nom = TextField("Prénom et nom", [Required()], limite=120, render_kw={"autocomplete": "name"})
    version = None


class AddressForm(OurForm):
    """Where one's own mails are to go."""

    courriel = CourrielField(
        "Nouvelle adresse électronique", [Required("Écrivez la nouvelle adresse.")], render_kw=OWN_ADDRESS
    )
    version = None


@blueprint.route("/compte", methods=["GET", "POST"])
@open_to(*ROLES)
def mon_compte() -> ResponseReturnValue:
    """One's own name, and what else there is to change: the address, the open sessions, the copy of one's data."""
    form = NameForm(data={"nom": session.actor().nom})
    if form.validate_on_submit():
        with form.refusals():
            change_own_name(actor=session.actor(), nom=form.nom.data, now=clock.now())
            flash("Votre nom est enregistré. Ce que vous avez déjà signé garde le nom d’alors.", "succes")
            return redirect(url_for("compte.mon_compte"))
    return _account_page(form, AddressForm(formdata=None), form.http_status)


@blueprint.post("/compte/adresse")
@open_to(*ROLES)
@once
def mon_adresse() -> ResponseReturnValue:
    """Ask for another address: a link leaves for it."""
    form = AddressForm()
    if form.validate_on_submit():
        with form.refusals():
            ask_new_address(
                actor=session.actor(),
                courriel=form.courriel.data,
                base_url=current_app.extensions["paqte"].base_url,
                now=clock.now(),
            )
            flash(f"Un courriel part à {form.courriel.data} : rien ne change avant l’ouverture de son lien.", "succes")
            return redirect(url_for("compte.mon_compte"))
    return _account_page(NameForm(formdata=None, data={"nom": session.actor().nom}), form, form.http_status)


def _account_page(nom: NameForm, adresse: AddressForm, status: int) -> ResponseReturnValue:
    asking, now = session.actor(), clock.now()
    provider = provider_settings()
    shown = render_template(
        "compte/compte.html",
        rattache_le=tied_since(actor=asking, emetteur=provider.issuer) if provider else None,
        form=adresse if adresse.points_to_correct() else nom,
        nom=nom,
        adresse=adresse,
        courriel=own_address(actor=asking),
        sessions=list_sessions(actor=asking, secret=session.own_secret(), now=now),
    )
    return shown, status


@blueprint.post("/compte/session")
@open_to(*ROLES)
def session_prolonger() -> ResponseReturnValue:
    """Stay signed in, asked by the page itself when the session is about to end."""
    return jsonify(session.prolong())


@blueprint.post("/compte/sessions/<int:session_id>/fermer")
@open_to(*ROLES)
def session_fermer(session_id: int) -> ResponseReturnValue:
    """End one of one's own sessions."""
    end_session(actor=session.actor(), session_id=session_id, now=clock.now())
    flash("La session est fermée.", "succes")
    return redirect(url_for("compte.mon_compte"))


@blueprint.post("/compte/sessions/fermer")
@open_to(*ROLES)
def sessions_fermer() -> ResponseReturnValue:
    """End all of one's own sessions but this one."""
    ended = end_other_sessions(actor=session.actor(), secret=session.own_secret(), now=clock.now())
    flash(plural(ended, "session fermée", "sessions fermées") + ". Celle-ci reste ouverte.", "succes")
    return redirect(url_for("compte.mon_compte"))


@blueprint.get("/compte/donnees")
@open_to(*ROLES)
def mes_donnees() -> ResponseReturnValue:
    """A copy of what is kept of whoever asks (R30)."""
    return handed(export_own(actor=session.actor(), now=clock.now()))


@blueprint.post("/deconnexion")
@open_to(PUBLIC)
def deconnexion() -> ResponseReturnValue:
    """Close the session, here and for every copy of its cookie, then at the provider that opened it."""
    closing = closing_token(secret=session.own_secret())
    session.leave()
    return leave_provider(closing) or signed_out()


def signed_out() -> ResponseReturnValue:
    """The front page, and that one is signed out."""
    flash("Vous êtes déconnecté.", "succes")
    return redirect(url_for("public.accueil"))
