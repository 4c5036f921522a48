"""The compared cells of the bilan, written by hand; declarations are those of tableaux_compares.CORRECTIONS (R19)."""

from __future__ import annotations

from tests.domain.documents.tableaux_compares import EVERY, Attendu

_DEUX_COLONNES = "Réponses reçues : 1 ; Réponses dues : 1"
_CHIFFRES_BILAN = (
    "Référence : 1 ; Objectif : 1 ; Réalisé au semestre : 1 ; Semestre précédent : 1 ; "
    f"Même semestre un an avant : 1 ; Depuis le début : 1 ; Taux de réalisation : 1\u00a0% ; "
    f"Part sans objectif : 1\u00a0% ; {_DEUX_COLONNES} ; Zéros confirmés : 1 ; Numérateur : 3 ; Dénominateur : 4"
)
_INDICATEUR_BILAN = {
    "axe": "Axe",
    "libelle": "Indicateur",
    "unite": "Unité",
    "reference": "Référence",
    "cible": "Objectif",
    "realise": "Réalisé au semestre",
    "precedent": "Semestre précédent",
    "un_an_avant": "Même semestre un an avant",
    "cumul": "Depuis le début",
    "taux": "Taux de réalisation",
    "sans_cible": "Part sans objectif",
    "repondu": "Réponses reçues",
    "du": "Réponses dues",
    "neants": "Zéros confirmés",
    "mention": "Observations",
    "numerateur": "Numérateur",
    "denominateur": "Dénominateur",
}
_COMPLETUDE = {
    "libelle": "Libellé",
    "dus": "Dues",
    "repondus": "Validées",
    "a_temps": "Dont à temps",
    "completude": "Complétude",
    "ponctualite": "Ponctualité",
}
_PART_COMPLETE = "Dues : 2 ; Validées : 1 ; Dont à temps : 1 ; Complétude : 1\u00a0% ; Ponctualité : 1\u00a0%"


def _completude(rang: int, ligne: str, derriere: str) -> Attendu:
    told = f"Libellé : {ligne.split(' : ')[1]} ; {_PART_COMPLETE}"
    return Attendu(
        "completude", rang, "Complétude", ligne, _COMPLETUDE, derriere, cle="genre code", nomme="libelle", entiere=told
    )


