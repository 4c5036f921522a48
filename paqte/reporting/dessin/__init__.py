"""The code that drew the default template. `python -m paqte.reporting.dessin` draws it again, byte for byte.

Whoever restyles the template in Excel or LibreOffice has no need of this: the file is the template, this is only
how it came to be.
"""
