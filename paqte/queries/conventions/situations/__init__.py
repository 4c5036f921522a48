"""Where conventions stand: their running state, their end in sight, each in a line."""
