"""The machine that edits workbooks: zip, sheets, references, texts, sizes. It knows no document."""
