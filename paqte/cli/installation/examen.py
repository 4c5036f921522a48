"""paqte routes, paqte config, paqte verifier"""

from __future__ import annotations

import json

import click

from paqte.cli.socle.application import opened, settings_of
from paqte.cli.socle.sortie import REFUSED
from paqte.config import ConfigurationRefused, Settings, hide_password, read_settings
from paqte.domain.personnes.entree.facteurs import OFFERED, REQUIRED
from paqte.domain.personnes.fournisseur import PLAIN, SIGNED
from paqte.ops import clock
from paqte.ops.routes import route_table

HIDDEN = "••••••"


@click.command()
@click.option("--json", "is_json", is_flag=True, help="Une liste JSON.")
def routes(is_json: bool) -> None:
    """Adresses, et qui peut les ouvrir."""
    with opened() as app:
        found = route_table(app)
    if is_json:
        rows = [{"adresse": r.rule, "methodes": r.methods, "endpoint": r.endpoint, "roles": r.roles} for r in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for r in found:
        click.echo(f"{r.rule}\t{','.join(r.methods)}\t{','.join(r.roles) or 'personne'}")


@click.command()
def config() -> None:
    """Réglages effectifs, secrets masqués."""
    settings = read_settings()
    shown = {
        "PAQTE_ENV": settings.env,
        "PAQTE_HOST": settings.host,
        "PAQTE_PORT": settings.port,
        "PAQTE_BASE_URL": settings.base_url,
        "PAQTE_INSTANCE": settings.instance,
        "PAQTE_REPORTS": settings.reports,
        "PAQTE_DATABASE_URL": settings.database_url,
        "PAQTE_SMTP_URL": settings.smtp_url or "(absente : les courriels restent dans la boîte d’envoi)",
        "PAQTE_SMTP_FROM": settings.smtp_from,
        "PAQTE_SECURITE_CONTACT": settings.securite_contact or "(absent : security.txt n’est pas publié)",
        "PAQTE_ANTIVIRUS_URL": settings.antivirus_url or "(absente : aucun antivirus ne regarde les fichiers reçus)",
        "PAQTE_ENTREPRISES_URL": settings.entreprises_url or "(vide : les entreprises ne sont cherchées nulle part)",
        "PAQTE_ENTREPRISES_PROXY": settings.entreprises_proxy or "(absent : le service est joint directement)",
        **_of_provider(settings),
        "PAQTE_SECOND_FACTEUR": REQUIRED if settings.facteur.is_required else OFFERED,
        "PAQTE_SECOND_FACTEUR_MINUTES": int(settings.facteur.fresh.total_seconds()) // 60,
        "PAQTE_SAUVEGARDE_CLE": " ".join(settings.sauvegarde_cles) or "(absente : les sauvegardes sont en clair)",
        "PAQTE_SAUVEGARDE_DOSSIER": settings.sauvegarde_dossier or "(absent : le planificateur ne sauvegarde pas)",
        "PAQTE_SAUVEGARDE_JOURS": settings.sauvegarde_jours,
        "PAQTE_METRIQUES_JETON": HIDDEN if settings.metriques_jeton else "(absent)",
        "PAQTE_METRIQUES_ADRESSES": " ".join(map(str, settings.metriques_adresses)) or "(absentes)",
        "PAQTE_SECRET_KEY": HIDDEN,
        "PAQTE_SECRET_KEY_ANCIENNES": " ".join([HIDDEN] * len(settings.anciennes_cles)) or "(absente)",
    }
    for name, value in shown.items():
        click.echo(f"{name}={hide_password(str(value))}")


def _of_provider(settings: Settings) -> dict[str, object]:
    found = settings.fournisseur
    if found is None:
        return {"PAQTE_OIDC_ISSUER": "(absent : chacun entre par un lien envoyé par courriel)"}
    return {
        "PAQTE_OIDC_ISSUER": found.issuer,
        "PAQTE_OIDC_CLIENT_ID": found.client_id,
        "PAQTE_OIDC_CLIENT_SECRET": HIDDEN,
        "PAQTE_OIDC_ALG": found.alg,
        "PAQTE_OIDC_USERINFO": SIGNED if found.is_userinfo_signed else PLAIN,
        "PAQTE_OIDC_ACR": " ".join(found.acr) or "(vide : tous les niveaux)",
        "PAQTE_OIDC_NOM": found.nom,
        "PAQTE_OIDC_PROXY": found.proxy or "(absent : le fournisseur est joint directement)",
    }


@click.command()
@click.pass_context
def verifier(context: click.Context) -> None:
    """Dit ce qui ne va pas.

    Base, travaux, gabarit, dossiers, courriel, et comment y remédier.
    """
    from paqte.services.planificateur.verification import check_installation

    try:
        read_settings()
    except ConfigurationRefused as refused:
        for sentence in str(refused).splitlines():
            click.echo(f"FAUTE réglages : {sentence}")
        context.exit(REFUSED)
    with opened() as app:
        findings = check_installation(settings_of(app), now=clock.now())
    for finding in findings:
        click.echo(f"{'bien ' if finding.is_good else 'FAUTE'} {finding.sujet} : {finding.phrase}")
    if not all(finding.is_good for finding in findings):
        context.exit(REFUSED)
