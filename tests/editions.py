"""The one way of issuing a document, under the names of the two that most tests issue."""

from __future__ import annotations

from functools import partial

from paqte.domain.documents.registre import BILAN, COMPTE_RENDU, DOCUMENTS
from paqte.queries.editions.editions import list_periods
from paqte.services.editions.editions import (
    compute_document,
    freeze_edition,
    produce_edition,
    publish_edition,
    revise_document,
)

compute_bilan = partial(compute_document, DOCUMENTS[BILAN])
freeze_bilan = partial(freeze_edition, DOCUMENTS[BILAN])
produce_bilan = partial(produce_edition, DOCUMENTS[BILAN])
publish_bilan = publish_edition

compute_compte_rendu = partial(compute_document, DOCUMENTS[COMPTE_RENDU])
revise_compte_rendu = partial(revise_document, DOCUMENTS[COMPTE_RENDU])
freeze_compte_rendu = partial(freeze_edition, DOCUMENTS[COMPTE_RENDU])
produce_compte_rendu = partial(produce_edition, DOCUMENTS[COMPTE_RENDU])
publish_compte_rendu = publish_edition

list_semesters = partial(list_periods, DOCUMENTS[BILAN])
list_quarters = partial(list_periods, DOCUMENTS[COMPTE_RENDU])
