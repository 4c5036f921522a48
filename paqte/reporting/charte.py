"""The colours of everything that is sent or printed, which are those of the pages: here and in `static/paqte.css`."""

from __future__ import annotations

# Six hexadecimal digits, without "#". What bears the mark of the product: headings, buttons, bars.
ACCENT = "0F5563"
FONCE = "0B3F4A"
PALE = "E4F0F1"
ENCRE = "17282D"
GRIS = "4B5C62"
ALERTE = "B04A07"
# The ground of a cell that is at fault.
FAUTE = "FFD9D9"
# Lines and grounds of tables: the same hue, thinned.
ENTETE = "D2E4E7"
TRAIT = "BFCFD3"
CLOISON = "E1EAEC"
SECOND = "8FB3B9"
