"""Pages go compressed to whoever asks, whole to the others, and never twice the same length."""

from __future__ import annotations

import gzip
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ABOUT_PAGES = True
PAGE = "/aide?guide=guide_referent"


def test_a_page_is_the_same_compressed_or_not_and_says_on_what_it_depends(client: FlaskClient) -> None:
    whole, packed = client.get(PAGE), client.get(PAGE, headers={"Accept-Encoding": "br, gzip"})
    assert whole.content_encoding is None and packed.content_encoding == "gzip"
    for answer in (whole, packed):
        assert {"Cookie", "Accept-Encoding"} <= set(answer.vary)
        assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert len(packed.data) < len(whole.data) / 2
    assert gzip.decompress(packed.data) == whole.data
    # Another program reads it too.
    assert subprocess.run(["gzip", "-dc"], input=packed.data, capture_output=True, check=True).stdout == whole.data


def test_its_length_does_not_tell_what_it_holds(client: FlaskClient) -> None:
    lengths = {len(client.get(PAGE, headers={"Accept-Encoding": "gzip"}).data) for _ in range(12)}
    assert len(lengths) > 3


def test_what_is_no_page_goes_as_it_is(client: FlaskClient) -> None:
    assert client.get("/sante", headers={"Accept-Encoding": "gzip"}).content_encoding is None
