"""What the frame of every page names for itself, no page is given: it would take the place of what it shows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FRAME = (ROOT / "paqte" / "templates" / "base.html").read_text(encoding="utf-8")
OWN = set(re.findall(r"\{%-? set (\w+)", FRAME)) | set(re.findall(r"\{%-? for (\w+) in", FRAME))


def test_no_page_is_given_what_its_frame_names_for_itself() -> None:
    """Seen red: the comparison of two editions fell, for a région alone, on the list of its départements."""
    assert len(OWN) > 1
    given = {
        (path.name, keyword.arg)
        for path in (ROOT / "paqte" / "web").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "render_template"
        for keyword in call.keywords
    }
    assert len(given) > 100
    assert {one for one in given if one[1] in OWN} == set()
