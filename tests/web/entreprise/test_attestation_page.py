"""The attestation as a page: word for word what the PDF says, opened by the same right, verified by its own code."""

from __future__ import annotations

import re
from collections import defaultdict
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pdfplumber

from paqte.services.declarations.declarations import validate_declaration
from tests.factories import a_convention, a_signataire
from tests.web.entreprise.conftest import Maison

ABOUT_PAGES = True
CODE = re.compile(r"(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}")


class Article(HTMLParser):
    """What the article of a page says, in its order; the title of the table, which no eye sees, left aside."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inside, self.said = False, ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = (self.inside or tag == "article") and tag != "caption"

    def handle_endtag(self, tag: str) -> None:
        self.inside = (self.inside or tag == "caption") and tag != "article"

    def handle_data(self, data: str) -> None:
        self.said += data if self.inside else ""


def letters(text: str) -> str:
    """Without its spaces: a PDF has none where a line ends."""
    return "".join(CODE.sub("CODE", text.replace("\u200b", "")).split())


def told_by_pdf(octets: bytes) -> str:
    """All that the pages say, in the order in which a screen reader is told; an artifact is told to nobody."""
    with pdfplumber.open(BytesIO(octets)) as pdf:
        texts = [_by_mark(page) for page in pdf.pages]
        return "".join(_read(one, texts) for one in pdf.structure_tree)


def _by_mark(page: Any) -> dict[int, str]:
    """What is broken inside a mark (an address longer than a line) has a mark of its own, without a number."""
    texts, last = defaultdict[int, str](str), -1
    for character in page.chars:
        last = last if character["mcid"] is None else character["mcid"]
        texts[last] += character["text"]
    return texts


def _read(element: Any, texts: list[dict[int, str]]) -> str:
    own = "".join(texts[element["page_number"] - 1][n] for n in element.get("mcids", ()))
    return own + "".join(_read(child, texts) for child in element.get("children", ()))


def test_the_page_says_word_for_word_what_the_pdf_says(maison: Maison) -> None:
    path = f"/entreprise/conventions/{maison.convention}/attestation"
    assert f'href="{path}/page"' in maison.html(), "linked beside the PDF"
    maison.send(S2="4", S2p="4", S2p_sur="9", S7="1234,5", R1="1", R3_neant="y", X1="2,5")
    maison.by_camille(validate_declaration)
    page = maison.browser.get(f"{path}/page")
    said = Article(page.text).said
    assert "4\u00a0personnes" in said and "44,4\u00a0%" in said and "2,5\u00a0arbres" in said
    assert letters(said) == letters(told_by_pdf(maison.browser.get(path).data))


def test_its_own_code_is_verified_by_anybody_and_another_company_is_refused(maison: Maison) -> None:
    path = f"/entreprise/conventions/{maison.convention}/attestation/page"
    first, second = (CODE.findall(maison.browser.get(path).text) for _ in range(2))
    assert len(first) == len(second) == 1 and first != second
    anybody = maison.app.test_client()
    verdicts = [anybody.get("/attestations/verifier", query_string={"code": one}).text for one in (*first, "AAAA")]
    assert ["Attestation authentique" in verdict for verdict in verdicts] == [True, False]
    with maison.app.app_context():
        foreign = a_convention(a_signataire("Voisine (fictif)"), "S2")
        unsigned = a_convention(maison.signataire, "S2", statut="projet", signee_le=None)
    assert maison.browser.get(f"/entreprise/conventions/{foreign}/attestation/page").status_code == 404
    refused = maison.browser.get(f"/entreprise/conventions/{unsigned}/attestation/page")
    assert refused.status_code == 422 and not CODE.search(refused.text)
