"""A mapping kept under a name, taken for a file that no page holds: that of the command line."""

from __future__ import annotations

import json

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.nombres import shown
from paqte.domain.saisie.textes import searchable
from paqte.importing.door import WorkbookGiven
from paqte.models import db
from paqte.queries.perimetre import require_departement
from paqte.services.imports.importations import described_sheets, mapping_kept
from paqte.services.imports.mappings import fitted_sheets, kept_by_name
from paqte.services.imports.propres import own_targets
from paqte.services.imports.tracker import SheetMapping


def named_mapping(
    *, actor: Acteur, departement: str, nom: str, workbook: WorkbookGiven
) -> tuple[list[SheetMapping], str]:
    """What the columns of this file stand for by that mapping of the département, and a sentence on what it lacks.

    NotFound for another's département; Refused when none bears the name, or none of its columns stands in the file.
    """
    require_departement(actor, departement)
    known = kept_by_name(db.session(), departement)
    kept = known.get(searchable(nom))
    if kept is None:
        names = ", ".join(f"« {one.nom} »" for one in known.values())
        told = f"Ce département retient {names}." if names else "Ce département n’en retient aucune."
        raise Refused(f"Aucune correspondance ne s’appelle « {shown(nom)} ». {told}")
    own = own_targets(actor=actor, departement=departement)
    told_sheets, lacking = fitted_sheets(described_sheets(workbook, own), json.loads(kept.contenu))
    if not any(sheet["prise"] for sheet in told_sheets):
        raise Refused(f"« {kept.nom} » ne convient pas à ce fichier : aucune de ses colonnes n’y figure.")
    return mapping_kept(json.dumps(told_sheets)), lacking
