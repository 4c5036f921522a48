"""The codes of the base and what leads from one to the next (docs/statuts.md)."""
