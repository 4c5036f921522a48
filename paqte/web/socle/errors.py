"""Pages for what goes wrong: in French, with a reference, never a trace, and with what was typed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, g, make_response, render_template
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from paqte.config import Settings
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.ops.base.damage import damage_of, tell
from paqte.ops.health import BASE_UNAVAILABLE, DBAPI_ERROR, damage_in, is_outdated
from paqte.services.comptes.connexion import TooManyLinks
from paqte.web.socle.acces import page_elsewhere, refuse
from paqte.web.socle.factor import FactorAsked, SignInAsked
from paqte.web.socle.http.headers import request_id
from paqte.web.socle.session import current_identity
from paqte.web.socle.typed.typed_again import PostedFields, typed_again


@dataclass(frozen=True, slots=True)
class Failure:
    """A kind of error as a page tells it. `keeps_typing`: sending the same again may work."""

    titre: str
    texte: str
    keeps_typing: bool = False


PANNES: dict[int, Failure] = {
    400: Failure("Demande incomprise", "Cette demande est incomplète. Revenez à la page précédente et recommencez."),
    401: Failure(
        "Votre session est terminée",
        "Connectez-vous dans un autre onglet, puis revenez ici pour envoyer à nouveau ce que vous aviez saisi.",
        keeps_typing=True,
    ),
    403: Failure("Page réservée", "Cette page n’est pas ouverte à votre compte."),
    404: Failure("Page introuvable", "Cette page n’existe pas ou ne vous est pas ouverte. Vérifiez l’adresse."),
    405: Failure("Action impossible ici", "Cette adresse n’accepte pas cette action. Revenez à la page précédente."),
    409: Failure(
        "Modifié entre-temps",
        "Quelqu’un d’autre a enregistré pendant votre saisie. Rouvrez la page pour voir sa version.",
        keeps_typing=True,
    ),
    413: Failure(
        "Envoi trop volumineux", "Cet envoi dépasse 12 Mo. Réduisez le fichier ou le texte, puis recommencez."
    ),
    422: Failure("Saisie refusée", "Ce qui a été envoyé ne peut pas être enregistré.", keeps_typing=True),
    429: Failure("Trop de demandes", "Attendez un quart d’heure, puis réessayez.", keeps_typing=True),
    500: Failure(
        "Erreur de notre côté",
        "Rien n’a été enregistré à moitié. Réessayez ; si cela se reproduit, donnez la référence ci-dessous.",
        keeps_typing=True,
    ),
    503: Failure(
        "Service momentanément indisponible",
        "La base de données ne répond pas ou est occupée. Réessayez dans quelques secondes.",
        keeps_typing=True,
    ),
}
CSRF = Failure(
    "Formulaire périmé",
    "Cette page était ouverte depuis trop longtemps, ou vous vous êtes reconnecté depuis. Rien n’a été enregistré : "
    "vérifiez votre saisie, puis envoyez-la à nouveau.",
    keeps_typing=True,
)
OTHER_PERSON = (
    "Ce formulaire vient de la session de {auteur}. Depuis, une session de {present} s’est ouverte dans ce navigateur. "
    "Rien n’a été enregistré. Pour l’envoyer au nom de {auteur}, ouvrez de nouveau sa session dans un autre onglet "
    "et revenez ici. Envoyée maintenant, la saisie serait au nom de {present}."
)
MISE_A_JOUR = Failure(
    "Mise à jour en cours",
    "L’application est en cours de mise à jour. Rien n’a été enregistré. Attendez une minute, puis réessayez.",
    keeps_typing=True,
)
ABIMEE = Failure(
    "Service interrompu",
    "La base de données est abîmée. Prévenez la personne qui fait tourner PAQTE : elle doit remettre la dernière "
    "sauvegarde. Gardez une copie de ce que vous avez saisi.",
    keeps_typing=True,
)
FACTEUR = Failure(
    "Un code est demandé",
    "Ce que vous demandez attend un code de votre second facteur. Rien n’a encore changé. Donnez ce code dans un autre "
    "onglet, puis revenez ici pour envoyer à nouveau.",
    keeps_typing=True,
)
RECENTE = Failure(
    "Une connexion récente est demandée",
    "Ce changement touche à l’accès à votre compte : il attend une connexion des dernières minutes. Rien n’a encore "
    "changé. Demandez un lien de connexion dans un autre onglet, ouvrez-le, puis revenez ici pour envoyer à nouveau.",
    keeps_typing=True,
)
RETRY_AFTER = {429: "900", 503: "5"}
KEPT_HEADERS = ("Allow", "Retry-After")


def register(app: Flask) -> None:
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(FactorAsked, lambda _error: _error_page(401, panne=FACTEUR))
    app.register_error_handler(SignInAsked, lambda _error: _error_page(401, panne=RECENTE))
    app.register_error_handler(TooManyLinks, lambda error: _error_page(429, str(error)))
    app.register_error_handler(NotFound, _on_not_found)
    app.register_error_handler(Conflict, lambda error: _error_page(409, str(error)))
    app.register_error_handler(Refused, lambda error: _error_page(422, str(error)))
    for kind in (*BASE_UNAVAILABLE, DBAPI_ERROR):
        app.register_error_handler(kind, _on_base)
    app.register_error_handler(Exception, _on_fault)


def _on_csrf(_error: CSRFError) -> ResponseReturnValue:
    current_app.logger.warning("token refused, request %s", request_id())
    return _error_page(400, panne=CSRF)


def _on_http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    response = make_response(_error_page(code if code in PANNES else _nearest(code)))
    response.status_code = code
    for name, value in error.get_headers():
        if name in KEPT_HEADERS:
            response.headers[name] = value
    return response


def _on_not_found(error: NotFound) -> ResponseReturnValue:
    elsewhere = page_elsewhere()
    if elsewhere is not None:
        return elsewhere
    refuse("introuvable")
    return _error_page(404, str(error))


def _on_base(error: Exception) -> ResponseReturnValue:
    if is_outdated():
        return _on_update()
    if damage_of(error):
        return _on_damage(error)
    if tell(error) is None:
        return _on_fault(error)
    current_app.logger.error("base unavailable, request %s: %s", request_id(), type(error).__name__)
    g.base_is_down = True
    return _error_page(503)


def _on_fault(error: Exception) -> ResponseReturnValue:
    """A fault of ours, unless the base is damaged: what it gives may then make no sense anywhere."""
    settings: Settings = current_app.extensions["paqte"]
    if is_outdated():
        return _on_update()
    if damage_in(settings.database_url):
        return _on_damage(error)
    if current_app.testing or current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    current_app.logger.error("fault, request %s", request_id(), exc_info=error)
    return _error_page(500)


def _on_damage(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("base damaged, request %s: %s", request_id(), type(error).__name__)
    g.base_is_down = True
    return _error_page(503, panne=ABIMEE)


def _on_update() -> ResponseReturnValue:
    """Another version has brought the base further than this one knows: what failed is no fault."""
    current_app.logger.error("base of another version, request %s", request_id())
    g.base_is_down = True
    return _error_page(503, panne=MISE_A_JOUR)


def _nearest(code: int) -> int:
    return 500 if code >= 500 else 400


def _error_page(code: int, texte: str = "", panne: Failure | None = None) -> ResponseReturnValue:
    shown = panne or PANNES[code]
    other, typed = _another_person() if panne is CSRF or code in (403, 404) else ("", None)
    if not typed and shown.keeps_typing:
        typed = typed_again()
    passed = {
        "code": code,
        "titre": "Une autre personne est connectée" if other else shown.titre,
        "texte": other or texte or shown.texte,
        "reference": request_id(),
        "reprise": typed,
        "is_other": bool(other),
        "is_code": shown is FACTEUR,
        "is_recente": shown is RECENTE,
    }
    headers = {"Retry-After": RETRY_AFTER[code]} if code in RETRY_AFTER else {}
    return _render(passed), code, headers


def _another_person() -> tuple[str, PostedFields | None]:
    """What to say, and what was typed, when somebody else has signed in since the form was opened."""
    identity, typed = current_identity(), typed_again()
    if identity is None or typed is None or typed.auteur is None:
        return "", None
    if typed.auteur.utilisateur_id == identity.acteur.utilisateur_id:
        return "", None
    return OTHER_PERSON.format(present=identity.acteur.nom, auteur=typed.auteur.nom), typed


def _render(passed: dict[str, object]) -> str:
    """The page in the theme; bare when no address can be built (a forged Host) or the theme itself fails."""
    if request_ctx.url_adapter is not None:
        try:
            return render_template("erreurs/page.html", **passed)
        except Exception:
            current_app.logger.exception("error page drawn bare, request %s", request_id())
    return render_template("erreurs/nue.html", **passed)
