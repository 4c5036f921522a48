"""How the département steers."""
