"""A bilan such as Loir-et-Cher could send: invented companies, real places, the whole variety of answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from paqte.domain.chiffres import Chiffre
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import (
    ComptesSignataires,
    Contact,
    LigneAction,
    LigneAvertissement,
    LigneCompletude,
    LigneContexte,
    LigneCorrection,
    LigneEcart,
    LigneIndicateur,
    LignePartenaire,
    LigneReponse,
    LigneSignataire,
    LigneThematique,
    PartProvenance,
    PointAxe,
    PointSignataires,
    Versions,
)
from paqte.domain.indicateurs.catalogue import Indicateur, catalogue
from tests.reporting.mondes.textes_exemples import ACTIONS, OBSTACLES, ORGANISATION, STRATEGIE

_NOMS = (
    ("Mécanique de la Cisse (fictif)", "entreprise", "PME", "Blois"),
    ("Chocolaterie Vendômoise (fictif)", "entreprise", "ETI", "Vendôme"),
    ("Groupe Sologne Bâtiment (fictif)", "entreprise", "ETI", "Romorantin-Lanthenay"),
    ("Ferme des Trois Vallées (fictif)", "entreprise", "TPE", "Contres"),
    ("Ateliers Bégon, menuiserie (fictif)", "entreprise", "TPE", "Blois"),
    ("Transports Val de Loire Logistique et Messagerie (fictif)", "entreprise", "PME", "La Chaussée-Saint-Victor"),
    ("Loire Habitat Services (fictif)", "entreprise", "PME", "Blois"),
    ("Hôtel du Château (fictif)", "entreprise", "TPE", "Chambord"),
    ("Hypermarché de la Quinière (fictif)", "entreprise", "GE", "Blois"),
    ("Énergie Beauce Réseaux (fictif)", "entreprise", "GE", "Mer"),
    ("Plasturgie du Perche (fictif)", "entreprise", "PME", "Mondoubleau"),
    ("Propreté Ligérienne (fictif)", "entreprise", "PME", "Blois"),
    ("Assurances Mutuelles du Centre (fictif)", "entreprise", "GE", "Blois"),
    ("Boulangerie Les Rottes (fictif)", "entreprise", "TPE", "Vendôme"),
    ("Numérique 41 (fictif)", "entreprise", "PME", "Vineuil"),
    ("Maraîchers de Soings (fictif)", "entreprise", "TPE", "Soings-en-Sologne"),
    ("Cosmétique Val de Cher (fictif)", "entreprise", "ETI", "Saint-Aignan"),
    ("Banque coopérative des Pays de Loire (fictif)", "entreprise", "GE", "Blois"),
    ("Club des entreprises du Blaisois (fictif)", "reseau", "", "Blois"),
    ("Réseau des artisans du Vendômois (fictif)", "reseau", "", "Vendôme"),
    ("Centre hospitalier de la Loire moyenne (fictif)", "employeur_public", "", "Blois"),
    ("Communauté de communes du Controis (fictif)", "employeur_public", "", "Contres"),
    ("Passerelles Emploi 41 (fictif)", "association", "", "Romorantin-Lanthenay"),
    ("Garage solidaire des Favignolles (fictif)", "entreprise", "TPE", "Romorantin-Lanthenay"),
)


def exemple(edition: int = 1) -> Bilan:
    """The whole bilan of Loir-et-Cher for the first semester of 2026."""
    signataires = tuple(_signataires())
    return Bilan(
        departement="41",
        departement_nom="Loir-et-Cher",
        prefecture="Préfecture de Loir-et-Cher",
        periode="2026-S1",
        periode_libelle="1er semestre 2026",
        edition=edition,
        genere_le="2026-07-21T08:30:00+00:00",
        versions=Versions(catalogue="2019.1", gabarit="2026.1", colonnes=Bilan.version()),
        referents=(
            Contact(
                "Camille Exemple",
                "Chargée de mission politique de la ville, référente départementale du PAQTE",
                "camille.exemple@loir-et-cher.example",
                "02 54 00 00 01",
            ),
            Contact("Dominique Modèle", "Délégué du préfet", "dominique.modele@loir-et-cher.example", "02 54 00 00 02"),
        ),
        organisation=ORGANISATION,
        strategie=STRATEGIE,
        obstacles=OBSTACLES,
        comptes=ComptesSignataires(18, 2, 2, 1, 3, 1, 2, 6, 6, 15, 1),
        signataires=signataires,
        partenaires=_PARTENAIRES,
        indicateurs=tuple(_indicateurs()),
        thematiques=tuple(_thematiques()),
        actions=tuple(_actions()),
        contexte=_CONTEXTE,
        reponses=tuple(_reponses()),
        avertissements=_AVERTISSEMENTS,
        corrections=_CORRECTIONS if edition > 1 else (),
        provenance=_PROVENANCE,
        completude=_COMPLETUDE,
        ecarts=_ECARTS if edition > 1 else (),
        axes=tuple(PointAxe(i.axe, i.code, i.libelle, i.taux) for i in _indicateurs()),
        evolution=tuple(
            PointSignataires(*p)
            for p in (("2024-S2", 9, 2), ("2025-S1", 13, 3), ("2025-S2", 15, 4), ("2026-S1", 18, 5))
        ),
        notes=(
            "La grille des indicateurs est reconstruite à partir des circulaires de 2019 : la liste officielle des "
            "indicateurs clés n’est pas publique.",
            "A1 : doublons possibles entre signataires, un même fournisseur pouvant être cité plusieurs fois.",
            "DEFM : rupture de série en janvier 2025 (catégories F et G).",
        ),
    )


def neant() -> Bilan:
    """A département with nothing: its bilan is valid and says so."""
    return Bilan(
        departement="48",
        departement_nom="Lozère",
        prefecture="Préfecture de la Lozère",
        periode="2026-S1",
        periode_libelle="1er semestre 2026",
        edition=1,
        genere_le="2026-07-21T08:30:00+00:00",
        versions=Versions("2019.1", "2026.1", colonnes=Bilan.version()),
    )


def volume(signataires: int = 100) -> Bilan:
    """The same bilan with many signatories, for measures of speed and of pages."""
    base = exemple()
    return replace(
        base,
        signataires=tuple(_repeated(base.signataires, signataires)),
        reponses=tuple(_repeated(base.reponses, 2 * signataires)),
    )


def _repeated(rows: tuple, count: int) -> Iterator:
    for rank in range(count):
        row = rows[rank % len(rows)]
        yield replace(row, convention=f"41-{rank:04d}")


def _signataires() -> Iterator[LigneSignataire]:
    etats = {3: "a_renouveler", 7: "a_renouveler", 10: "resiliee", 12: "renouvelee"}
    for rank, (nom, nature, categorie, commune) in enumerate(_NOMS):
        annee = 2023 + rank % 4 if rank % 4 < 3 else 2026
        mois = rank % 5 + 1
        debut = f"{annee}-{mois:02d}-15"
        is_small = categorie == "TPE"
        yield LigneSignataire(
            signataire_id=rank + 1,
            convention=f"41-{annee}-{rank + 1:02d}",
            nom=nom,
            identifiant=f"{900_000_000 + rank * 137:09d}" if rank % 3 else f"0{90_000_000 + rank:08d}00012",
            nature=nature,
            categorie=categorie,
            commune=commune,
            axes="Sensibiliser" if is_small else "Sensibiliser, Former, Recruter, Acheter",
            signee_le=f"{annee}-{mois:02d}-10",
            debut=debut,
            fin=f"{annee + 3}-{mois:02d}-14",
            etat=etats.get(rank, "en_cours"),
            cosignataire="Agglopolys" if commune == "Blois" else "",
            dispositifs="Charte E&Q"
            if rank == 23
            else "PAQTE + Plan 10 000"
            if rank in (0, 1, 2, 8, 9, 17)
            else "PAQTE",
            remarques={
                10: "Résiliée le 31/03/2026 : cessation d’activité du site",
                9: "Couverte par une convention nationale",
                23: "À transformer en convention PAQTE",
            }.get(rank, ""),
        )


_PARTENAIRES = (
    LignePartenaire(
        "Agglopolys", "Collectivité", "Cosignataire des conventions de l’agglomération ; accueil des rencontres"
    ),
    LignePartenaire("Ville de Blois", "Collectivité", "Mise en relation avec les maisons de quartier"),
    LignePartenaire("Conseil départemental de Loir-et-Cher", "Collectivité", "Collèges, clauses d’insertion"),
    LignePartenaire("Région Centre-Val de Loire", "Collectivité", "Orientation et formation"),
    LignePartenaire("Chambre de commerce et d’industrie", "Chambre consulaire", "Prospection des entreprises"),
    LignePartenaire("Chambre de métiers et de l’artisanat", "Chambre consulaire", "Apprentissage dans l’artisanat"),
    LignePartenaire("Maison de l’emploi de Blois", "Association", "Suivi des heures d’insertion et des candidats"),
    LignePartenaire("Mission locale du Blaisois", "Association", "Repérage et accompagnement des jeunes"),
)


def _figure(rank: int, i: Indicateur, factor: float) -> Chiffre:
    if i.nombre == "pourcentage":
        return Chiffre(Decimal(f"{(7.5 + rank * 1.3) * factor:.1f}"))
    if i.nombre == "euros":
        return Chiffre(Decimal(f"{(184_250.5 + 91_317 * rank) * factor:.2f}"))
    if i.nombre == "quantite":
        return Chiffre(Decimal(f"{(412.5 + 640 * rank) * factor:.1f}"))
    return Chiffre(Decimal(int((40 + 23 * rank) * factor)))


def _indicateurs() -> Iterator[LigneIndicateur]:
    rates = (96.0, 104.5, None, 71.4, 118.2, 45.0, None, 88.9, 62.5, 100.0, 133.3, 12.5, 0.0, 90.9, 55.0)
    for rank, i in enumerate(catalogue().of_dispositif("paqte")):
        taux = rates[rank % len(rates)]
        absent = i.genre == "libre"
        sans_cible = taux is None or absent
        reponses = 14 + rank % 9
        yield LigneIndicateur(
            axe=i.axe,
            code=i.code,
            libelle=i.libelle,
            unite=i.unite,
            genre=i.genre,
            est_dont=bool(i.dont),
            reference=Chiffre(None, "sans référence") if rank % 5 == 4 else _figure(rank, i, 0.7),
            cible=Chiffre(None, "sans objectif") if sans_cible else _figure(rank, i, 1.1),
            realise=Chiffre(None, "engagement libre, non additionné") if absent else _semester(rank, i),
            precedent=Chiffre(None, "engagement libre, non additionné") if absent else _figure(rank, i, 0.9),
            un_an_avant=Chiffre(None, "aucune déclaration") if rank % 6 == 5 or absent else _figure(rank, i, 0.8),
            cumul=Chiffre(None, "engagement libre, non additionné") if absent else _figure(rank, i, 3.4),
            taux=Chiffre(None, "sans objectif") if sans_cible else Chiffre(Decimal(str(taux))),
            sans_cible=Chiffre(Decimal("100") if sans_cible else Decimal("12.5")),
            repondu=0 if i.code == "R3e" else reponses - rank % 3,
            du=reponses,
            neants=rank % 4,
            mention={"A1": "doublons possibles", "S5": "doublons possibles"}.get(i.code, ""),
        )


def _semester(rank: int, i: Indicateur) -> Chiffre:
    if i.code == "R3e":
        return Chiffre(None, "aucune réponse sur 4 attendues")
    return Chiffre(Decimal(0)) if i.code == "F4" else _figure(rank, i, 1.0)


def _thematiques() -> Iterator[LigneThematique]:
    for rank, t in enumerate(catalogue().thematiques.values()):
        measure = catalogue().measures_of(t.code)[0]
        nobody = rank in (8, 9)
        absent = Chiffre(None, "aucune entreprise engagée")
        yield LigneThematique(
            code=t.code,
            libelle=t.libelle,
            transversale=t.transversale,
            unite=measure.unite,
            entreprises=0 if nobody else 1 + rank % 5,
            prevision=absent if nobody else _figure(rank, measure, 0.4),
            realise=absent if nobody else _figure(rank, measure, 0.2),
            cumul=absent if nobody else _figure(rank, measure, 0.9),
            repondu=0 if nobody else 1 + rank % 4,
            du=0 if nobody else 1 + rank % 5,
            valorise="S2 : 84 personnes" if rank == 0 else "",
        )


def _actions() -> Iterator[LigneAction]:
    for date, rank, axe, titre, texte, lieu, count in ACTIONS:
        people = Chiffre(None, "familles, non comptées") if count is None else Chiffre(Decimal(count))
        yield LigneAction(date, _NOMS[rank][0], axe, titre, texte, lieu, people)


_CONTEXTE = (
    LigneContexte("qpv", "Nombre de QPV", Chiffre(Decimal(4)), "quartiers", "2024-01-01", "génération 2024", "Décret"),
    LigneContexte(
        "pru_national", "Nombre de PRU d’intérêt national", Chiffre(Decimal(1)), "projets", "2026-01-01", "", "ANRU"
    ),
    LigneContexte(
        "population_qpv", "Population des QPV", Chiffre(Decimal(14985)), "habitants", "2022-01-01", "", "Insee"
    ),
    LigneContexte(
        "part_population",
        "Part de la population du département vivant en QPV",
        Chiffre(Decimal("4.6")),
        "%",
        "2022-01-01",
        "",
        "Insee",
    ),
    LigneContexte(
        "defm",
        "Demandeurs d’emploi en fin de mois dans les QPV",
        Chiffre(Decimal(2140)),
        "personnes",
        "2026-06-30",
        "catégories A, B, C",
        "France Travail",
        "rupture de série en janvier 2025",
    ),
    LigneContexte(
        "defm_jeunes",
        "dont moins de 26 ans",
        Chiffre(None, "non communiqué à la date du bilan"),
        "personnes",
        "2026-06",
        "catégories A, B, C",
        "France Travail",
    ),
)


def _reponses() -> Iterator[LigneReponse]:
    for rank, s in enumerate(_signataires()):
        for quarter in ("2026-T1", "2026-T2"):
            late = rank in (4, 11) and quarter == "2026-T2"
            sent_back = rank == 7 and quarter == "2026-T2"
            yield LigneReponse(
                signataire=s.nom,
                convention=s.convention,
                periode=quarter,
                etat="a_saisir" if late else "a_completer" if sent_back else "validee",
                transmise_le="" if late else "2026-07-09",
                validee_le="" if late or sent_back else "2026-07-15",
                dus=6 + rank % 9,
                repondus=0 if late else 5 + rank % 9,
                neants=rank % 3,
                manquants="toutes les réponses" if late else "R2p" if rank % 4 == 1 else "",
            )


_AVERTISSEMENTS = (
    LigneAvertissement(
        "Groupe Sologne Bâtiment (fictif)",
        "2026-T2",
        "R3 Nombre de recrutements de résidents en QPV",
        "La valeur est plus de trois fois celle de la période précédente.",
        "Chantier du pôle d’échanges : quatorze recrutements en mai, contre quatre au premier trimestre.",
    ),
    LigneAvertissement(
        "Énergie Beauce Réseaux (fictif)",
        "2026-T1",
        "A2 Montant d’achats auprès d’entreprises implantées en QPV",
        "Le montant est nul alors qu’un nombre de fournisseurs est déclaré.",
        "Marchés notifiés, non encore facturés.",
    ),
)
_CORRECTIONS = (
    LigneCorrection(
        "Propreté Ligérienne (fictif)",
        "2026-T1",
        "F1 Nombre d’alternants résidant en QPV",
        "3",
        "5",
        "Deux contrats oubliés, signalés par l’entreprise le 2 août.",
    ),
)


def _rates(dus: int, repondus: int, a_temps: int) -> tuple[int, int, int, Chiffre, Chiffre]:
    shares = (Chiffre(Decimal(1000 * n // dus) / 10) for n in (repondus, a_temps))
    return dus, repondus, a_temps, *shares


_PROVENANCE = (
    PartProvenance("entreprise", "saisies par l’entreprise", 212, 301, Decimal("70.4")),
    PartProvenance("pour_compte", "saisies pour le compte de l’entreprise", 89, 301, Decimal("29.6")),
    PartProvenance("justificatif", "accompagnées d’un justificatif", 34, 301, Decimal("11.3")),
)
_COMPLETUDE = (
    LigneCompletude("ensemble", "", "Toutes les réponses", *_rates(340, 301, 260)),
    LigneCompletude("axe", "RECRUTER", "Recruter", *_rates(120, 97, 80)),
    LigneCompletude("indicateur", "R3", "Contrats d’alternance signés", *_rates(18, 18, 11)),
    LigneCompletude("signataire", "12", "Propreté Ligérienne (fictif)", *_rates(22, 21, 0)),
)
_ECARTS = (
    LigneEcart(
        "Indicateurs",
        "R3, Contrats d’alternance signés",
        "Réalisé au semestre",
        "41",
        "44",
        "Propreté Ligérienne (fictif), 2e trimestre 2026",
    ),
    LigneEcart("Signataires", "41-2025-12, Propreté Ligérienne (fictif)", "Commune", "", "Blois"),
)
