"""What is told to monitoring: requests counted and timed, and how the installation stands. Nobody, and no figure."""
