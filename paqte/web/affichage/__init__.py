"""How things are shown: figures, dates, icons, curves, what addresses name."""
