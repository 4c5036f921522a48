"""The form that asks before somebody is erased."""

from __future__ import annotations

from paqte.web.formulaires.base import OurForm


class EffacementForm(OurForm):
    """Nothing to type: the page says what goes and what stays."""

    version = None
