"""paqte routes, paqte config, paqte verifier"""

from __future__ import annotations

import json
from typing import Any

import click
from flask import Flask

from paqte.cli.socle.application import opened, settings_of
from paqte.cli.socle.sortie import REFUSED
from paqte.config import ConfigurationRefused, hide_password, read_settings
from paqte.domain.personnes.roles import PUBLIC, roles_of
from paqte.ops import clock

HIDDEN = "••••••"


@click.command()
@click.option("--json", "is_json", is_flag=True, help="Une liste JSON.")
def routes(is_json: bool) -> None:
    """Adresses, et qui peut les ouvrir."""
    with opened() as app:
        rows = routes_of(app)
    if is_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['adresse']}\t{','.join(row['methodes'])}\t{','.join(row['roles']) or 'personne'}")


def routes_of(app: Flask) -> list[dict[str, Any]]:
    """Address, methods, endpoint and roles of each rule; a view that nobody marked is open to nobody."""
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        is_static = rule.endpoint.rpartition(".")[2] == "static"
        roles = frozenset({PUBLIC}) if is_static else roles_of(app.view_functions[rule.endpoint])
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        rows.append({"adresse": rule.rule, "methodes": methods, "endpoint": rule.endpoint, "roles": sorted(roles)})
    return rows


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
        "PAQTE_ANTIVIRUS_URL": settings.antivirus_url or "(absente : aucun antivirus ne regarde les fichiers reçus)",
        "PAQTE_ENTREPRISES_URL": settings.entreprises_url or "(vide : les entreprises ne sont cherchées nulle part)",
        "PAQTE_SECRET_KEY": HIDDEN,
    }
    for name, value in shown.items():
        click.echo(f"{name}={hide_password(str(value))}")


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
