"""Tables, one file a noun, every rule a base can hold as a named constraint."""
