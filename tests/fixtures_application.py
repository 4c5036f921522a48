"""The application on a fresh base, asked without a network (`client`) or served for real (`live_server`)."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.fixtures_base import MadeOnce

BUILDERS = ("_build", "_build_unknown")
COMPILED = ("_parts", "_trace", "_converters", "arguments")


@dataclass(frozen=True, slots=True)
class LiveServer:
    """The application listening on a port of its own; `url` is its public address."""

    url: str
    app: Flask


@pytest.fixture
def given_settings() -> Mapping[str, object]:
    """Settings a module or a test wants otherwise; override this fixture, names as in the environment."""
    return {}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket already bound to a free port, so that the public address is known before the start."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        yield bound


@pytest.fixture
def app_settings(
    database_url: str, tmp_path: Path, given_settings: Mapping[str, object], request: pytest.FixtureRequest
) -> dict[str, object]:
    """What create_app is given: a base, an instance folder and a reports folder of this test's own."""
    base_url = "http://localhost"
    if "live_server" in request.fixturenames:
        base_url = f"http://127.0.0.1:{request.getfixturevalue('listener').getsockname()[1]}"
    return {
        "PAQTE_ENV": "demonstration",
        "PAQTE_DATABASE_URL": database_url,
        "PAQTE_INSTANCE": str(tmp_path / "instance"),
        "PAQTE_REPORTS": str(tmp_path / "reports"),
        "PAQTE_BASE_URL": base_url,
        "TESTING": True,
        **given_settings,
    }


@pytest.fixture(scope="session", autouse=True)
def addresses_compiled_once() -> Iterator[None]:
    """Addresses compiled once: each test has an application of its own, and all have the same routes.

    What Werkzeug compiles depends on the rule and on the converters of its map, which keep nothing of a request.
    """
    compiled: dict[object, dict[str, Any]] = {}
    compile_alone = Rule.compile

    def once(rule: Rule) -> None:
        key = (rule.rule, rule.subdomain, rule.merge_slashes, *rule.map.converters.values())
        if key in compiled and not rule.defaults:
            kept = compiled[key]
            rule.__dict__ |= kept | {name: kept[name].__func__.__get__(rule) for name in BUILDERS}
            return
        compile_alone(rule)
        if not rule.defaults:
            compiled[key] = {name: getattr(rule, name) for name in (*COMPILED, *BUILDERS)}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", once)
        yield


@pytest.fixture(scope="session")
def compiled_templates(made_once: MadeOnce) -> FileSystemBytecodeCache:
    """Templates once compiled: each test has an application of its own, and all have the same templates."""
    return FileSystemBytecodeCache(str(made_once("gabarits", lambda folder: None)))


@pytest.fixture
def app(app_settings: dict[str, object], compiled_templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The application, its schema created and its base empty."""
    from paqte import create_app
    from paqte.models import db

    application = create_app(app_settings)
    application.jinja_env.bytecode_cache = compiled_templates
    yield application
    with application.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Any]:
    """The session of an open application context: services and queries can be called as they are."""
    from paqte.models import db

    with app.app_context():
        yield db.session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a network: app.test_client()."""
    return app.test_client()


@pytest.fixture
def live_server(app: Flask, listener: socket.socket) -> Iterator[LiveServer]:
    """The application served on 127.0.0.1, in threads of this process."""
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    host, port = listener.getsockname()
    server = make_server(host, port, app, threaded=True, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield LiveServer(url=f"http://{host}:{port}", app=app)
    server.shutdown()
    thread.join()
    server.server_close()
