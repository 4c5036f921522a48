"""Headers of every answer: what the browser may run, keep and tell."""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, g, request

from paqte.domain.exposition import HTTPS_ALONE
from paqte.web.socle.http import assets, body, packing

# Where browsers say what the policy kept a page from (web/commun/public.py).
REPORTS, REPORTS_NAME = "/rapports/csp", "csp"
CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",  # brouillon.js keeps a draft when a field is left
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        f"report-uri {REPORTS}",
    )
)
FIXED = {
    "Content-Security-Policy": CSP,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Nothing of a session that ended stays in the browser; its cookie, which bears one last message, is emptied by ours.
CLEARED = '"cache", "storage"'
LEAVING = frozenset({"compte.deconnexion"})


def register(app: Flask) -> None:
    body.register(app)
    assets.register(app)
    packing.register(app)
    app.before_request(_name_request)
    app.after_request(_add_headers)


def request_id() -> str:
    """What names this request on an error page and in the logs."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return str(g.request_id)


def _name_request() -> None:
    request_id()


def _stay_on_scheme(response: Response) -> None:
    """A redirection Werkzeug makes by itself names the scheme the proxy used towards us: the path alone is sure."""
    location = response.headers.get("Location", "")
    if location.startswith("http") and location.startswith(request.host_url):
        response.headers["Location"] = "/" + location[len(request.host_url) :].lstrip("/")


def _add_headers(response: Response) -> Response:
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = request_id()
    _stay_on_scheme(response)
    if current_app.extensions["paqte"].is_https:
        response.headers["Strict-Transport-Security"] = HTTPS_ALONE
        # Browsers take this name on encrypted pages alone, and then no longer read the address of the policy.
        response.headers["Reporting-Endpoints"] = f'{REPORTS_NAME}="{REPORTS}"'
        response.headers["Content-Security-Policy"] += f"; report-to {REPORTS_NAME}"
    if request.endpoint not in assets.ENDPOINTS:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    if request.endpoint in LEAVING:
        response.headers["Clear-Site-Data"] = CLEARED
    if request.environ.get("SERVER_SOFTWARE", "").startswith("Werkzeug"):
        response.headers["Server"] = "PAQTE"  # Werkzeug would tell its version; gunicorn names itself alone
    return response
