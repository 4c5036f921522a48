"""The base as a file and as a server: its numbers, its damage, saving it and coming back to a save."""
