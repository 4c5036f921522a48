"""Before a base is served: what it holds, or who asks, that would make it unsafe."""

from paqte.ops.base.garde.fictifs import refuse_fictive_accounts
from paqte.ops.base.garde.secret import hold_secret, secret_mark, tell_secret

__all__ = ["hold_secret", "refuse_fictive_accounts", "secret_mark", "tell_secret"]
