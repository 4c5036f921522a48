"""How a command ends: 0 when done, else one sentence on the error output."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from paqte.cli.socle.francais import speak_french
from paqte.config import ConfigurationRefused
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import CatalogueRefused
from paqte.domain.systeme import reason_of
from paqte.ops.base.backup import BackupRefused
from paqte.ops.base.damage import BaseRefused, tell

DONE, REFUSED, MISUSED, INTERRUPTED = 0, 1, 2, 130


class StartRefused(Exception):
    """The application cannot start; the message is a French sentence."""


REFUSALS = (Refused, ConfigurationRefused, CatalogueRefused, BackupRefused, BaseRefused, StartRefused)


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command and give the code it ends with."""
    speak_french()
    try:
        # Outside its own mode, the library gives back the code a command chose to end with.
        code = command.main(list(arguments), prog_name="paqte", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return MISUSED
    except (click.Abort, KeyboardInterrupt):
        return _fail("Interrompu : rien n’est fait à moitié.", INTERRUPTED)
    except (*REFUSALS, click.ClickException) as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error.filename or 'Fichier inconnu'} : {reason_of(error)}.")
    except Exception as error:
        # What the base gave may also make no sense further on: a damaged one is told as such, a fault of ours raises.
        sentence = tell(error) or _told_by_content()
        if sentence is None:
            raise
        return _fail(sentence)
    return code if isinstance(code, int) else DONE


def _told_by_content() -> str | None:
    """What is damaged in the base of these settings, None when it is sound."""
    from paqte.config import read_settings
    from paqte.ops.health import damage_in

    return damage_in(read_settings().database_url)


def _fail(sentence: str, code: int = REFUSED) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 - the very purpose of this function
    return code
