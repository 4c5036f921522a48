"""Settings read from the environment, each also as NAME_FILE (contract: docs/exploitation.md)."""

from __future__ import annotations

from paqte.config.database import sqlite_url
from paqte.config.given import ConfigurationRefused, hide_password
from paqte.config.settings import Settings, read_settings

__all__ = ["ConfigurationRefused", "Settings", "hide_password", "read_settings", "sqlite_url"]
