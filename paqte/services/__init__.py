"""Use cases, one file a subject, keyword-only, actor explicit; the only room that commits."""
