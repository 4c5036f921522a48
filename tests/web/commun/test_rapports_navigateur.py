"""A real browser that our policy keeps from something says so by itself, and nothing of the address goes with it."""

from __future__ import annotations

import base64
import hashlib
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from paqte.models import ViolationCounted, db
from paqte.ops import clock

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import BrowserType, Page

    from tests.fixtures_application import LiveServer

ABOUT_PAGES = True
MISDEEDS = """() => {
    const script = document.createElement("script");
    script.textContent = "window.entre = 1";
    document.body.append(script);
    const image = new Image();
    image.src = "http://127.0.0.1:9/vol?nom=Odile";
    document.body.append(image);
}"""
ADDRESS = "/connexion/un-secret-perime?next=/Odile"
EXPECTED = {
    ("script-src-elem", "/connexion/<secret>", "en_ligne", 1),
    ("img-src", "/connexion/<secret>", "ailleurs", 1),
}


def counted(app: Flask) -> set[tuple[Any, ...]]:
    """What is counted once both have come, or after half a minute."""
    v = ViolationCounted
    for _ in range(300):
        with app.app_context():
            found = {tuple(row) for row in db.session.execute(select(v.directive, v.page, v.source, v.combien))}
        if len(found) >= len(EXPECTED):
            break
        time.sleep(0.1)
    return found


def test_a_page_made_to_do_what_the_policy_forbids_is_told_of(page: Page, live_server: LiveServer) -> None:
    page.goto(ADDRESS)
    page.evaluate(MISDEEDS)
    assert page.evaluate("window.entre") is None
    assert counted(live_server.app) == EXPECTED


class TestEncrypted:
    """By the named endpoint, which browsers take on encrypted pages alone."""

    @pytest.fixture
    def given_settings(self, listener: socket.socket) -> dict[str, object]:
        return {"PAQTE_BASE_URL": f"https://127.0.0.1:{listener.getsockname()[1]}"}

    @pytest.fixture
    def certificate(self, tmp_path: Path) -> tuple[Path, str]:
        """A certificate of this machine with its key, and what a browser is told to trust it by."""
        key, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .sign(key, hashes.SHA256())
        )
        pem, kinds = serialization.Encoding.PEM, serialization
        own = key.private_bytes(pem, kinds.PrivateFormat.PKCS8, kinds.NoEncryption())
        path = tmp_path / "certificat.pem"
        path.write_bytes(made.public_bytes(pem) + own)
        public = key.public_key().public_bytes(kinds.Encoding.DER, kinds.PublicFormat.SubjectPublicKeyInfo)
        return path, base64.b64encode(hashlib.sha256(public).digest()).decode()

    @pytest.fixture
    def served(self, app: Flask, listener: socket.socket, certificate: tuple[Path, str]) -> Iterator[str]:
        from werkzeug.serving import make_server

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate[0])
        host, port = listener.getsockname()
        server = make_server(host, port, app, threaded=True, fd=listener.fileno(), ssl_context=context)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"https://{host}:{port}"
        server.shutdown()
        thread.join()
        server.server_close()

    def test_the_named_endpoint_is_told_too(
        self,
        app: Flask,
        served: str,
        certificate: tuple[Path, str],
        browser_type: BrowserType,
        browser_type_launch_args: dict[str, Any],
    ) -> None:
        trusted = [f"--ignore-certificate-errors-spki-list={certificate[1]}", "--short-reporting-delay"]
        args = {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *trusted]}
        with closing(browser_type.launch(**args)) as browser:
            page = browser.new_page()
            page.goto(served + ADDRESS)
            page.evaluate(MISDEEDS)
            assert counted(app) == EXPECTED
