"""What failed is told in words that say what to do, never as the name of an error alone."""

from __future__ import annotations

import errno

import pytest
from sqlalchemy.exc import OperationalError

from paqte.domain.erreurs import Refused
from paqte.services.planificateur.failures import in_plain_words


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/srv/reports/41"), "le disque est plein"),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/reports"), "/srv/reports : le dossier refuse"),
        (OSError(errno.EROFS, "Read-only file system"), "lecture seule"),
        (OperationalError("SELECT secret", {}, Exception("locked")), "La base ne répond pas"),
        (Refused("Modèle refusé : il manque b_periode."), "il manque b_periode"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError"),
    ],
)
def test_a_failure_is_said_in_french_and_without_the_inside_of_the_program(error: Exception, said: str) -> None:
    sentence = in_plain_words(error)
    assert said in sentence
    assert sentence.endswith(".")
    assert not {"SELECT", "Errno", "Traceback", "division by zero"} & set(sentence.split())
