"""What the processes say of themselves: one line an event, nothing personal, no secret, no forged line."""

from __future__ import annotations

import logging
import re
import sys
import time
from typing import Any

from flask import Flask, Response, g, request

_SECRETS = re.compile(r"(/connexion/|/agenda/)[^<\s?\"']+|(?<=://)[^\s/@]+:[^\s/@]+(?=@)")
access = logging.getLogger("paqte.acces")


class FlatFormatter(logging.Formatter):
    """Moment in UTC, level, who, what; a trace follows on the same line, its line ends shown as « ⏎ »."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s[%(process)d] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return printable(_SECRETS.sub(lambda found: f"{found[1] or ''}***", super().format(record)))


def printable(text: str) -> str:
    """Text that cannot begin another line, move the cursor or colour a terminal."""
    return "".join(c if c.isprintable() else "⏎" if c == "\n" else f"\\u{ord(c):04x}" for c in text)


def configuration(is_verbose: bool) -> dict[str, Any]:
    """For logging.config: everything to the error output; requests only when verbose."""
    level = "INFO" if is_verbose else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ligne": {"()": FlatFormatter}},
        "handlers": {"erreur": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "ligne"}},
        "root": {"level": level, "handlers": ["erreur"]},
        "loggers": {
            "gunicorn.error": {"level": level, "propagate": True},
            "gunicorn.access": {"level": level},
            # It tells of each tick, and that a job waits behind a long one: seventeen thousand lines a day of nothing.
            "apscheduler": {"level": "ERROR"},
        },
    }


def log_requests(app: Flask) -> None:
    """One line a request: its rule rather than its address, which may hold a token or a person's name."""
    app.before_request(_start)
    app.after_request(_tell)


def _start() -> None:
    g.started_at = time.perf_counter()


def _tell(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else "(inconnue)"
    spent = (time.perf_counter() - g.get("started_at", time.perf_counter())) * 1000
    told = (request.method, rule, response.status_code, spent, g.get("request_id", "-"), g.get("compte", "-"))
    access.info("%s %s %d %.0f ms %s compte %s", *told)
    return response
