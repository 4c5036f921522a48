"""Accesses of companies, and people."""
