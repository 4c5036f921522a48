"""Where to go back after signing in: a path of this site, or nowhere."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

LONGEST = 1_000


def safe_path(asked: str | None) -> str:
    """The path asked for when every browser would keep it on this site, else ''.

    `//evil`, `/\\evil`, `https:evil`, a tab or an encoded slash in second place all leave the site somewhere.
    """
    if not asked or len(asked) > LONGEST or not asked.startswith("/"):
        return ""
    decoded = unquote(asked)
    if not all("!" <= c <= "~" for c in asked) or any(ord(c) < 32 for c in decoded):
        return ""
    if "\\" in decoded or decoded.startswith("//"):
        return ""
    try:
        parts = urlsplit(asked)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else asked
