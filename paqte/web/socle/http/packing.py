"""Pages go compressed: a bilan of 180 kB is 22 on the wire.

Of a compressed page that shows a secret beside words of the asker's, the length may tell the secret (BREACH). A token
is signed anew at each second, and each answer is as long as chance makes it.
"""

from __future__ import annotations

import secrets
import zlib

from flask import Flask, Response, request

PACKED = "text/html"
WORTH_IT = 1_000
LEVEL = 5
MOST_CHANCE = 100
# RFC 1952: gzip, deflate, a name follows, no date, no hint, no system.
_HEAD = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"


def register(app: Flask) -> None:
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    is_page = response.mimetype == PACKED and not response.is_streamed and not response.content_encoding
    if not is_page or (response.content_length or 0) < WORTH_IT:
        return response
    response.vary.add("Accept-Encoding")
    if "gzip" in request.accept_encodings:
        response.set_data(packed_at_random(response.get_data()))
        response.content_encoding = "gzip"
    return response


def packed_at_random(body: bytes) -> bytes:
    """The body as a gzip whose name, which nobody reads, has a length that nobody foresees."""
    name = b"p" * secrets.randbelow(MOST_CHANCE + 1) + b"\x00"
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(body) + deflate.flush()
    return _HEAD + name + packed + zlib.crc32(body).to_bytes(4, "little") + (len(body) % 2**32).to_bytes(4, "little")
