"""Who asks for every route: one browser for each of them, over a base that has one of everything in the 41."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paqte.domain.personnes.acteurs import ADMIN, ANIMATEUR, ENTREPRISE, NATIONAL, PLANIFICATEUR, REFERENT, REGION
from paqte.models import NamedView, Utilisateur, db
from paqte.ops.routes import Route
from paqte.services.transaction import transaction
from paqte.web.socle.acces import STANDING
from tests.architecture.acces.droits import WORDS
from tests.architecture.acces.monde import NOW, a_sister, furnish, invite, two_regions
from tests.factories import a_signataire
from tests.fixtures_acteurs import post, token_in

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

NOTHING: Mapping[str, str] = {}
NOBODY = 999_999
OTHERS = {"secret": "jeton-inconnu", "filename": "paqte.css"}
# Whoever has one convention of a company meets the company: these answer him, with that convention alone.
MET_ALL_THE_SAME = frozenset({"entreprise.signataire", "entreprise.action_proposer"})
# Who asks: role, and whether the things of Bruno's company are hers to open.
PEOPLE: dict[str, tuple[str, bool]] = {
    "l’entreprise": (ENTREPRISE, True),
    "une autre entreprise": (ENTREPRISE, False),
    "référente du 41": (REFERENT, True),
    "référente du 972": (REFERENT, False),
    "animateur": (ANIMATEUR, True),
    "animateur d’une autre": (ANIMATEUR, False),
    "animateur d’une autre convention": (ANIMATEUR, False),
    "national": (NATIONAL, True),
    "région du 41": (REGION, True),
    "région voisine": (REGION, False),
    "admin": (ADMIN, True),
    "déconnecté": ("", False),
    "désactivé": ("", False),
}


class Monde:
    """The application with one of everything in the 41, and a browser for each of PEOPLE."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app, self.folder = app, folder
        self.keys = furnish(app)
        mine = self.keys["signataire_id"]
        two_regions(app)
        with app.app_context():
            other, far = a_signataire("Autre (fictif)"), a_signataire("Rhum (fictif)", "972")
        self.browsers = {
            "l’entreprise": self._enter(ENTREPRISE, "b@lenoir.test", mine),
            "une autre entreprise": self._enter(ENTREPRISE, "a@autre.test", other),
            "référente du 41": self._enter(REFERENT, "c@41.test", departement="41"),
            "référente du 972": self._enter(REFERENT, "z@972.test", departement="972"),
            "animateur": self._enter(ANIMATEUR, "i@face.test", mine),
            "animateur d’une autre": self._enter(ANIMATEUR, "j@face.test", other, far),
            "animateur d’une autre convention": self._enter(ANIMATEUR, "k@face.test", convention=a_sister(app, mine)),
            "national": self._enter(NATIONAL, "n@national.test"),
            "région du 41": self._enter(REGION, "r@centre.test", region="24"),
            "région voisine": self._enter(REGION, "r@martinique.test", region="02"),
            "admin": self._enter(ADMIN, "x@admin.test"),
            "déconnecté": app.test_client(),
            "désactivé": self._enter(ENTREPRISE, "d@lenoir.test", mine),
        }
        self._disable("d@lenoir.test")
        self._give_the_view_to("c@41.test")
        self.tokens = {who: token_in(self._page_with_a_form(who)) for who in self.browsers}
        self.save()

    def _enter(self, role: str, courriel: str, *signataires: int, **given: Any) -> FlaskClient:
        browser = self.app.test_client()
        link = invite(self.app, role, courriel, *signataires, **given)
        assert post(browser, link, {}).status_code == 302
        return browser

    def _page_with_a_form(self, who: str) -> str:
        return self.browsers[who].get("/connexion/lien-envoye" if PEOPLE[who][0] else "/connexion").text

    def _disable(self, courriel: str) -> None:
        with self.app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as session:
            session.query(Utilisateur).filter_by(courriel=courriel).one().is_active = False

    def _give_the_view_to(self, courriel: str) -> None:
        """What one keeps under a name is one's own alone: the référente who asks is whose it is."""
        with self.app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as session:
            owner = session.query(Utilisateur).filter_by(courriel=courriel).one()
            session.get_one(NamedView, self.keys["vue_id"]).utilisateur_id = owner.id

    def save(self) -> None:
        self._settle()
        shutil.copy(self.folder / "paqte.sqlite3", self.folder / "copie.sqlite3")

    def restore(self) -> None:
        """The base as it was saved, and nothing published since: a number once issued is never given again (R19)."""
        self._settle()
        shutil.rmtree(self.app.extensions["paqte"].reports, ignore_errors=True)
        for suffix in ("-wal", "-shm"):
            (self.folder / f"paqte.sqlite3{suffix}").unlink(missing_ok=True)
        shutil.copy(self.folder / "copie.sqlite3", self.folder / "paqte.sqlite3")

    def _settle(self) -> None:
        with self.app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                with engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                engine.dispose()

    def names(self, route: Route) -> set[str]:
        rule = next(r for r in self.app.url_map.iter_rules() if (r.rule, r.endpoint) == (route.rule, route.endpoint))
        return set(rule.arguments)

    def address(self, route: Route, *, is_real: bool = True, strange: Mapping[str, str] = NOTHING) -> str:
        """An address of the route, with the keys of the 41, with keys that nothing has, or with strange ones."""
        path = route.rule
        for name in self.names(route):
            value = self.keys[name] if name in self.keys and is_real else NOBODY
            value = strange.get(name) or WORDS.get(name) or OTHERS.get(name) or value
            path = path.replace(f"<int:{name}>", str(value)).replace(f"<path:{name}>", str(value))
            path = path.replace(f"<{name}>", str(value))
        assert "<" not in path, f"teach this test the parameters of {route.rule}"
        return path

    def page(self, who: str, route: Route, *, is_real: bool = True) -> str:
        """The same, in the 41 for whoever reads several départements."""
        path = self.address(route, is_real=is_real)
        return f"{path}?departement=41" if who == "région du 41" and route.endpoint.startswith(STANDING) else path

    def is_about_a_thing(self, route: Route, who: str) -> bool:
        if who.endswith("autre convention") and route.endpoint in MET_ALL_THE_SAME:
            return False
        return bool(self.names(route) & self.keys.keys())
