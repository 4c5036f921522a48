"""What is owed, typed, received and read; actions."""
