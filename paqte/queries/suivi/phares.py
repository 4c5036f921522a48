"""The results of a period in one look, from the sums that are kept: no answer is read anew (R20)."""

from __future__ import annotations

from paqte.domain.assemblage import phares
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.phares import Headlines
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import db
from paqte.queries.conventions import read_apart
from paqte.queries.kept import kept
from paqte.queries.perimetre import require_readable_departement
from paqte.queries.sommes import read_answers


def read_headlines(*, actor: Acteur, departement: str, periode: Periode) -> Headlines:
    """The headline figures of a département for a period. NotFound for another's."""
    require_readable_departement(actor, departement)
    session = db.session()

    def made() -> Headlines:
        conventions, chartes = read_apart(session, departement)
        answers = read_answers(session, departement).until(periode)
        rows = DonneesBilan(departement, "", "", periode, conventions=conventions, chartes=chartes, faits=answers)
        return phares.headlines(rows, catalogue())

    return kept(session, departement, ("phares", periode.code), made)
