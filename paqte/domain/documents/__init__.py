"""Each document said once: its rows, its columns, how two of it are compared."""
