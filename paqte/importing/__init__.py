"""Excel in: bytes to typed rows, knowing neither Flask nor SQL."""
