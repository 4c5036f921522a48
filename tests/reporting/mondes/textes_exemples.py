"""The texts of the example: actions, strategy, obstacles, organisation. People and companies are invented."""

from __future__ import annotations

# Date, rank of the signatory, axis, title, text, place, people.
ACTIONS = (
    (
        "2026-02-12",
        0,
        "SENSIBILISER",
        "Une semaine dans l’atelier pour douze collégiens de Bégon",
        "Douze élèves de troisième du collège Bégon (REP+) ont passé une semaine entière dans les ateliers. "
        "Chacun a suivi un binôme composé d’un tourneur et d’une technicienne des méthodes, fabriqué une "
        "pièce de bout en bout et présenté son travail aux familles le vendredi soir.\n"
        "Le principal relève que trois élèves ont depuis demandé une orientation en baccalauréat "
        "professionnel industriel, ce qui n’était arrivé qu’une fois en quatre ans. L’entreprise renouvelle "
        "l’accueil à l’automne et l’ouvre au collège Rabelais.",
        "Blois, quartier Nord",
        12,
    ),
    (
        "2026-03-05",
        1,
        "FORMER",
        "Six alternants venus des Rottes",
        "Une campagne menée avec la mission locale, au pied des immeubles puis dans l’usine, a permis de "
        "signer six contrats d’apprentissage : conduite de ligne, maintenance, qualité. Les tuteurs ont reçu "
        "deux jours de formation ; un point mensuel réunit l’apprenti, le tuteur et le CFA.",
        "Vendôme",
        6,
    ),
    (
        "2026-03-19",
        2,
        "RECRUTER",
        "Recruter sans CV sur le chantier du pôle d’échanges",
        "Quarante habitants de Blois Nord ont été reçus sur le chantier pour des mises en situation d’une "
        "demi-journée, sans curriculum vitæ. Quatorze ont été recrutés, dont neuf en contrat à durée "
        "indéterminée.",
        "Blois, Quinière",
        14,
    ),
    (
        "2026-01-27",
        3,
        "SENSIBILISER",
        "La ferme ouvre ses portes aux familles",
        "Deux visites de la ferme, suivies d’un atelier sur les métiers agricoles, pour vingt-deux familles "
        "du quartier des Favignolles, avec le centre social.",
        "Contres",
        None,
    ),
    (
        "2026-04-08",
        8,
        "ACHETER",
        "Un rayon pour les créateurs du quartier",
        "Cinq créateurs de la Quinière vendent leurs produits dans le magasin, sans droit d’entrée. Le "
        "service achats a simplifié le référencement : un contrat de deux pages et un paiement à quinze "
        "jours.",
        "Blois, Quinière",
        5,
    ),
    (
        "2026-05-14",
        9,
        "ACHETER",
        "Des clauses d’insertion dans tous les marchés de travaux",
        "Chaque marché de plus de 90 000 € comporte désormais une clause de 5 % d’heures d’insertion. Au "
        "premier semestre, 6 420 heures ont été réalisées par trente-et-une personnes, suivies par la Maison "
        "de l’emploi.",
        "Mer",
        31,
    ),
    (
        "2026-05-22",
        12,
        "RECRUTER",
        "Toutes les équipes de recrutement formées",
        "Les vingt-six recruteurs et managers du siège ont suivi une journée de formation à la "
        "non-discrimination, avec analyse de leurs propres annonces. L’autodiagnostic des méthodes RH est "
        "achevé et rendu public en interne.",
        "Blois",
        26,
    ),
    (
        "2026-06-03",
        14,
        "FORMER",
        "Un parrainage qui dure : deux heures par mois, pendant un an",
        "Huit développeurs parrainent chacun un jeune de l’École de la deuxième chance. Le premier bilan "
        "montre cinq entrées en formation et une création d’activité.",
        "Vineuil",
        8,
    ),
    (
        "2026-06-11",
        17,
        "SENSIBILISER",
        "L’entreprise racontée dans les classes",
        "Onze interventions dans les collèges Bégon, Rabelais et Léonard de Vinci ont porté sur les métiers "
        "de la banque et sur la création d’entreprise. Les supports, relus par des enseignants, sont mis à "
        "la disposition des autres signataires.",
        "Blois et Romorantin-Lanthenay",
        264,
    ),
    (
        "2026-06-25",
        18,
        "RECRUTER",
        "Le café de l’emploi du Blaisois",
        "Un jeudi par mois, trois entreprises du club reçoivent autour d’un café les habitants qui cherchent "
        "un emploi, dans la salle commune de la maison de quartier. Six rencontres, cent dix visiteurs, "
        "dix-sept embauches.",
        "Blois",
        17,
    ),
)

STRATEGIE = (
    "La stratégie départementale, arrêtée avec Agglopolys et les chambres consulaires, tient en trois "
    "priorités : mieux faire connaître les métiers aux collégiens des trois établissements d’éducation "
    "prioritaire, faire entrer davantage de jeunes des quatre quartiers prioritaires en alternance, et "
    "ouvrir les achats des grands donneurs d’ordre aux entreprises implantées dans ces quartiers.\n"
    "Chaque signataire a un interlocuteur unique à la préfecture et rencontre le référent au moins une "
    "fois par an. Les objectifs sont fixés axe par axe, à partir d’une valeur de référence quand "
    "l’entreprise la connaît ; les petites entreprises retiennent un ou deux axes, ou un engagement "
    "propre, plutôt qu’une liste qu’elles ne pourraient pas tenir. Le club des entreprises du Blaisois "
    "anime le réseau, avec une rencontre par trimestre : présentation des résultats, échange d’offres de "
    "stage, visite d’une entreprise.\n"
    "L’effort porte cette année sur la Quinière et sur les Rottes, où le nombre d’alternants reste "
    "faible au regard du nombre de jeunes inscrits à la mission locale, et sur les entreprises agricoles "
    "et artisanales, encore peu nombreuses parmi les signataires alors qu’elles recrutent."
)
OBSTACLES = (
    "Les calendriers scolaire et civil se recouvrent mal : les stages de troisième se concentrent entre "
    "décembre et février, et une même campagne se partage entre deux semestres.\n"
    "Les entreprises connaissent l’adresse de leurs salariés, rarement leur appartenance à un quartier "
    "prioritaire : le recueil demande une vérification adresse par adresse, que les plus petites "
    "renoncent à faire. Trois réponses manquent pour cette raison.\n"
    "Enfin, les montants d’achats sont déclarés par trois signataires seulement ; leur évolution d’un "
    "semestre à l’autre doit être lue avec prudence."
)
ORGANISATION = (
    "Le sous-préfet à la ville pilote le pacte, avec une chargée de mission à mi-temps et l’appui de la "
    "DDETSPP. Le délégué du préfet suit les signataires des quartiers de Blois.\n"
    "L’animation est confiée au club des entreprises du Blaisois, soutenu par une subvention de 18 000 € "
    "au titre des crédits de la politique de la ville. Un comité de pilotage réunit chaque semestre "
    "l’État, Agglopolys, le conseil départemental, la Région, France Travail, la mission locale et les "
    "chambres consulaires."
)
