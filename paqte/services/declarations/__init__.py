"""What a company answers, from the first draft to the validation, and what comes with it."""
