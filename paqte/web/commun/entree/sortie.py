"""Leaving the provider of single sign-on, once the session here is closed."""

from __future__ import annotations

import secrets

from flask import current_app, make_response, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from paqte.config import Settings
from paqte.domain.personnes.fournisseur import ProviderSettings
from paqte.ops.outward.provider import ProviderFailed
from paqte.ops.outward.sign_on import DRAWN, closing_page

LEAVING = "sortie"


def provider_settings() -> ProviderSettings | None:
    """The provider of this installation; None where there is none."""
    settings: Settings = current_app.extensions["paqte"]
    return settings.fournisseur


def provider_name() -> str:
    """How its button calls it, "" where there is none."""
    provider = provider_settings()
    return provider.nom if provider else ""


def public_page(endpoint: str) -> str:
    """The full address of a page, as it was declared to the provider, whatever Host was sent."""
    settings: Settings = current_app.extensions["paqte"]
    return settings.base_url + url_for(endpoint)


def leave_provider(token: str) -> ResponseReturnValue | None:
    """A page that leads to the provider to close its session too; None where there is nothing to close there.

    A page of its own, and no redirection: our policy lets no form lead elsewhere.
    """
    provider = provider_settings()
    if provider is None or not token:
        return None
    state = secrets.token_urlsafe(DRAWN)
    try:
        url = closing_page(provider, token, state, public_page("fournisseur.sorti"))
    except ProviderFailed as failed:
        current_app.logger.warning("the provider's session stays open: %s", failed)
        return None
    if not url:
        return None
    cookie[LEAVING] = state
    shown = make_response(render_template("compte/sortie_fournisseur.html", url=url, fournisseur=provider.nom))
    shown.headers["Refresh"] = f"0; url={url}"
    return shown
