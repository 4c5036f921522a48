"""Running, migrating, saving, examining and filling an installation."""
