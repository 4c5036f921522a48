"""Settings of the web server: `gunicorn -c python:paqte.ops.gunicorn "paqte:create_app()"`."""

from __future__ import annotations

import sys
from typing import Any

from paqte.config import ConfigurationRefused, read_settings
from paqte.ops.damage import BaseRefused
from paqte.ops.logging import configuration
from paqte.ops.migration import check_base

try:
    _settings = read_settings()
except ConfigurationRefused as _error:
    sys.exit(str(_error))

bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
workers = 2
worker_class = "gthread"
# Built once, then shared by the workers: a start twice as quick, and a fault told at once.
preload_app = True
# A slow upload holds one thread, and a worker takes more connections than it has threads: there must be many.
threads = 64
timeout = 60
graceful_timeout = 15
proc_name = "paqte-web"
control_socket_disable = True
logconfig_dict = configuration(is_verbose=_settings.is_production)


def on_starting(_server: Any) -> None:
    """Nothing is served from a base of another version."""
    try:
        check_base(_settings.database_url)
    except BaseRefused as error:
        sys.exit(str(error))
