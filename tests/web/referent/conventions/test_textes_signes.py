"""The PDF of a signed convention: checked, kept, handed over in a sandbox."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from paqte.services.conventions.fichiers import MAX_PDF
from tests.web.referent.pages import act, errors_of, fields_of, page_of

if TYPE_CHECKING:
    from flask.testing import FlaskClient
from tests.factories import A_PDF

ABOUT_PAGES = True
PDF = A_PDF
Made = Callable[..., int]


def hand_in(browser: FlaskClient, key: int, octets: bytes, name: str = "Convention signée.pdf") -> Any:
    known = fields_of(browser.get(page_of(key)).text, "/texte")
    data = {**known, "texte": (io.BytesIO(octets), name)}
    return browser.post(page_of(key, "/texte"), data=data, content_type="multipart/form-data")


def test_the_signed_text_is_handed_in_and_comes_back_as_a_download_in_a_sandbox(
    camille: FlaskClient, make: Made
) -> None:
    key = make()
    assert camille.get(page_of(key, "/texte")).status_code == 404
    assert hand_in(camille, key, PDF).status_code == 302
    answer = camille.get(page_of(key, "/texte"))
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "filename*=UTF-8''Convention%20sign%C3%A9e.pdf" in disposition
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Convention signée.pdf" in camille.get(page_of(key)).text


@pytest.mark.parametrize("name", ['a"b;c.pdf', "../../x.pdf", "🌳" * 300, "", "/"])
def test_no_name_of_a_file_reaches_the_headers_raw(camille: FlaskClient, make: Made, name: str) -> None:
    key = make()
    hand_in(camille, key, PDF, name or "sans-nom")
    headers = camille.get(page_of(key, "/texte")).headers
    assert len(headers["Content-Disposition"]) < 2_000
    assert headers["Content-Disposition"].isascii()


@pytest.mark.parametrize("octets", [b"", b"PK\x03\x04", b"%PDF-" + b"0" * MAX_PDF], ids=["vide", "zip", "lourd"])
def test_what_is_not_a_pdf_is_refused_beside_its_field(camille: FlaskClient, make: Made, octets: bytes) -> None:
    key = make()
    answer = hand_in(camille, key, octets)
    assert (answer.status_code, errors_of(answer.text)) == (422, ["texte"])
    assert camille.get(page_of(key, "/texte")).status_code == 404


def test_a_send_without_any_file_is_refused_beside_its_field(camille: FlaskClient, make: Made) -> None:
    key = make()
    answer = act(camille, page_of(key), page_of(key, "/texte"))
    assert (answer.status_code, errors_of(answer.text)) == (422, ["texte"])


def test_a_send_over_the_limit_of_the_server_is_a_page_that_says_so(camille: FlaskClient, make: Made) -> None:
    assert hand_in(camille, make(), b"%PDF-" + b"0" * 13_000_000).status_code == 413
