"""Files handed in by people: what they may hold, read in a process of its own."""
