"""Tests mirror the rooms of paqte/; whole ways are in parcours/, consistency in architecture/."""
