"""What a person typed, as values, and values as she would type them."""
