"""Asking other machines: briefly, believed with care, never waited for."""
