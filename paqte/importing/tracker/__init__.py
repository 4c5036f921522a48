"""A préfecture's own tracker, as it is: its sheets and heading rows found, its columns matched by their names."""
