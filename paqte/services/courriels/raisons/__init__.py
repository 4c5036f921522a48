"""What each kind of mail, link and task rests on, asked again at the moment it acts.

A mail queued yesterday for a reason that has gone does not leave: it becomes « sans objet » and says why. One whose
facts moved without going is written anew. The table of all of them is tables.py.
"""

from paqte.services.courriels.raisons.comptes import LIFTED, TAKEN
from paqte.services.courriels.raisons.declarations import DEALT_WITH, NOT_ON_CARD, STATES
from paqte.services.courriels.raisons.demandes import (
    ANSWERED,
    CLOSED,
    MOVED,
    NEWER,
    NO_ACCESS,
    CourrielReady,
    RaisonSaid,
)
from paqte.services.courriels.raisons.differees import (
    ADDRESS_TAKEN,
    PRODUCED,
    SENT,
    JetonReady,
    TacheReady,
    TacheSaid,
    opens,
    proves,
)
from paqte.services.courriels.raisons.editions import NOT_HERS, OVERTAKEN
from paqte.services.courriels.raisons.rappels import FOLLOWED
from paqte.services.courriels.raisons.tables import LIENS, MAILS, TACHES, ask_link, ask_task, look_again

__all__ = [
    "ADDRESS_TAKEN",
    "ANSWERED",
    "CLOSED",
    "DEALT_WITH",
    "FOLLOWED",
    "LIENS",
    "LIFTED",
    "MAILS",
    "MOVED",
    "NEWER",
    "NOT_HERS",
    "NOT_ON_CARD",
    "NO_ACCESS",
    "OVERTAKEN",
    "PRODUCED",
    "SENT",
    "STATES",
    "TACHES",
    "TAKEN",
    "CourrielReady",
    "JetonReady",
    "RaisonSaid",
    "TacheReady",
    "TacheSaid",
    "ask_link",
    "ask_task",
    "look_again",
    "opens",
    "proves",
]
