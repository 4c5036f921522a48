"""A template read and checked: what it lacks, what it bears too much, its model rows made ready."""
