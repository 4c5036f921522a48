"""Before a base is served: what it holds, or who asks, that would make it unsafe."""

from paqte.ops.base.garde.fictifs import refuse_fictive_accounts
from paqte.ops.base.garde.secret import adopt_secret, hold_secret, tell_secret

__all__ = ["adopt_secret", "hold_secret", "refuse_fictive_accounts", "tell_secret"]
