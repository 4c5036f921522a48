"""The zip of a workbook: its parts and how they are tied, what it says of itself, what we will not open."""
