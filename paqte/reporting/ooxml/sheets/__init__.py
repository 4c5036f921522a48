"""One worksheet taken apart: its rows, what its references name, its tables, its texts, where its pages end."""
