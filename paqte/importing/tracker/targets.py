"""What a column of a tracker may stand for, and the names people give it.

A target is a code: a field (`nom`, `debut`…) or, for an indicator in a column of its own, `valeur:S2`, `cible:S2`,
`reference:S2`, `numerateur:S2p`, `denominateur:S2p`, with `@2025-S2` behind when the heading names its period.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from paqte.domain.conventions.propres import GENRES, own_of
from paqte.domain.conventions.signataires import COLONNES
from paqte.domain.indicateurs.catalogue import catalogue

ENTREPRISE, CONTACT, CONVENTION, ENGAGEMENT, REALISATION = (
    "entreprise",
    "contact",
    "convention",
    "engagement",
    "realisation",
)
IGNORED = ""
MEASURES = {
    "valeur": "réalisé",
    "cible": "objectif",
    "reference": "référence",
    "numerateur": "numérateur",
    "denominateur": "dénominateur",
}


@dataclass(frozen=True, slots=True)
class FieldKnown:
    """A field that a column may fill: of which subject, as it is shown, and the headings it is known by."""

    code: str
    sujet: str
    libelle: str
    headings: tuple[str, ...]


FIELDS: tuple[FieldKnown, ...] = (
    *(FieldKnown(c.champ, ENTREPRISE, c.titre, c.headings) for c in COLONNES if c.noms),
    FieldKnown("departement", ENTREPRISE, "Département", ("departement", "dept", "dep", "code departement")),
    FieldKnown(
        "contact_nom",
        CONTACT,
        "Contact : nom",
        ("contact", "nom du contact", "interlocuteur", "referent entreprise", "contact entreprise", "correspondant"),
    ),
    FieldKnown(
        "contact_fonction", CONTACT, "Contact : fonction",
        (
            "fonction", "fonction du contact", "poste", "qualite"
        ),
    ),
    FieldKnown(
        "contact_courriel",
        CONTACT,
        "Contact : courriel",
        ("courriel", "mail", "e mail", "email", "adresse mail", "mel", "courriel du contact", "adresse electronique",
         "mail du contact", "mail contact", "email contact", "contact mail"),
    ),
    FieldKnown(
        "contact_telephone",
        CONTACT,
        "Contact : téléphone",
        ("telephone", "tel", "portable", "n de telephone", "telephone du contact", "tel contact", "contact telephone"),
    ),
    FieldKnown(
        "convention",
        CONVENTION,
        "Numéro de convention",
        ("convention", "n de convention", "numero de convention", "n convention", "numero", "reference convention"),
    ),
    FieldKnown("dispositif", CONVENTION, "Dispositif", ("dispositif", "type de convention", "cadre")),
    FieldKnown(
        "signee_le",
        CONVENTION,
        "Date de signature",
        (
            "date de signature", "signature", "signee le", "signe le", "date signature",
            "date de signature de la convention"
        ),
    ),
    FieldKnown(
        "debut",
        CONVENTION,
        "Début",
        ("debut", "date de debut", "date debut", "debut de la convention", "date d effet", "debut convention", "du"),
    ),
    FieldKnown(
        "fin",
        CONVENTION,
        "Fin",
        (
            "fin", "date de fin", "date fin", "fin de la convention", "echeance", "fin convention", "au",
            "date d echeance"
        ),
    ),
    FieldKnown("rythme", CONVENTION, "Rythme de déclaration", ("rythme", "rythme de declaration", "periodicite")),
    FieldKnown("cosignataire", CONVENTION, "Cosignataire", ("cosignataire", "co signataire", "epci", "co signature")),
    FieldKnown(
        "plan_10000",
        CONVENTION,
        "Plan « 10 000 entreprises »",
        ("plan 10 000", "plan 10000", "10 000 entreprises", "10000 entreprises", "plan 10 000 entreprises"),
    ),
    FieldKnown(
        "thematiques", CONVENTION, "Thématiques",
        (
            "thematiques", "thematiques choisies", "thematiques retenues"
        ),
    ),
    FieldKnown(
        "indicateur", ENGAGEMENT, "Indicateur",
        (
            "indicateur", "code indicateur", "code", "engagement", "action"
        ),
    ),
    FieldKnown(
        "precision", ENGAGEMENT, "Précision de l’engagement",
        (
            "precision", "precision de l engagement", "detail"
        ),
    ),
    FieldKnown("libelle", ENGAGEMENT, "Libellé d’un engagement libre", ("libelle", "libelle de l engagement")),
    FieldKnown("unite", ENGAGEMENT, "Unité d’un engagement libre", ("unite", "unite de mesure")),
    FieldKnown(
        "reference", ENGAGEMENT, "Référence",
        (
            "reference", "valeur de reference", "point de depart", "situation initiale"
        ),
    ),
    FieldKnown(
        "cible",
        ENGAGEMENT,
        "Objectif sur la durée",
        (
            "objectif", "cible", "objectifs", "prevu", "objectif sur la duree", "objectif 3 ans",
            "objectif total", "engagement chiffre"
        ),
    ),
    *(
        FieldKnown(
            f"an{year}",
            ENGAGEMENT,
            f"Objectif de l’année {year}",
            (f"objectif annee {year}", f"objectif an {year}", f"cible annee {year}", f"annee {year}", f"an {year}"),
        )
        for year in (1, 2, 3)
    ),
    FieldKnown(
        "periode", REALISATION, "Période",
        (
            "periode", "semestre", "trimestre", "periode de realisation", "annee"
        ),
    ),
    FieldKnown(
        "valeur",
        REALISATION,
        "Valeur réalisée",
        (
            "valeur", "realise", "resultat", "realisation", "resultats", "realises", "valeur realisee",
            "nombre", "total realise"
        ),
    ),
    FieldKnown("numerateur", REALISATION, "Numérateur", ("numerateur",)),
    FieldKnown("denominateur", REALISATION, "Dénominateur", ("denominateur",)),
    FieldKnown("date", REALISATION, "Date de réalisation", ("date de realisation", "realise le")),
    FieldKnown("etat", REALISATION, "État de la valeur", ("etat", "etat de la valeur")),
)  # fmt: skip
BY_CODE: Mapping[str, FieldKnown] = {f.code: f for f in FIELDS}
# Words by which trackers name an indicator in a heading: all those of one set stand there; the longest set wins.
WORDS: Mapping[str, tuple[str, ...]] = {
    "S1": ("offres stage 3e", "offres stage 3eme", "stages 3e proposes", "offres de stage"),
    "S2": ("stage 3e", "stage 3eme", "stages 3e", "stages 3eme", "stagiaires 3e", "stagiaires 3eme",
           "eleves 3e accueillis",
           "stages troisieme"),
    "S3": ("bac pro", "filieres professionnelles"),
    "S4": ("interventions scolaire", "interventions milieu", "interventions colleges"),
    "S5": ("jeunes sensibilises", "sensibilises monde professionnel"),
    "S6": ("collaborateurs mobilises", "benevoles", "salaries mobilises"),
    "S6h": ("heures benevolat", "heures mecenat"),
    "S7": ("mecenat associations", "mecenat €", "mecenat euros", "dons associations"),
    "F1": ("alternants", "alternance", "apprentis", "contrats alternance"),
    "F2": ("stagiaires longue", "stages longue"),
    "F3": ("parraines", "parrainages", "tutores", "mentores", "parrainage"),
    "F4": ("emploi formation", "actions formation"),
    "R2": ("formes discrimination", "formes recrutement", "non discrimination"),
    "R3": ("recrutements", "recrutes", "embauches", "recrutement qpv"),
    "R3e": ("emplois francs", "emploi franc"),
    "A1": ("fournisseurs",),
    "A2": ("achats qpv", "montant achats qpv"),
    "A3": ("siae", "achats iae", "achats insertion"),
    "A4": ("stpa", "esat", "achats adapte"),
    "A5": ("acheteurs",),
    "A6": ("heures insertion", "clauses sociales"),
}  # fmt: skip


def label_of(target: str) -> str:
    """What a target is called on screen; '' for a column left aside."""
    if target in BY_CODE:
        return BY_CODE[target].libelle
    if (own := own_of(target)) is not None:
        return f"{own[1]} (gardée, {GENRES[own[0]].lower()})"
    measure, _, rest = target.partition(":")
    code, _, periode = rest.partition("@")
    indicateur = catalogue().indicateurs.get(code)
    if measure not in MEASURES or indicateur is None:
        return ""
    told = f"{MEASURES[measure].capitalize()}, {code} : {indicateur.libelle}"
    return f"{periode}, {told}" if periode else told


def is_target(target: str) -> bool:
    """Whether a code is one that a column may stand for."""
    return target == IGNORED or bool(label_of(target))
