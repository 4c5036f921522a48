"""Puts a random world in the base, as its forms and validations would have left it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from paqte.domain.declarations.hors_sceau import AnswerKept, put_apart
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import (
    Anteriorite,
    Convention,
    Declaration,
    Departement,
    Engagement,
    Entreprise,
    Objectif,
    Realisation,
    Signataire,
)
from paqte.services.transaction import transaction
from tests.opposant import monde as m

TYPED = datetime(2019, 1, 7, 9, tzinfo=UTC)
REASON = "Chiffre repris avec l’entreprise"


def put(monde: m.Monde) -> None:
    """Every row of the world; conventions are typed long ago, so that none is late (R42)."""
    with transaction(actor=PLANIFICATEUR, now=TYPED) as session:
        session.add(
            Departement(
                code=monde.departement,
                nom=f"Département {monde.departement}",
                prefecture="Préfecture",
                premier_semestre=monde.premier_semestre,
            )
        )
        session.flush()
        for s in monde.signataires:
            _put_signatory(session, monde, s)


def _put_signatory(session: Any, monde: m.Monde, s: m.Signataire) -> None:
    known = session.scalar(select(Entreprise).where(Entreprise.siren == s.siren))
    row = Signataire(
        entreprise=known or Entreprise(siren=s.siren, created_at=TYPED),
        departement_code=monde.departement,
        identifiant=s.siret,
        nom=s.nom,
        nature=s.nature,
        created_at=TYPED,
    )
    session.add(row)
    session.flush()
    for c in s.conventions:
        _put_convention(session, monde, row.id, c)


def _put_convention(session: Any, monde: m.Monde, signataire: int, c: m.Convention) -> None:
    row = Convention(
        signataire_id=signataire,
        departement_code=monde.departement,
        numero=c.numero,
        dispositif=c.dispositif,
        is_in_plan_10000=c.is_in_plan,
        statut=c.statut,
        resiliee_le=c.resiliee_le,
        motif_resiliation="Fin anticipée" if c.resiliee_le else "",
        rythme=c.rythme,
        signee_le=None if c.statut == "projet" else c.debut,
        debut=c.debut,
        fin=c.fin,
        created_at=TYPED,
    )
    for e in c.engagements:
        row.engagements.append(_engagement(e))
    session.add(row)
    session.flush()
    for code, depuis in c.anterieures.items():
        told = {"is_owed": depuis is not None, "depuis": depuis or m.day_after(code)}
        session.add(Anteriorite(convention_id=row.id, periode=code, **told))
    for code in c.etats:
        session.add(_declaration(monde, c, row, code))
    session.flush()


def put_corrections(monde: m.Monde) -> None:
    """Writes again every declaration of a world whose answers changed since it was put in the base."""
    with transaction(actor=PLANIFICATEUR, now=TYPED) as session:
        rows = {c.numero: c for c in session.scalars(select(Convention))}
        for s in monde.signataires:
            for c in s.conventions:
                for code in c.etats:
                    _correct(session, c, rows[c.numero], code)


def _correct(session: Any, c: m.Convention, row: Convention, code: str) -> None:
    wanted = (Declaration.convention_id == row.id, Declaration.periode == code)
    kept = session.scalars(select(Declaration).where(*wanted)).one()
    if c.etats[code] == "a_completer":
        kept.motif_reouverture, kept.etat, kept.validee_le, kept.validee_par = REASON, "a_completer", None, ""
        kept.sceau, kept.hors_sceau, kept.realisations = None, None, _rows(_answers(c, row, code), _sent(c, code))
        return
    sceau, beside = put_apart(_answers(c, row, code))
    # Such numbers as this have one writing: nothing changed where the seal is the same.
    if c.etats[code] != "validee" or kept.sceau == sceau:
        return
    kept.motif_reouverture = REASON if code in c.rouvertes else ""
    kept.etat, kept.validee_le, kept.validee_par = "validee", kept.transmise_le, "Camille Perrin"
    kept.sceau, kept.hors_sceau, kept.realisations = sceau, beside, []


def _engagement(e: m.Engagement) -> Engagement:
    free = e.code == "X1"
    return Engagement(
        indicateur=e.code,
        rang=1,
        libelle="Arbres plantés" if free else "",
        unite="arbres" if free else "",
        reference=e.reference,
        objectifs=[Objectif(annee=annee, cible=cible) for annee, cible in e.cibles.items()],
    )


def _answers(c: m.Convention, row: Convention, code: str) -> list[AnswerKept]:
    sent = _sent(c, code)
    return [
        AnswerKept(
            0, kept.id, e.code, r.sorte, _plain(r.valeur), _plain(r.numerateur), _plain(r.denominateur),
            None, "", sent, "Bruno Garnier", False, "formulaire",
        )
        for e, kept in zip(c.engagements, row.engagements, strict=True)
        if (r := e.reponses.get(code))
    ]  # fmt: skip


def _sent(c: m.Convention, code: str) -> datetime:
    return datetime.combine(c.envois[code], datetime.min.time(), UTC) + timedelta(hours=12)


def _declaration(monde: m.Monde, c: m.Convention, row: Convention, code: str) -> Declaration:
    sent, etat, answers = _sent(c, code), c.etats[code], _answers(c, row, code)
    is_valid = etat == "validee"
    sceau, beside = put_apart(answers) if is_valid else (None, None)
    return Declaration(
        convention_id=row.id,
        departement_code=monde.departement,
        periode=code,
        etat=etat,
        transmise_le=sent,
        premier_envoi_le=sent,
        transmise_par="Bruno Garnier",
        validee_le=sent if is_valid else None,
        validee_par="Camille Perrin" if is_valid else "",
        sceau=sceau,
        hors_sceau=beside,
        created_at=sent,
        realisations=_rows([] if is_valid else answers, sent),
    )


def _rows(answers: list[AnswerKept], sent: datetime) -> list[Realisation]:
    return [
        Realisation(
            engagement_id=a.engagement,
            indicateur=a.indicateur,
            reponse=a.reponse,
            valeur=a.valeur,
            numerateur=a.numerateur,
            denominateur=a.denominateur,
            saisie_le=sent,
            saisie_par="Bruno Garnier",
        )
        for a in answers
    ]


def _plain(value: Decimal | None) -> Any:
    """A number as the base gives it back: whole ones without decimals."""
    return int(value) if value is not None and value == int(value) else value
