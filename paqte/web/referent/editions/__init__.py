"""Bilans, quarters, what is behind a figure, and comparisons."""
