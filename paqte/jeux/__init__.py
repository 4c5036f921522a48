"""Invented data: the demonstration and synthetic volume, entered or written for those who try and measure."""
