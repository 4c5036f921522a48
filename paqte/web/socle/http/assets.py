"""Files of the theme and of Bootstrap, typeface: named by a hash of their content, kept for a year, compressed once."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, current_app, request
from werkzeug.utils import safe_join

from paqte.domain.personnes.roles import PUBLIC, open_to
from paqte.reporting import typeface

ENDPOINTS = frozenset({"static", "bootstrap.static"})
COMPRESSIBLE = frozenset({".css", ".js", ".svg", ".txt", ".map"})
WORTH_IT = 1_000
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file read once; `packed` is its gzip, None when that saves nothing."""

    body: bytes
    packed: bytes | None
    media_type: str
    version: str


def register(app: Flask) -> None:
    """Serve both folders with our view, and add the content's hash to every address of a file."""
    app.view_functions["static"] = open_to(PUBLIC)(_serve_ours)
    app.view_functions["bootstrap.static"] = open_to(PUBLIC)(_serve_bootstrap)
    app.url_defaults(_add_version)


def _serve_ours(filename: str) -> Response:
    return _serve(_folder("static"), filename)


def _serve_bootstrap(filename: str) -> Response:
    return _serve(_folder("bootstrap.static"), filename)


def _folder(endpoint: str) -> str:
    """Where the files of this endpoint lie."""
    name = endpoint.rpartition(".")[0]
    holder = current_app.blueprints[name] if name else current_app
    return str(holder.static_folder)


def _serve(folder: str, filename: str) -> Response:
    asset = _typeface(filename) if filename in typeface.PAGE_FILES else _file(folder, filename)
    if asset is None:
        abort(404)
    response = Response(asset.body, mimetype=asset.media_type)
    if asset.packed is not None:
        response.vary.add("Accept-Encoding")
        if "gzip" in request.accept_encodings:
            response.set_data(asset.packed)
            response.content_encoding = "gzip"
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") == asset.version else ASK_AGAIN
    response.set_etag(asset.version + ("-gz" if response.content_encoding else ""))
    return response.make_conditional(request)


def _file(folder: str, filename: str) -> Asset | None:
    path = safe_join(folder, filename)
    if path is None or not Path(path).is_file():
        return None
    return read_asset(path, Path(path).stat().st_mtime_ns)


def _typeface(filename: str) -> Asset:
    """Made from the installed typeface, not a file of the folder: see paqte.reporting.typeface."""
    return Asset(typeface.page_file(filename), None, "font/woff", typeface.page_file_version(filename))


@cache
def read_asset(path: str, _changed: int) -> Asset:
    """The file, its gzip and its hash; read again only when it changed on disk."""
    body = Path(path).read_bytes()
    if path.endswith(".css"):
        body = _with_versions(body)
    packed = gzip.compress(body, 9, mtime=0) if Path(path).suffix in COMPRESSIBLE and len(body) > WORTH_IT else None
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return Asset(body, packed, media_type, hashlib.sha256(body).hexdigest()[:12])


def _with_versions(stylesheet: bytes) -> bytes:
    """The stylesheet, the typeface it names told with its version: a browser then asks for it once a year."""
    for name in typeface.PAGE_FILES:
        told = f"url({name}?v={typeface.page_file_version(name)})"
        stylesheet = stylesheet.replace(f"url({name})".encode(), told.encode())
    return stylesheet


def _add_version(endpoint: str, values: dict[str, object]) -> None:
    if endpoint not in ENDPOINTS or "v" in values:
        return
    asset = _file(_folder(endpoint), str(values.get("filename", "")))
    if asset is not None:
        values["v"] = asset.version
