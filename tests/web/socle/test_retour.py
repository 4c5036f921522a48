"""Where one may be sent after signing in."""

from __future__ import annotations

import pytest

from paqte.web.socle.way_back import safe_path

ELSEWHERE = [
    "//evil.example",
    "https:evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "https://good.evil",
    "%2f%2fevil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "///evil.example",
    "/%09/evil.example",
    "@evil.example",
    " /referent/",
    "/référent",
    "",
    None,
    "/" + "a" * 2_000,
]


@pytest.mark.parametrize("asked", ELSEWHERE)
def test_whatever_might_leave_the_site_leads_nowhere(asked: str | None) -> None:
    assert safe_path(asked) == ""


@pytest.mark.parametrize("asked", ["/", "/referent/", "/referent/signataires?q=a%20b&page=2", "/a:b", "/a@b"])
def test_a_path_of_the_site_is_kept_as_it_is(asked: str) -> None:
    assert safe_path(asked) == asked
