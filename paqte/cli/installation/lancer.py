"""paqte lancer: what `make run` calls."""

from __future__ import annotations

import errno
import http.client
import json
import logging.config
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

import click
from flask import Flask

from paqte.cli.installation.base import migrate
from paqte.cli.socle.application import OPERATOR, opened, settings_of
from paqte.cli.socle.processus import Processes
from paqte.cli.socle.sortie import StartRefused
from paqte.cli.socle.verrou import alone_on
from paqte.config import Settings, read_settings
from paqte.domain.documents.registre import BILAN
from paqte.domain.documents.reglages import travail_libelle
from paqte.domain.systeme import reason_of
from paqte.ops import clock
from paqte.ops.base.garde import hold_secret, refuse_fictive_accounts
from paqte.ops.courriel import read_smtp_url
from paqte.ops.logging import configuration

START_SECONDS = 60
WEB = ("-m", "gunicorn", "-c", "python:paqte.ops.gunicorn", "paqte:create_app()")
SCHEDULER = ("-m", "paqte.scheduling")
_REASONS = {
    errno.EADDRINUSE: "est déjà pris : arrêtez le programme qui l’occupe (peut-être un autre PAQTE)",
    errno.EACCES: "est réservé à l’administrateur de la machine",
    errno.EADDRNOTAVAIL: "n’existe pas sur cette machine : vérifiez PAQTE_HOST",
}


@click.command()
def lancer() -> None:
    """Lance PAQTE ; Ctrl-C arrête tout.

    Prépare la base, puis le serveur web et le planificateur.
    """
    settings = read_settings()
    logging.config.dictConfig(configuration(is_verbose=settings.is_production))
    # Said outright: a shell that starts it in the background has it ignore SIGINT, which must stop it all the same.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    if settings.smtp_url:
        read_smtp_url(settings.smtp_url)
    require_free_port(settings)
    with alone_on(settings.instance):
        steps = migrate(settings)
        _tell(f"Base mise à jour ({', '.join(steps)})." if steps else "La base est à jour.")
        refuse_fictive_accounts(settings)
        hold_secret(settings)
        serve(settings)
    _tell("Arrêté.")


def serve(settings: Settings) -> None:
    """Prepare, start the web server and the scheduler, say PRÊT, and stay until Ctrl-C or the death of one of them."""
    with Processes() as children, opened() as app:
        try:
            is_new = prepare(app)
            children.start("serveur web", WEB)
            if is_new:  # while the web server starts, and before a scheduler that would make what is left late
                load_others(app)
            children.start("planificateur", SCHEDULER)
            wait_until_healthy(settings, children)
            click.echo("\n".join(ready_lines(app)))
            sys.stdout.flush()
            watch(children)
        except KeyboardInterrupt:
            _tell("Arrêt…")


def require_free_port(settings: Settings) -> None:
    """StartRefused, with the remedy, when another program already listens there."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            reason = _REASONS.get(error.errno or 0, f"ne peut pas être pris ({reason_of(error)})")
            raise StartRefused(
                f"Le port {settings.port} de {settings.host} {reason}. "
                f"Pour en prendre un autre : PAQTE_PORT={settings.port + 1} make run"
            ) from error


def prepare(app: Flask) -> bool:
    """What must be there before anybody comes: territories, the demonstration, the bilans that are due.

    Says whether the demonstration was loaded.
    """
    from paqte.jeux.demonstration import DEPARTEMENT, is_base_empty, load_demonstration
    from paqte.queries.planificateur.restaurations import pending_restoration
    from paqte.reporting.publication import narrow_published
    from paqte.services.planificateur.due import produce_due, produce_last_closed
    from paqte.services.planificateur.taches import Workshop
    from paqte.services.reglages.territoire import load_territories

    settings = settings_of(app)
    narrow_published(settings.reports)
    place = Workshop("paqte lancer", settings.reports, settings.base_url)
    load_territories(actor=OPERATOR, now=clock.now())
    is_new = not settings.is_production and is_base_empty()
    if is_new:
        _tell("Chargement de la démonstration…")
        loaded = load_demonstration(now=clock.now(), base_url=settings.base_url, reports=settings.reports)
        _tell(f"Démonstration chargée : {loaded}.")
        produce_last_closed(place=place, departement=DEPARTEMENT, clock=clock.now)
    if pending_restoration():
        _tell("Un retour à une sauvegarde attend votre accord (« paqte reprise lister ») : rien ne part d’ici là.")
    for prise, done in produce_due(place=place, clock=clock.now):
        outcome = f"produit : {done.path}" if done.path else f": {done.phrase}"
        _tell(f"{travail_libelle(prise.travail)} {outcome}")
    return is_new


def load_others(app: Flask) -> None:
    """The other départements of the demonstration: a région and a nation that may be read."""
    from paqte.jeux.demonstration import load_nation

    told = load_nation(now=clock.now(), reports=settings_of(app).reports)
    _tell(f"Autour : {told}.")


def wait_until_healthy(settings: Settings, children: Processes) -> None:
    """Return once the web server says that the base serves; StartRefused when a child dies or time runs out."""
    deadline = time.monotonic() + START_SECONDS
    while not _is_healthy(settings):
        _refuse_dead(children)
        if time.monotonic() > deadline:
            raise StartRefused(f"Le serveur web ne répond pas après {START_SECONDS} secondes : voir ci-dessus.")
        time.sleep(0.2)


def watch(children: Processes) -> None:
    """Stay while every child lives; StartRefused says which one ended."""
    while True:
        _refuse_dead(children)
        time.sleep(0.5)


def ready_lines(app: Flask) -> list[str]:
    """What people and scripts wait for: a line of the address and the bilan, then one an account of demonstration."""
    from paqte.jeux.demonstration import DEPARTEMENT, links

    settings = settings_of(app)
    path = _last_bilan(settings, DEPARTEMENT)
    ready = f"PRÊT {settings.base_url}{f' | bilan : {path}' if path else ''}"
    if settings.is_production:
        return [ready]
    spaces = {endpoint.partition(".")[0] for endpoint in app.view_functions if endpoint.endswith(".accueil")}
    found = links(spaces=spaces, base_url=settings.base_url, now=clock.now())
    return [ready, *(f"{who} : {link}" for who, link in found)]


def _last_bilan(settings: Settings, departement: str) -> Path | None:
    """The file of the département's latest bilan, as one would type its path from here; put back if missing."""
    from paqte.queries.editions.editions import list_editions
    from paqte.services.editions.editions import publish_edition

    published = [e for e in list_editions(actor=OPERATOR, genre=BILAN) if e.departement == departement and e.publiee_le]
    if not published:
        return None
    path = settings.reports / departement / published[0].periode / published[0].fichier_nom
    if not path.exists():  # another machine produced it, or the folder was lost
        publish_edition(actor=OPERATOR, edition_id=published[0].id, reports=settings.reports, now=clock.now())
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _is_healthy(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    connection = http.client.HTTPConnection(host, settings.port, timeout=5)
    try:
        connection.request("GET", "/sante", headers={"Host": settings.public_host})
        told = json.load(connection.getresponse())
        # Not the whole of /sante: after days off, the scheduler passes only once its first tasks are done.
        return bool(told["base"] and told["schema"])
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return False
    finally:
        connection.close()


def _refuse_dead(children: Processes) -> None:
    dead = children.dead()
    if dead:
        name, code = dead
        raise StartRefused(f"Le {name} s’est arrêté de lui-même (code {code}) : voir ci-dessus. Tout est arrêté.")


def _interrupt(_number: int, _frame: Any) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)
