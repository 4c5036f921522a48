"""The evidence of the demonstration: a page drawn here, handed in as a company does and read as any other."""

from __future__ import annotations

import json
from datetime import datetime

import typst

from paqte.domain.personnes.acteurs import Acteur
from paqte.jeux.demonstration.donnees import PieceTold
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.services.declarations.preuves.justificatifs import add_evidence
from paqte.services.pieces import FichierReceived

_PAGE = b"""
#let told = json(bytes(sys.inputs.told))
#set document(title: told.titre)
#set page(paper: "a5", margin: 2cm)
#set text(lang: "fr", size: 11pt)
#set table(stroke: 0.5pt + luma(60%), inset: 6pt)
= #told.titre
#told.entreprise \\ #told.periode
#v(1em)
#table(columns: (1fr, auto), ..told.lignes.flatten())
#v(1em)
#text(size: 9pt)[#told.mention]
"""
_INVENTED = "Pièce inventée pour la démonstration : aucune personne n’y est nommée."


def hand_in(author: Acteur, page: DeclarationShown, piece: PieceTold, when: datetime) -> None:
    """Put this piece beside the answer it is about, while that answer may be typed."""
    ligne = next(ligne for ligne in page.lignes if ligne.indicateur.code == piece.indicateur)
    assert ligne.engagement_id is not None
    add_evidence(
        actor=author,
        now=when,
        declaration_id=page.id,
        engagement_id=ligne.engagement_id,
        piece=FichierReceived(piece.nom, _drawn(piece, page)),
    )


def _drawn(piece: PieceTold, page: DeclarationShown) -> bytes:
    """The PDF, the same bytes every time."""
    told = {
        "titre": piece.titre,
        "entreprise": page.signataire,
        "periode": page.periode.libelle,
        "lignes": piece.lignes,
        "mention": _INVENTED,
    }
    compiler = typst.Compiler(_PAGE, ignore_system_fonts=True)
    made = compiler.compile(sys_inputs={"told": json.dumps(told)}, format="pdf", timestamp=0)
    assert isinstance(made, bytes)
    return made
