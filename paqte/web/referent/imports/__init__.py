"""A tracker taken in: its file, its columns, what it would do, what it did."""
