"""Reports of browsers are read strictly: what names a person, a thing or a secret never comes out of one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.personnes.entree.violations import (
    DIRECTIVES,
    MOST_READ,
    ONE,
    OTHER_PAGE,
    SEVERAL,
    SOURCES,
    ViolationSaid,
    read_reports,
)

HOST = "paqte.exemple.fr"
SITE = f"https://{HOST}"


def page_of(path: str) -> str:
    return "/connexion/<secret>" if path.startswith("/connexion/") else OTHER_PAGE


def read(told: Any, media: str = SEVERAL) -> list[ViolationSaid]:
    return read_reports(json.dumps(told).encode(), media, host=HOST, page_of=page_of)


def of_today(**body: Any) -> dict[str, Any]:
    given = {"documentURL": f"{SITE}/connexion/s3cret?next=/x", "effectiveDirective": "script-src-elem", **body}
    return {"type": "csp-violation", "age": 1, "url": SITE, "user_agent": "Mozilla", "body": given}


def of_before(**body: Any) -> dict[str, Any]:
    return {"csp-report": {"document-uri": f"{SITE}/connexion/s3cret", "violated-directive": "img-src 'self'", **body}}


@pytest.mark.parametrize(
    ("blocked", "source"),
    [
        ("inline", "en_ligne"), ("eval", "eval"), ("wasm-eval", "eval"), ("self", "ici"), ("data", "donnees"),
        ("blob:https://x/1", "donnees"), (f"{SITE}/static/a.js?code=1", "ici"),
        ("https://mal.test/a.js?q=Odile", "ailleurs"),
        ("moz-extension://0f/a.js", "extension"), ("chrome-extension", "extension"), ("", "autre"),
        ("http://[", "autre"),
        ("Odile Marchand", "autre"), (f"{SITE}.mal.test/a.js", "ailleurs"), (f"https://{HOST}@mal.test/", "ailleurs"),
    ],
)  # fmt: skip
def test_of_what_was_blocked_a_kind_remains(blocked: str, source: str) -> None:
    assert read([of_today(blockedURL=blocked)]) == [ViolationSaid("script-src-elem", "/connexion/<secret>", source)]
    assert read(of_before(**{"blocked-uri": blocked}), ONE) == [ViolationSaid("img-src", "/connexion/<secret>", source)]


@pytest.mark.parametrize(
    "body",
    [
        {"documentURL": "https://autre.test/connexion/x"}, {"documentURL": f"https://{HOST}:8443/"},
        {"documentURL": "http://["}, {"documentURL": 7}, {"documentURL": ""}, {"effectiveDirective": "odile-src"},
        {"effectiveDirective": ["script-src"]}, {"effectiveDirective": "x" * 9000},
    ],
)  # fmt: skip
def test_what_is_not_of_our_pages_or_of_no_directive_is_left_out(body: dict[str, Any]) -> None:
    assert read([of_today(**body), of_today()]) == read([of_today()])


def test_a_script_of_an_extension_makes_it_the_extension_s() -> None:
    (said,) = read([of_today(blockedURL="inline", sourceFile="chrome-extension://abc/x.js")])
    assert said.source == "extension"


@pytest.mark.parametrize(
    "told", [b"", b"{", b"\xff\xfe", b"[" * 16_000, b"9" * 16_000, b"NaN", b'"x"', b"{}", b"[[]]x"]
)
@pytest.mark.parametrize("media", [ONE, SEVERAL])
def test_what_makes_no_sense_is_refused(told: bytes, media: str) -> None:
    with pytest.raises(ValueError):
        read_reports(told, media, host=HOST, page_of=page_of)


def test_of_many_at_once_the_first_are_read_and_other_reports_are_none_of_ours() -> None:
    assert len(read([of_today()] * (MOST_READ + 30))) == MOST_READ
    assert read([{"type": "deprecation", "body": of_today()["body"]}, 7, None, {"type": "csp-violation"}]) == []


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_whatever_is_said_only_words_of_ours_come_out(junk: Any) -> None:
    told = [
        of_today(blockedURL=junk, sourceFile=junk),
        of_today(effectiveDirective=junk),
        of_today(documentURL=junk),
        junk,
    ]
    for said in read(told):
        assert said.directive in DIRECTIVES and said.source in SOURCES
        assert said.page in (OTHER_PAGE, "/connexion/<secret>")
