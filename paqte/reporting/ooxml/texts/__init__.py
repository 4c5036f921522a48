"""What a cell shows: text made fit for it, the room text takes, the number formats of every program."""
