"""Single sign-on: to the provider and back, and out of it."""

from __future__ import annotations

import hmac
from dataclasses import asdict

from flask import Blueprint, Flask, abort, current_app, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import ROLES
from paqte.domain.personnes.fournisseur import ProviderSettings
from paqte.domain.personnes.roles import PUBLIC, open_to
from paqte.domain.personnes.sessions import LINK_LIFE
from paqte.ops import clock
from paqte.ops.outward.provider import ProviderFailed
from paqte.ops.outward.sign_on import SignOnAsked, draw_request, provider_page
from paqte.services.comptes.entree.fournisseur import (
    DOWN,
    STOPPED,
    UNSOUND,
    USED,
    ProviderAnswer,
    SignOnRefused,
    open_provided_session,
    record_provided_refusal,
    untie_provider,
)
from paqte.web.commun.compte import ConnexionForm, sign_in_page, signed_out
from paqte.web.commun.entree.sortie import LEAVING, provider_name, provider_settings, public_page
from paqte.web.socle import session
from paqte.web.socle.way_back import safe_path

blueprint = Blueprint("fournisseur", __name__)
LEFT_WITH = "fournisseur"


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(nom_fournisseur=provider_name)


@blueprint.get("/connexion/fournisseur")
@open_to(PUBLIC)
def partir() -> ResponseReturnValue:
    """Send the browser to the provider; what its answer must fit stays in the signed cookie."""
    provider, suite = _provider(), safe_path(request.args.get("next"))
    if session.is_signed_in():
        return redirect(suite or url_for("public.accueil"))
    asked = draw_request()
    try:
        there = provider_page(provider, asked, public_page("fournisseur.retour"))
    except ProviderFailed as failed:
        current_app.logger.warning("single sign-on not begun: %s", failed)
        sentence = DOWN if failed.is_down else UNSOUND
        return _refused(sentence.format(nom=provider.nom), suite, is_down=failed.is_down)
    cookie[LEFT_WITH] = {**asdict(asked), "quand": int(clock.now().timestamp()), "next": suite}
    return redirect(there)


@blueprint.get("/connexion/fournisseur/retour")
@open_to(PUBLIC)
def retour() -> ResponseReturnValue:
    """Judge the provider's answer, and open the session of the account that it proves."""
    provider, kept = _provider(), _left_with()
    suite = safe_path(kept.get("next")) if kept else None
    if kept is None:
        return _refused(USED.format(nom=provider.nom), suite)
    cookie.pop(LEFT_WITH)
    now, depuis = clock.now(), session.provenance()
    if "error" in request.args:
        record_provided_refusal(motif="refusée chez le fournisseur", now=now, depuis=depuis)
        return _refused(STOPPED.format(nom=provider.nom), suite)
    code, issuer = (request.args.get(name, "") for name in ("code", "iss"))
    try:
        opened = open_provided_session(
            fournisseur=provider,
            reponse=ProviderAnswer(code, issuer, public_page("fournisseur.retour")),
            asked=SignOnAsked(kept["state"], kept["nonce"], kept["verifier"]),
            now=now,
            depuis=depuis,
        )
    except SignOnRefused as refused:
        return _refused(str(refused), suite, is_down=refused.is_down)
    session.take_seat(opened)
    return redirect(suite or url_for("public.accueil"))


@blueprint.get("/deconnexion/fournisseur")
@open_to(PUBLIC)
def sorti() -> ResponseReturnValue:
    """Back from the provider, whose session is closed too."""
    _provider()
    expected, given = cookie.pop(LEAVING, ""), request.args.get("state", "")
    if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
        return redirect(url_for("public.accueil"))
    return signed_out()


@blueprint.post("/compte/fournisseur/detacher")
@open_to(*ROLES)
def detacher() -> ResponseReturnValue:
    """Forget the number by which the provider knows one's own account."""
    provider = _provider()
    untie_provider(actor=session.actor(), emetteur=provider.issuer, now=clock.now())
    flash(f"Votre compte n’est plus rattaché à une identité {provider.nom}.", "succes")
    return redirect(url_for("compte.mon_compte"))


def _provider() -> ProviderSettings:
    return provider_settings() or abort(404)


def _left_with() -> dict[str, str] | None:
    """What this browser left with, when the answer fits it: of this attempt, ten minutes at most."""
    kept, given = cookie.get(LEFT_WITH), request.args.get("state", "")
    if not isinstance(kept, dict) or not hmac.compare_digest(str(kept.get("state")).encode(), given.encode()):
        return None
    age = clock.now().timestamp() - kept["quand"]
    return kept if -60 < age < LINK_LIFE.total_seconds() else None


def _refused(sentence: str, suite: str | None, *, is_down: bool = False) -> ResponseReturnValue:
    """The page of both ways in, with what went wrong: a mailed link does as well."""
    status = 503 if is_down else 403
    return sign_in_page(ConnexionForm(formdata=None, next=suite), sentence), status
