"""Texts of a period: written, confirmed as they are, kept as an edition printed them (R36)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.conventions.rubriques import RYTHMES, RubriqueLue, in_force, texts_of
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Rubrique
from paqte.queries.perimetre import require_departement
from paqte.queries.pilotage.rubriques import rubrique_lines
from paqte.services.pilotage.lignes import hold
from paqte.services.textes import fitted
from paqte.services.transaction import transaction

# A cell holds 32,767 UTF-16 units; a character may take two.
HEADING = 16_000
WRITTEN = "Quelqu’un d’autre a écrit ce texte pendant votre saisie : comparez les deux versions."
MOVED = "Ce texte a changé depuis l’affichage de la page : relisez-le avant de le confirmer."


def write_rubrique(
    *, actor: Acteur, now: datetime, departement: str, periode: Periode, code: str, version: int | None, texte: str
) -> None:
    """Write the text of a heading for a period; `version` None when nobody wrote it for that period.

    NotFound for an unknown heading or a period of another rhythm; Refused for one to come; Conflict, with the text
    in the base, when somebody wrote or confirmed it since `version`. Other periods keep theirs.
    """
    _require(actor, departement, periode, code, now)
    with transaction(actor=actor, now=now) as session:
        hold(session, departement)
        line = _line_to_write(session, departement, periode, code, version)
        line.texte, line.is_confirmed, line.repris_de = fitted(texte, HEADING, "texte"), True, ""


def confirm_rubrique(
    *, actor: Acteur, now: datetime, departement: str, periode: Periode, code: str, version: int | None, seen: str
) -> None:
    """Confirm a « repris » text as it is; `seen` is RubriqueLue.empreinte of what the page showed.

    As `write_rubrique`; Conflict too when the text is no longer the one seen.
    """
    _require(actor, departement, periode, code, now)
    with transaction(actor=actor, now=now) as session:
        hold(session, departement)
        shown = in_force(code, periode, rubrique_lines(session, departement))
        if shown.empreinte != seen:
            raise Conflict(MOVED, {})
        line = _line_to_write(session, departement, periode, code, version)
        line.texte, line.is_confirmed, line.repris_de = shown.texte, True, ""


def keep_rubriques(session: Session, departement: str, periode: Periode) -> None:
    """Give a period whose edition is being issued the very texts it prints, still « repris » where nobody confirmed.

    In the caller's transaction: a text of before, changed later, then changes nothing there (R36).
    """
    for text in texts_of(periode, rubrique_lines(session, departement)):
        if text.version is None:
            session.add(_new(departement, text))


def _require(actor: Acteur, departement: str, periode: Periode, code: str, now: datetime) -> None:
    require_departement(actor, departement)
    if RYTHMES.get(code) != periode.genre:
        raise NotFound("Cette rubrique")
    if periode.debut > local_date(now, departement):
        raise Refused({"texte": f"Le {periode.libelle} n’a pas commencé : son texte s’écrira à partir de son début."})


def _line_to_write(session: Session, departement: str, periode: Periode, code: str, version: int | None) -> Rubrique:
    """The line of the period, made when there is none; what an edition kept unconfirmed nobody wrote."""
    wanted = (Rubrique.departement_code == departement, Rubrique.code == code, Rubrique.periode == periode.code)
    known = session.scalar(select(Rubrique).where(*wanted))
    if known is None:
        known = _new(departement, RubriqueLue(code, periode.code))
        session.add(known)
    elif version != known.version and (known.is_confirmed or version is not None):
        raise Conflict(WRITTEN, {"texte": known.texte, "version": str(known.version)})
    return known


def _new(departement: str, text: RubriqueLue) -> Rubrique:
    return Rubrique(
        departement_code=departement,
        code=text.code,
        periode=text.periode,
        texte=text.texte,
        is_confirmed=False,
        repris_de=text.repris_de,
    )
