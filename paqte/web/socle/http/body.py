"""How much a request may bring: Werkzeug bounds neither the weight nor the number of ordinary form fields."""

from __future__ import annotations

import io
from typing import IO, Any

from flask import Flask, Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

URLENCODED = frozenset({"application/x-www-form-urlencoded", "application/x-url-encoded"})


class BoundedParser(FormDataParser):
    """Refuses a form too heavy or of too many fields, whether or not its length was announced.

    Left alone, a body sent in chunks would be cut at MAX_CONTENT_LENGTH without a word.
    """

    def parse(self, stream: IO[bytes], mimetype: str, content_length: int | None, options: Any = None) -> Any:
        if mimetype not in URLENCODED:
            return super().parse(stream, mimetype, content_length, options)
        body = self._read(stream)
        if body.count(b"&") >= (self.max_form_parts or len(body) + 1):
            raise RequestEntityTooLarge
        return super().parse(io.BytesIO(body), mimetype, len(body), options)

    def _read(self, stream: IO[bytes]) -> bytes:
        limit = self.max_form_memory_size or self.max_content_length or 0
        body = bytearray()
        while len(body) <= limit and (more := stream.read(min(65_536, limit + 1 - len(body)))):
            body += more
        if len(body) > limit:
            raise RequestEntityTooLarge
        return bytes(body)


class BoundedRequest(Request):
    form_data_parser_class = BoundedParser


def register(app: Flask) -> None:
    app.request_class = BoundedRequest
