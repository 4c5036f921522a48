"""What happened to a signatory, its conventions and its declarations, as the journal tells it."""
