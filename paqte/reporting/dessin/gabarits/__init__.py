"""The default templates, sheet by sheet: of the bilan, of the compte rendu, of a document without a look of its own."""