ATTENDUS_BILAN = (
    Attendu("", 0, "Bilan", "", {"departement_nom": "Département", "prefecture": "Préfecture"}),
    Attendu("versions", 0, "Versions", "", {"catalogue": "Catalogue", "gabarit": "Gabarit"}, tus="regles colonnes"),
    Attendu(
        "referents",
        0,
        "Référents",
        "Camille",
        {"fonction": "Fonction", "courriel": "Courriel", "telephone": "Téléphone"},
        cle="nom",
        entiere="Nom : Camille ; Fonction : référente ; Courriel : c@41.test ; Téléphone : 02",
    ),
    Attendu(
        "",
        0,
        "Pilotage",
        "",
        {
            "organisation": "Organisation retenue",
            "strategie": "Stratégie définie",
            "obstacles": "Obstacles rencontrés",
        },
    ),
    Attendu(
        "comptes",
        0,
        "Nombre de signataires",
        "",
        {
            "entreprises": "Entreprises signataires",
            "reseaux": "Réseaux",
            "employeurs_publics": "Employeurs publics",
            "associations": "Associations",
            "nouvelles_entreprises": "Nouvelles entreprises",
            "chartes_a_transformer": "Chartes à transformer",
            "a_renouveler": "À renouveler",
            "plan_10000": "Plan « 10 000 entreprises »",
            "club": "Club",
            "actives": "Entreprises actives",
            "couvertes_au_national": "Couvertes par une convention nationale",
            "nouveaux_reseaux": "Réseaux, nouveaux",
            "actifs_reseaux": "Réseaux, actifs",
            "nouveaux_employeurs_publics": "Employeurs publics, nouveaux",
            "actifs_employeurs_publics": "Employeurs publics, actifs",
            "nouvelles_associations": "Associations, nouvelles",
            "actives_associations": "Associations, actives",
        },
    ),
    Attendu(
        "signataires",
        0,
        "Signataires",
        "41-001, Lenoir",
        {
            "nom": "Signataire",
            "identifiant": "SIREN ou SIRET",
            "nature": "Nature",
            "categorie": "Catégorie",
            "commune": "Commune",
            "axes": "Axes",
            "cosignataire": "Cosignataire",
            "signee_le": "Signée le",
            "debut": "Début",
            "fin": "Fin",
            "etat": "État",
            "dispositifs": "Dispositifs",
            "remarques": "Remarques",
        },
        cle="convention signataire_id",
        nomme="nom",
        entiere="Signataire : Lenoir ; SIREN ou SIRET : 111 ; Nature : Entreprise ; Catégorie : PME ; "
        "Commune : Blois ; Axes : Former ; Signée le : 01/01/2025 ; Début : 02/01/2025 ; "
        "Fin : 31/12/2027 ; État : Signée",
    ),
    Attendu(
        "partenaires",
        0,
        "Partenaires",
        "FACE",
        {"nature": "Nature", "role": "Rôle"},
        cle="nom",
        entiere="Nature : Association ; Rôle : anime",
    ),
    Attendu(
        "indicateurs",
        0,
        "Indicateurs",
        "S2, Stagiaires",
        _INDICATEUR_BILAN,
        derriere="1",
        sans="reference precedent un_an_avant sans_cible",
        cle="code nature",
        tus="genre est_dont semestriels",
        nomme="libelle",
        entiere=f"Axe : SENSIBILISER ; Indicateur : Stagiaires ; Unité : u ; {_CHIFFRES_BILAN}",
    ),
    Attendu(
        "indicateurs",
        1,
        "Indicateurs",
        "X1, Repas — réseaux",
        {champ: heading for champ, heading in _INDICATEUR_BILAN.items() if champ != "libelle"},
        derriere="6",
        sans="reference precedent un_an_avant sans_cible",
        cle="code libelle nature",
        tus="genre est_dont semestriels",
        entiere=f"Axe : AUTRE ; Indicateur : Repas ; Unité : u ; {_CHIFFRES_BILAN}",
    ),
    Attendu(
        "thematiques",
        0,
        "Thématiques",
        "T12, Achats (€ HT)",
        {
            "libelle": "Thématique",
            "transversale": "Transversale",
            "entreprises": "Entreprises engagées",
            "prevision": "Prévision",
            "realise": "Réalisé au semestre",
            "cumul": "Depuis le début",
            "repondu": "Réponses reçues",
            "du": "Réponses dues",
            "valorise": "Valorisé depuis le PAQTE",
            "mention": "Observations",
        },
        derriere="2",
        autres={"valorise": "5"},
        cle="code unite nature",
        tus="mesure semestriels",
        nomme="libelle",
        entiere="Thématique : Achats ; Transversale : non ; Entreprises engagées : 1 ; Prévision : 1 ; "
        f"Réalisé au semestre : 1 ; Depuis le début : 1 ; {_DEUX_COLONNES}",
    ),
    Attendu(
        "actions",
        0,
        "Actions",
        "Visite",
        {"axe": "Axe", "texte": "Description", "lieu": "Lieu", "beneficiaires": "Bénéficiaires"},
        cle="date signataire titre",
        entiere="Axe : Former ; Description : Texte ; Bénéficiaires : (non renseigné)",
    ),
    Attendu(
        "contexte",
        0,
        "Contexte",
        "Nombre de QPV",
        {
            "libelle": "Élément",
            "valeur": "Valeur",
            "unite": "Unité",
            "date": "Date",
            "precision": "Précision",
            "source": "Source",
            "note": "Observations",
        },
        cle="code",
        nomme="libelle",
        entiere="Élément : Nombre de QPV ; Valeur : 1 ; Unité : quartiers ; Date : 01/01/2026",
    ),
    Attendu(
        "evolution",
        0,
        "Évolution",
        "2026-S1",
        {"entreprises": "Entreprises", "autres": "Autres signataires"},
        cle="periode",
        entiere="Entreprises : 1 ; Autres signataires : 1",
    ),
    Attendu(
        "avertissements",
        0,
        "Avertissements",
        "Lenoir, 1er trimestre 2026, S2 : Trop",
        {"commentaire": "Commentaire du déclarant"},
        cle="signataire periode indicateur message",
        entiere="Commentaire du déclarant : Oui",
    ),
    Attendu(
        "provenance",
        0,
        "Provenance",
        "importées",
        {"libelle": "Réponses validées", "nombre": "Nombre", "total": "Sur", "pourcent": "Part"},
        derriere=EVERY,
        cle="code",
        nomme="libelle",
        entiere="Réponses validées : importées ; Nombre : 1 ; Sur : 2 ; Part : 50\u00a0%",
    ),
    _completude(0, "Ensemble : Toutes les réponses", EVERY),
    _completude(1, "Axe : Former", "3"),
    _completude(2, "Indicateur : Stagiaires", "1"),
    _completude(3, "Signataire : Autre", "3 4 5 6 7"),
    Attendu(
        "reponses",
        0,
        "Réponses",
        "41-002, Autre, 1er trimestre 2026",
        {
            "signataire": "Signataire",
            "etat": "État",
            "transmise_le": "Transmise le",
            "validee_le": "Validée le",
            "dus": "Dus",
            "repondus": "Répondus",
            "neants": "Zéros confirmés",
            "manquants": "Manquants",
        },
        derriere="3 4",
        cle="convention periode",
        nomme="signataire",
        entiere="Signataire : Autre ; État : Validée ; Transmise le : 01/04/2026 ; Validée le : 02/04/2026 ; Dus : 2 ; "
        "Répondus : 1 ; Zéros confirmés : 0",
    ),
)
