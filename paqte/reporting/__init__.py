"""Excel out: a Bilan to bytes, knowing neither Flask nor SQL."""
