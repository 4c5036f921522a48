"""Putting the application together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from paqte.config import Settings, read_settings
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.models.base import db
from paqte.ops.logging import log_requests
from paqte.ops.mesures.requests import count_requests
from paqte.web import admin, entreprise, national, referent, region
from paqte.web.affichage import filters
from paqte.web.commun import aide, bilans, compte, justificatifs, public, taches
from paqte.web.commun.entree import cles, facteurs, fournisseur
from paqte.web.socle import acces, errors, messages
from paqte.web.socle.http import headers, ids

MAX_BODY = 12 * 1024 * 1024
MAX_TYPED, MAX_FIELDS = 1_500_000, 2_000
MOST_THREADS = 64
csrf = CSRFProtect()


def build_app(config: Mapping[str, object] | None = None) -> Flask:
    """The whole application for these settings; ConfigurationRefused or CatalogueRefused when it cannot serve."""
    settings = read_settings(config)
    catalogue()  # a grid that contradicts itself is refused at start, with the line
    app = Flask("paqte", instance_path=str(settings.instance))
    app.config.update(_flask_settings(settings))
    app.config.update({k: v for k, v in (config or {}).items() if not k.startswith("PAQTE_")})
    app.extensions["paqte"] = settings
    db.init_app(app)
    csrf.init_app(app)
    Bootstrap5(app)
    csrf.exempt(public.violations)  # a browser sends its reports by itself
    shared = (ids, headers, errors, filters, acces, messages, public, aide, compte, bilans, justificatifs, taches)
    for part in (*shared, fournisseur, facteurs, cles, referent, entreprise, national, region, admin):
        part.register(app)
    log_requests(app)
    if settings.has_metrics:
        count_requests(app)
    if settings.is_production:
        # A proxy always stands before it there, and says who asks; the name asked for is our own setting.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=0)  # type: ignore[method-assign]
    return app


def _flask_settings(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.anciennes_cles),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "SESSION_COOKIE_NAME": "__Host-paqte" if settings.is_https else "paqte",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "TRUSTED_HOSTS": _trusted_hosts(settings),
        "MAX_CONTENT_LENGTH": MAX_BODY,
        "MAX_FORM_MEMORY_SIZE": MAX_TYPED,
        "MAX_FORM_PARTS": MAX_FIELDS,
        "WTF_I18N_ENABLED": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "BOOTSTRAP_SERVE_LOCAL": True,
        "TEMPLATES_AUTO_RELOAD": False,
    }


def _engine_options(settings: Settings) -> dict[str, object]:
    """On SQLite a connection for each thread: readers never wait behind writers who wait for the lock."""
    return {"max_overflow": MOST_THREADS} if settings.database_url.startswith("sqlite:///") else {}


def _trusted_hosts(settings: Settings) -> list[str]:
    """Only the public address, so that no forged Host reaches a mailed link; loopback outside production."""
    hosts = [settings.public_host.rpartition(":")[0] or settings.public_host, settings.public_host]
    return hosts if settings.is_production else [*hosts, "127.0.0.1", "localhost"]
