"""What a use case refuses, beside which fields."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from paqte.domain.erreurs import Refused


def refusals(act: Callable[[], object]) -> dict[str, str]:
    """The sentences of the refusal, which must come."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.errors
