"""The compared cells of the export, written by hand; declarations are those of tableaux_compares.CORRECTIONS (R19)."""

from __future__ import annotations

from tests.domain.documents.tableaux_compares import AUTRES_NATURES, DEUX_COLONNES, EVERY, Attendu

_CHIFFRES_TRIMESTRE = (
    "Objectif : 1 ; Réalisé au trimestre : 1 ; Trimestre précédent : 1 ; Même trimestre un an avant : 1 ; "
    f"Depuis le début : 1 ; Taux de réalisation : 1\u00a0% ; {DEUX_COLONNES} ; Zéros confirmés : 1 ; "
    "Déclarants semestriels : 0"
)
_INDICATEUR_TRIMESTRE = {
    "axe": "Axe",
    "libelle": "Indicateur",
    "unite": "Unité",
    "cible": "Objectif",
    "realise": "Réalisé au trimestre",
    "precedent": "Trimestre précédent",
    "un_an_avant": "Même trimestre un an avant",
    "cumul": "Depuis le début",
    "taux": "Taux de réalisation",
    "neants": "Zéros confirmés",
    "repondu": "Réponses reçues",
    "du": "Réponses attendues",
    "semestriels": "Déclarants semestriels",
    "mention": "Observations",
}

ATTENDUS_TRIMESTRE = (
    Attendu("", 0, "Export", "", {"departement_nom": "Département", "prefecture": "Préfecture"}),
    Attendu("versions", 0, "Versions", "", {"catalogue": "Catalogue", "gabarit": "Modèle"}, tus="regles colonnes"),
    Attendu("", 0, "Analyse", "", {"efficacite": "Efficacité des actions", "propositions": "Propositions"}),
    Attendu(
        "comptes",
        0,
        "Synthèse",
        "",
        {
            "engagees": "Entreprises engagées",
            "nouvelles": "Nouvelles entreprises",
            "actives": "Entreprises actives",
            "club": "Club",
            "paqte": "Entreprises du PAQTE",
            "plan_10000": "Plan « 10 000 entreprises »",
            "reseaux": "Réseaux",
            "employeurs_publics": "Employeurs publics",
            "associations": "Associations",
            "chartes_a_transformer": "Chartes à transformer",
            "attendues": "Déclarations attendues",
            "validees": "Déclarations validées",
            "semestriels": "Déclarants semestriels",
            **AUTRES_NATURES,
        },
        autres=dict.fromkeys(
            ("actives", "validees", "actifs_reseaux", "actifs_employeurs_publics", "actives_associations"), EVERY
        ),
    ),
    Attendu(
        "entreprises",
        0,
        "Entreprises",
        "41-001, Lenoir",
        {
            "nom": "Signataire",
            "identifiant": "SIREN ou SIRET",
            "nature": "Nature",
            "categorie": "Catégorie",
            "commune": "Commune",
            "dispositifs": "Dispositifs",
            "axes": "Axes",
            "thematiques": "Thématiques",
            "debut": "Début",
            "fin": "Fin",
            "etat": "État",
            "rythme": "Rythme",
            "is_nouvelle": "Nouvelle",
            "is_active": "Active",
            "is_club": "Club",
            "declaration": "Déclaration du trimestre",
            "dus": "Réponses attendues",
            "repondus": "Réponses reçues",
            "neants": "Zéros confirmés",
            "manquants": "Observations",
        },
        cle="convention",
        nomme="nom",
        entiere="Signataire : Lenoir ; SIREN ou SIRET : 111 ; Nature : Entreprise ; Catégorie : PME ; "
        "Commune : Blois ; Dispositifs : PAQTE ; Axes : Former ; Thématiques : T01 ; "
        "Début : 01/01/2025 ; Fin : 31/12/2027 ; "
        "État : Signée ; Nouvelle : non ; Active : non ; Club : non ; Rythme : Trimestre ; "
        "Déclaration du trimestre : Validée ; Réponses attendues : 1 ; Réponses reçues : 1 ; Zéros confirmés : 0",
    ),
    Attendu(
        "indicateurs",
        0,
        "Axes PAQTE",
        "S2, Stagiaires",
        _INDICATEUR_TRIMESTRE,
        derriere="1",
        sans="precedent un_an_avant",
        cle="code nature",
        tus="genre est_dont reference sans_cible numerateur denominateur realise_vise vise poids_vise",
        nomme="libelle",
        entiere=f"Axe : Sensibiliser ; Indicateur : Stagiaires ; Unité : u ; {_CHIFFRES_TRIMESTRE}",
    ),
    Attendu(
        "indicateurs",
        1,
        "Axes PAQTE",
        "X1, Repas — réseaux",
        {champ: heading for champ, heading in _INDICATEUR_TRIMESTRE.items() if champ != "libelle"},
        derriere="6",
        sans="precedent un_an_avant",
        cle="code libelle nature",
        tus="genre est_dont reference sans_cible numerateur denominateur realise_vise vise poids_vise",
        entiere=f"Axe : Autres engagements ; Indicateur : Repas ; Unité : u ; {_CHIFFRES_TRIMESTRE}",
    ),
    Attendu(
        "thematiques",
        0,
        "Thématiques",
        "T12, Achats (heures)",
        {
            "libelle": "Thématique",
            "transversale": "Transversale",
            "entreprises": "Entreprises engagées",
            "prevision": "Prévision",
            "realise": "Réalisé au trimestre",
            "cumul": "Depuis le début",
            "repondu": "Réponses reçues",
            "du": "Réponses attendues",
            "semestriels": "Déclarants semestriels",
            "valorise": "Valorisé depuis le PAQTE",
            "mention": "Observations",
        },
        derriere="4",
        autres={"valorise": "5"},
        cle="mesure nature",
        tus="code unite",
        nomme="libelle",
        entiere="Thématique : Achats ; Transversale : non ; Entreprises engagées : 1 ; Prévision : 1 ; "
        f"Réalisé au trimestre : 1 ; Depuis le début : 1 ; {DEUX_COLONNES} ; Déclarants semestriels : 0",
    ),
    Attendu(
        "progres",
        0,
        "Thématiques",
        "P12 — réseaux",
        {"taux": "% de la prévision"},
        derriere="2",
        cle="mesure nature",
        entiere="% de la prévision : 1\u00a0%",
    ),
    Attendu(
        "donnees",
        0,
        "Données",
        "41-002, Autre, F4, 2026-T1",
        {
            "identifiant": "SIRET",
            "signataire": "Signataire",
            "dispositif": "Dispositif",
            "axe": "Axe",
            "thematique": "Thématique",
            "unite": "Unité",
            "valeur": "Valeur",
            "numerateur": "Numérateur",
            "denominateur": "Dénominateur",
            "etat_lu": "État",
            "nature": "Nature",
        },
        derriere="3 4",
        cle="convention indicateur libelle periode",
        nomme="signataire",
        entiere="SIRET : 222 ; Signataire : Autre ; Dispositif : paqte ; Axe : FORMER ; Unité : personnes ; "
        "Valeur : 3 ; État : Renseigné ; Nature : Entreprise",
    ),
)
