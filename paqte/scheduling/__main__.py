"""`python -m paqte.scheduling`: the process that `paqte scheduler` becomes."""

from __future__ import annotations

import logging.config
import sys

from paqte import create_app
from paqte.config import ConfigurationRefused, read_settings
from paqte.ops.base.damage import BaseRefused
from paqte.ops.base.garde import hold_secret, refuse_fictive_accounts
from paqte.ops.base.migration import check_base
from paqte.ops.courriel import read_smtp_url
from paqte.ops.logging import configuration
from paqte.scheduling.runner import run_forever


def main() -> None:
    """Check the settings and the base, then tick."""
    try:
        settings = read_settings()
        logging.config.dictConfig(configuration(is_verbose=settings.is_production))
        if settings.smtp_url:
            read_smtp_url(settings.smtp_url)
        check_base(settings.database_url)
        refuse_fictive_accounts(settings)
        hold_secret(settings)
        app = create_app()
    except (ConfigurationRefused, BaseRefused) as error:
        sys.exit(str(error))
    run_forever(app)


if __name__ == "__main__":
    main()
