"""When jobs run: a table of what is due, and the process that ticks."""
