"""Rows of documents, their columns and their tables: what is frozen, shown, compared and written."""
