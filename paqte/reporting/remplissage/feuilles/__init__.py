"""The sheets of a template rewritten: their rows, their pages, their charts, their tables of data."""
