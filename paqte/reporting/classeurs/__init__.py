"""Each workbook said once: its sheets, named cells, tables and files."""
