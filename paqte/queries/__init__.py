"""Reads of the base, one file a subject; who sees what is decided in perimetre."""
