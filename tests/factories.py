"""The same people and things in every test. Each builder adds small functions here, through services where they exist.

Camille is the référente of 41, Bruno the contact of her company, Zoé the référente of 972, who must see nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from stdnum import luhn

from paqte.domain.conventions.signataires import SignataireTyped
from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR, REFERENT, Acteur
from paqte.domain.statuts.courriels import Message
from paqte.models import Convention, Departement, Engagement, Entreprise, Objectif, Qpv, Signataire
from paqte.services.conventions.conventions import ConventionTyped
from paqte.services.courriels.courriels import send_due
from paqte.services.transaction import transaction

# One blank page: what a PDF handed in must at least be.
A_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
CAMILLE = Acteur(1, "Camille Perrin", REFERENT, "41")
ZOE = Acteur(2, "Zoé Monplaisir", REFERENT, "972")
LONG_AGO = datetime(2025, 1, 2, 9, 0, tzinfo=UTC)
NAMES = {"41": "Loir-et-Cher", "972": "Martinique"}


def bruno(*signataires: int) -> Acteur:
    """A contact of these signatories."""
    return Acteur(3, "Bruno Garnier", ENTREPRISE, None, frozenset(signataires))


def secret_received(courriel: str, now: datetime) -> str:
    """Send what waits, and give the secret of the last link that this person then reads."""
    sent: list[Message] = []
    send_due(transport=sent.append, now=now)
    found = [re.search(r"/connexion/([\w-]{40,})", mail.texte) for mail in sent if mail.destinataire == courriel]
    assert found and found[-1], "aucun lien n’est parti"
    return found[-1][1]


def a_departement(code: str = "41") -> str:
    """A département whose préfecture uses PAQTE since 2025; made once."""
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as session:
        if session.get(Departement, code) is None:
            nom = NAMES.get(code, code)
            used = {"premier_semestre": "2025-S1", "premiere_complete_le": LONG_AGO.date()}
            session.add(Departement(code=code, nom=nom, prefecture=f"Préfecture ({code})", **used))
    return code


def a_signataire(
    nom: str = "Menuiserie Val (fictif)", departement: str = "41", *, siren: str = "", effectif: int | None = None
) -> int:
    """A company of the département."""
    a_departement(departement)
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as session:
        siren = siren or f"{len(list(session.scalars(select(Entreprise.id)))) + 1:09}"
        entreprise = session.scalar(select(Entreprise).where(Entreprise.siren == siren))
        entreprise = entreprise or Entreprise(siren=siren, created_at=LONG_AGO)
        signataire = Signataire(
            entreprise=entreprise,
            departement_code=departement,
            identifiant=siren,
            nom=nom,
            nature="entreprise",
            effectif=effectif,
            created_at=LONG_AGO,
        )
        session.add(signataire)
        session.flush()
        return signataire.id


def a_convention(
    signataire: int,
    *indicateurs: str,
    debut: date = date(2025, 1, 1),
    fin: date = date(2027, 12, 31),
    cibles: Mapping[str, int] | None = None,
    **more: object,
) -> int:
    """A signed convention, quarterly by default, with an engagement for each indicator; `cibles` over the term."""
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as session:
        departement = session.get_one(Signataire, signataire).departement_code
        number = len(list(session.scalars(select(Convention.id)))) + 1
        values = {"dispositif": "paqte", "statut": "signee", "rythme": "T", "signee_le": debut, **more}
        convention = Convention(
            signataire_id=signataire,
            departement_code=departement,
            numero=f"{departement}-2025-{number:03}",
            debut=debut,
            fin=fin,
            created_at=LONG_AGO,
            **values,
        )
        for code in indicateurs:
            convention.engagements.append(_engagement(convention, code, (cibles or {}).get(code)))
        session.add(convention)
        session.flush()
        return convention.id


def engagement_of(convention: int, indicateur: str, rang: int = 1) -> int:
    """Key of an engagement of the convention."""
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as session:
        query = select(Engagement.id).where(
            Engagement.convention_id == convention, Engagement.indicateur == indicateur, Engagement.rang == rang
        )
        return session.scalars(query).one()


def a_qpv(code: str = "QN04101M", departement: str = "41") -> int:
    """A priority district; QP… of generation 2015, QN… of generation 2024 (R25)."""
    a_departement(departement)
    is_new = code.startswith("QN")
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as session:
        qpv = Qpv(
            code=code,
            nom=f"Quartier {code}",
            departement_code=departement,
            generation=2024 if is_new else 2015,
            du=date(2024, 1, 1) if is_new else date(2015, 1, 1),
            au=None if is_new else date(2023, 12, 31),
        )
        session.add(qpv)
        session.flush()
        return qpv.id


def _engagement(convention: Convention, indicateur: str, cible: int | None) -> Engagement:
    rang = sum(e.indicateur == indicateur for e in convention.engagements) + 1
    is_free = indicateur == "X1"
    engagement = Engagement(
        indicateur=indicateur,
        rang=rang,
        libelle=f"Engagement libre {rang}" if is_free else "",
        unite="arbres" if is_free else "",
    )
    if cible is not None:
        engagement.objectifs.append(Objectif(annee=0, cible=Decimal(cible)))
    return engagement


def a_siren(rank: int = 1) -> str:
    """A well-formed SIREN (R24), a different one for each rank."""
    digits = f"{90000000 + rank:08}"
    return digits + luhn.calc_check_digit(digits)


def a_siret(rank: int = 1, establishment: int = 1) -> str:
    """A well-formed SIRET (R24) of the SIREN of the same rank."""
    digits = f"{a_siren(rank)}{establishment:04}"
    return digits + luhn.calc_check_digit(digits)


def an_identite(**changes: Any) -> SignataireTyped:
    """A company as Camille types it."""
    values = {"identifiant": a_siret(), "nom": "Menuiserie Val (fictif)", "nature": "entreprise", "commune": "Blois"}
    return SignataireTyped(**{**values, **changes})


def some_termes(**changes: Any) -> ConventionTyped:
    """A signed PAQTE convention as Camille types it, its end left to be computed."""
    day = date(2025, 1, 1)
    return ConventionTyped(**{"dispositif": "paqte", "debut": day, "signee_le": day, **changes})
