"""What is written to a company of its declaration: the receipt, and what became of it."""
