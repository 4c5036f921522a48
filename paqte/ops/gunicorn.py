"""Settings of the web server: `gunicorn -c python:paqte.ops.gunicorn "paqte:create_app()"`."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from typing import Any

from paqte.config import ConfigurationRefused, read_settings
from paqte.ops.base.damage import BaseRefused
from paqte.ops.base.garde import hold_secret, refuse_fictive_accounts
from paqte.ops.base.migration import check_base
from paqte.ops.logging import configuration
from paqte.ops.mesures.requests import PLACE

try:
    _settings = read_settings()
except ConfigurationRefused as _error:
    sys.exit(str(_error))

bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
workers = 2
# A thread is given to whole requests alone (paqte/ops/reception.py), which also says how long each may take to come.
worker_class = "paqte.ops.reception.PatientServer"
# Built once, then shared by the workers: a start twice as quick, and a fault told at once.
preload_app = True
# A slow reader holds one thread: there must be many.
threads = 64
timeout = 60
graceful_timeout = 15
# A name with an underscore is told from its twin with a hyphen by no application: X_Forwarded_For would pass for the
# proxy's word, SCRIPT_NAME for a part of the address. Refused, whoever sends it, this machine's own proxy included.
header_map = "refuse"
forwarder_headers = ""
proc_name = "paqte-web"
control_socket_disable = True
logconfig_dict = configuration(is_verbose=_settings.is_production)


# Python takes turns between threads every 5 ms: one that holds SQLite's lock would wait that long, or several times
# that long, after each of its statements, and everybody behind it. With seven threads at work, three times shorter.
SWITCH_SECONDS = 0.0005


if _settings.has_metrics:
    # Named before the application is built: the library looks for it once.
    os.environ.setdefault(PLACE, tempfile.mkdtemp(prefix="paqte-mesures-"))


def on_exit(_server: Any) -> None:
    """What the workers counted ends with them."""
    if os.environ.get(PLACE):
        shutil.rmtree(os.environ[PLACE], ignore_errors=True)


def post_worker_init(worker: Any) -> None:
    """The threads of a worker take turns quickly; what it refuses by itself says what the pages say of encryption."""
    worker.is_https = _settings.is_https
    sys.setswitchinterval(SWITCH_SECONDS)


def on_starting(_server: Any) -> None:
    """Nothing is served from a base of another version, nor in production from one of a demonstration."""
    try:
        check_base(_settings.database_url)
        refuse_fictive_accounts(_settings)
        hold_secret(_settings)
    except BaseRefused as error:
        sys.exit(str(error))
