"""Coming in otherwise than by a mailed link alone."""
