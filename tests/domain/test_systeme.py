"""What the system refuses is told in French."""

from __future__ import annotations

import errno
import os

import pytest

from paqte.domain.systeme import reason_of


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_no_error_of_the_system_is_told_in_its_own_words(number: int) -> None:
    said = reason_of(OSError(number, os.strerror(number)))
    assert said
    assert os.strerror(number) not in said
    assert not said.endswith(".")


def test_a_delay_that_has_no_number_is_told_as_such() -> None:
    assert reason_of(TimeoutError("timed out")) == "le délai est passé"
