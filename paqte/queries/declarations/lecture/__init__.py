"""One declaration read whole: what is asked, what was answered, what its fields hold."""
